// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/model.h"

#include "resources/field_texts.h"
#include "resources/monitoring_stack/charts.h"

namespace kproto {
namespace {

using monitoring_stack::kAlloyChart;
using monitoring_stack::kArgoCdChart;
using monitoring_stack::kGrafanaChart;
using monitoring_stack::kLokiChart;
using monitoring_stack::kMetricsServerChart;
using monitoring_stack::kPrometheusChart;
using monitoring_stack::kPromtailChart;

FieldOption ChartVersion(const monitoring_stack::Chart& chart) {
  return [&chart](Attribute& a) {
    Default(Value::String(chart.version))(a);
    Check(NotEmpty())(a);
    Doc(std::string("Version of the chart `") + chart.name + "` of " + chart.repository + ".")(a);
  };
}

FieldOption ChartRepository(const monitoring_stack::Chart& chart) {
  return [&chart](Attribute& a) {
    Check(ChartRepositoryText())(a);
    Doc(std::string("Repository of the chart `") + chart.name + "`. Default: `" + chart.repository +
        "`.")(a);
  };
}

}  // namespace

const Table<StackExec>& StackExec::Fields() {
  static const auto& table = *new Table<StackExec>({
      Field(
          "api_version", &StackExec::api_version,
          Default(Value::String("client.authentication.k8s.io/v1")),
          Check(OneOf({"client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"})),
          Doc("Version of the ExecCredential that the program prints.")),
      Field("command", &StackExec::command, Required(), Check(NotEmpty()),
            Doc("The program to run.")),
      Field("args", &StackExec::args, Optional(), Doc("Its arguments.")),
      Field("env", &StackExec::env, Optional(), Doc("Environment variables to add.")),
  });
  return table;
}

const Table<StackKubernetes>& StackKubernetes::Fields() {
  static const auto& table = *new Table<StackKubernetes>({
      Field("config_path", &StackKubernetes::config_path, Optional(), Check(NotEmpty()),
            Doc("Path of a kubeconfig whose current context is used. Conflicts with the others.")),
      Field("host", &StackKubernetes::host, Optional(),
            Check(Matches("https?://.+", "must be the URL of an API server")),
            Doc("URL of the API server.")),
      Field("cluster_ca_certificate", &StackKubernetes::cluster_ca_certificate, Optional(),
            Doc("PEM certificate that signs the API server's; the system's roots by default.")),
      Field("token", &StackKubernetes::token, Optional(), WriteOnly(),
            Doc("Bearer token. Never stored: refresh and destroy take it from the environment "
                "variable `KUBE_TOKEN`; `exec` and `config_path` need nothing of the kind.")),
      Field("client_certificate", &StackKubernetes::client_certificate, Optional(),
            Doc("PEM client certificate.")),
      Field("client_key", &StackKubernetes::client_key, Optional(), WriteOnly(),
            Doc("PEM key of the client certificate. Never stored: refresh and destroy take it from "
                "the environment variable `KUBE_CLIENT_KEY_DATA`.")),
      Field("exec", &StackKubernetes::exec, Optional(),
            Doc("A program that prints credentials, as kubectl runs it.")),
  });
  return table;
}

const Table<StackArgoCd>& StackArgoCd::Fields() {
  static const auto& table = *new Table<StackArgoCd>({
      Field("namespace", &StackArgoCd::ns, Default(Value::String("argocd")), Check(NamespaceText()),
            ForcesReplacement(), Doc("Namespace of Argo CD.")),
      Field("manage", &StackArgoCd::manage, Default(Value::String("helm")),
            Check(OneOf({"helm", "self", "external"})),
            Doc("Who keeps Argo CD: `helm`, through this provider; `self`, Argo CD by an "
                "Application of its own, once Helm has installed it and handed it over; or "
                "`external`, somebody else, who has it running in `namespace` already. Can be "
                "changed in place, but for `external`.")),
      Field("mode", &StackArgoCd::mode, Optional(), Check(OneOf({"standard", "ha", "core"})),
            Doc("How much of Argo CD: `standard` (the default), one of each; `ha`, two or three of "
                "each, on at least three nodes; or `core`, without its server, single sign-on and "
                "notifications: the stack needs none of them.")),
      Field("pod_security", &StackArgoCd::pod_security, Optional(),
            Doc("Pod Security Standards of Argo CD's namespace.")),
      Field("chart_repository", &StackArgoCd::chart_repository, Optional(),
            ChartRepository(kArgoCdChart)),
      Field("chart_version", &StackArgoCd::chart_version, ChartVersion(kArgoCdChart)),
      Field("version", &StackArgoCd::version, Computed(), Doc("Version of Argo CD itself.")),
      Field("status", &StackArgoCd::status, Computed(),
            Doc("Status of the Helm release; `deployed` when all is well.")),
      Field("values_hash", &StackArgoCd::values_hash, Computed(),
            Doc("Digest of the values that the Helm release has.")),
      Field("url", &StackArgoCd::url, Computed(),
            Doc("Where Argo CD is reached; null without `ingress.argocd_host`.")),
  });
  return table;
}

const Table<StackGit>& StackGit::Fields() {
  static const auto& table = *new Table<StackGit>({
      Field("repo_url", &StackGit::repo_url, Required(), Check(NotEmpty()),
            Check(WithoutPassword()),
            Doc("URL of the repository, as Argo CD reaches it from inside the cluster; "
                "`git_credentials` say how it gets in.")),
      Field("path", &StackGit::path, Default(Value::String("k8s/apps")), Check(NotEmpty()),
            Doc("Folder of the App-of-Apps chart in it.")),
      Field("revision", &StackGit::revision, Default(Value::String("main")), Check(NotEmpty()),
            Doc("Branch, tag or commit to follow.")),
  });
  return table;
}

const Table<StackGrafana>& StackGrafana::Fields() {
  static const auto& table = *new Table<StackGrafana>({
      Field("chart_repository", &StackGrafana::chart_repository, Optional(),
            ChartRepository(kGrafanaChart)),
      Field("chart_version", &StackGrafana::chart_version, ChartVersion(kGrafanaChart)),
      Field("expose", &StackGrafana::expose, Default(Value::String("none")),
            Check(OneOf({"none", "load_balancer"})),
            Doc("`load_balancer` gives Grafana a public address by a load balancer.")),
      Field("admin_password_wo", &StackGrafana::admin_password_wo, Optional(), WriteOnly(),
            Check(LengthBetween(8, 512)),
            Doc("Password of the user `admin`. Never stored in the state; kept in the Kubernetes "
                "Secret `grafana-admin`. Without it one is made up there.")),
      Field("admin_password_wo_version", &StackGrafana::admin_password_wo_version, Optional(),
            Doc("Change it to set `admin_password_wo` anew: in the database that Grafana keeps on "
                "a volume, too, and proved by a login. Grafana restarts then.")),
      Field("existing_secret", &StackGrafana::existing_secret, Optional(), Check(NotEmpty()),
            Doc("A Secret in the stack's namespace, made before the stack and by somebody else, "
                "that holds `admin-user` and `admin-password`. Conflicts with "
                "`admin_password_wo`.")),
      Field("dashboards_dir", &StackGrafana::dashboards_dir, Optional(), Check(NotEmpty()),
            Doc("Directory of dashboards, each a file `*.json` as Grafana exports it. They are "
                "brought along in ConfigMaps: nothing is downloaded when Grafana starts.")),
      Field("url", &StackGrafana::url, Computed(),
            Doc("Where Grafana is reached; null unless exposed.")),
  });
  return table;
}

const Table<StackObjectStorage>& StackObjectStorage::Fields() {
  using M = StackObjectStorage;
  static const auto& table = *new Table<M>({
      Field("bucket", &M::bucket, Required(), Check(NotEmpty()),
            Doc("The bucket, which is there already.")),
      Field("endpoint", &M::endpoint, Optional(), Check(NotEmpty()),
            Doc("Host of a service that speaks S3, such as `nyc3.digitaloceanspaces.com`; Amazon's "
                "by default.")),
      Field("region", &M::region, Optional(), Check(NotEmpty()),
            Doc("Region, such as `nyc3` or `eu-central-1`.")),
      Field("credentials_secret", &M::credentials_secret, Optional(), Check(NotEmpty()),
            Doc("A Secret in the stack's namespace, made by somebody else, with "
                "`AWS_ACCESS_KEY_ID` and `AWS_SECRET_ACCESS_KEY`.")),
      Field("path_style", &M::path_style, Optional(),
            Doc("Whether the bucket's name goes into the path rather than into the host's name, as "
                "MinIO wants it.")),
  });
  return table;
}

const Table<StackPrometheus>& StackPrometheus::Fields() {
  using M = StackPrometheus;
  static const auto& table = *new Table<M>({
      Field("chart_repository", &M::chart_repository, Optional(),
            ChartRepository(kPrometheusChart)),
      Field("chart_version", &M::chart_version, ChartVersion(kPrometheusChart)),
      Field("retention", &M::retention, Optional(), Check(DurationText()),
            Doc("How long metrics are kept, such as `360h`, which is the chart's default.")),
      Field("volume_gib", &M::volume_gib, Optional(), Check(Between(1, 16384)),
            Doc("Size of the volume for metrics in GiB. It can grow, never shrink.")),
  });
  return table;
}

const Table<StackLoki>& StackLoki::Fields() {
  static const auto& table = *new Table<StackLoki>({
      Field("chart_repository", &StackLoki::chart_repository, Optional(),
            ChartRepository(kLokiChart)),
      Field("chart_version", &StackLoki::chart_version, ChartVersion(kLokiChart)),
      Field("mode", &StackLoki::mode, Optional(), Check(OneOf({"single_binary", "scalable"})),
            Doc("`single_binary`, one process for everything, or `scalable`, which writes, reads "
                "and keeps house in processes of their own and needs `object_storage`. Default: "
                "`deploymentMode` in the values, else `single_binary`.")),
      Field("object_storage", &StackLoki::object_storage, Optional(),
            Doc("Keeps logs in a bucket rather than on a volume.")),
      Field("retention", &StackLoki::retention, Optional(), Check(DurationText()),
            Doc("How long logs are kept, such as `168h`: whole days. Logs are kept for ever by "
                "default.")),
      Field("volume_gib", &StackLoki::volume_gib, Optional(), Check(Between(1, 16384)),
            Doc("Size of the volume for logs in GiB. It can grow, never shrink.")),
  });
  return table;
}

const Table<StackPromtail>& StackPromtail::Fields() {
  static const auto& table = *new Table<StackPromtail>({
      Field("chart_repository", &StackPromtail::chart_repository, Optional(),
            ChartRepository(kPromtailChart)),
      Field("chart_version", &StackPromtail::chart_version, ChartVersion(kPromtailChart)),
  });
  return table;
}

const Table<StackAlloy>& StackAlloy::Fields() {
  static const auto& table = *new Table<StackAlloy>({
      Field("chart_repository", &StackAlloy::chart_repository, Optional(),
            ChartRepository(kAlloyChart)),
      Field("chart_version", &StackAlloy::chart_version, ChartVersion(kAlloyChart)),
  });
  return table;
}

const Table<StackMetricsServer>& StackMetricsServer::Fields() {
  static const auto& table = *new Table<StackMetricsServer>({
      Field("chart_repository", &StackMetricsServer::chart_repository, Optional(),
            ChartRepository(kMetricsServerChart)),
      Field("chart_version", &StackMetricsServer::chart_version, ChartVersion(kMetricsServerChart)),
  });
  return table;
}

const Table<StackTaint>& StackTaint::Fields() {
  static const auto& table = *new Table<StackTaint>({
      Field("key", &StackTaint::key, Required(), Doc("Key of the taint.")),
      Field("value", &StackTaint::value, Optional(), Doc("Value of the taint.")),
      Field("effect", &StackTaint::effect, Required(),
            Doc("`NoSchedule`, `PreferNoSchedule` or `NoExecute`.")),
  });
  return table;
}

const Table<StackNodePool>& StackNodePool::Fields() {
  static const auto& table = *new Table<StackNodePool>({
      Field(
          "size", &StackNodePool::size, Optional(),
          Doc("Droplet size of the nodes, such as `s-4vcpu-8gb`: says how much room a node has.")),
      Field("count", &StackNodePool::count, Optional(), Doc("Number of nodes.")),
      Field("auto_scale", &StackNodePool::auto_scale, Optional(),
            Doc("Whether an autoscaler sets the number of nodes.")),
      Field("max_nodes", &StackNodePool::max_nodes, Optional(),
            Doc("Most nodes with `auto_scale`.")),
      Field("dedicated", &StackNodePool::dedicated, Optional(),
            Doc("Whether nodes have the label `node-type=<pool name>` and the taint "
                "`dedicated=<pool name>:NoSchedule`, as `kproto_cluster` sets them.")),
      Field("labels", &StackNodePool::labels, Optional(), Doc("Labels of the nodes.")),
      Field("taints", &StackNodePool::taints, Optional(), Doc("Taints of the nodes.")),
      Field(
          "cpu", &StackNodePool::cpu, Optional(),
          Doc("CPUs of a node that pods may ask for, such as `3900m`, where `size` does not say.")),
      Field("memory", &StackNodePool::memory, Optional(),
            Doc("Memory of a node that pods may ask for, such as `6Gi`, where `size` does not "
                "say.")),
  });
  return table;
}

const Table<StackApplication>& StackApplication::Fields() {
  static const auto& table = *new Table<StackApplication>({
      Field("chart", &StackApplication::chart, Computed(),
            Doc("Name of the chart; null for the parent Application.")),
      Field("chart_version", &StackApplication::chart_version, Computed(),
            Doc("Version of the chart.")),
      Field("revision", &StackApplication::revision, Computed(),
            Doc("Revision that Argo CD last compared with: a chart version or a commit.")),
      Field("sync", &StackApplication::sync, Computed(),
            Doc("`Synced`, `OutOfSync` or `Unknown`.")),
      Field("health", &StackApplication::health, Computed(),
            Doc("`Healthy`, `Progressing`, `Degraded`, `Suspended`, `Missing` or `Unknown`.")),
      Field("values_hash", &StackApplication::values_hash, Computed(),
            Doc("Digest of the chart values that the Application has.")),
  });
  return table;
}

const Table<MonitoringStackModel>& MonitoringStackModel::Fields() {
  using M = MonitoringStackModel;
  static const auto& table = *new Table<M>({
      Field("id", &M::id, Computed(), Stable(),
            Doc("The cluster's id or host, and the namespace.")),
      Field("cluster_id", &M::cluster_id, Optional(), Check(NotEmpty()), ForcesReplacement(),
            Doc("The DigitalOcean Kubernetes cluster to install into; credentials are fetched when "
                "they are needed and never stored. Exactly one of `cluster_id` and `kubernetes`.")),
      Field("kubernetes", &M::kubernetes, Optional(),
            Doc("Any other cluster, and how to reach it.")),
      Field("namespace", &M::ns, Default(Value::String("monitoring")), Check(NamespaceText()),
            ForcesReplacement(), Doc("Namespace of Grafana, Loki and the collector.")),
      Field("environment", &M::environment, Optional(),
            Check(Matches("[A-Za-z0-9][A-Za-z0-9._-]*",
                          "must be the name of a folder: letters, digits, dots and dashes")),
            Doc("Folder below `values_dir` whose files override those above it.")),
      Field(
          "values_dir", &M::values_dir, Optional(), Check(NotEmpty()),
          Doc("Directory of values files: `grafana.yaml`, `loki.yaml`, `argocd.yaml`, "
              "`promtail.yaml` or `alloy.yaml`, `metrics-server.yaml`, `prometheus.yaml`, "
              "`nginx-ingress.yaml` or "
              "`ingress-nginx.yaml`, each overridden by `<environment>/<component>.yaml`. Maps are "
              "merged, lists replaced.")),
      Field("apps_dir", &M::apps_dir, Optional(), Check(NotEmpty()),
            Doc("Directory of Application manifests of your own, such as `k8s/apps`: files "
                "`*.yaml`, applied as they are and waited for like `extra_applications`. One that "
                "names no project runs in `monitoring-extra`; one without "
                "`syncPolicy.automated` gets it.")),
      Field("node_pool", &M::node_pool, OptionalComputed(), Stable(),
            Doc("Nodes with the label `node-type` of this value run the stack; `\"\"` runs it "
                "anywhere. Default: `monitoring` where the cluster has such nodes.")),
      Field("collector", &M::collector, Default(Value::String("promtail")),
            Check(OneOf({"promtail", "alloy"})),
            Doc("What sends the logs of all nodes to Loki: `promtail`, or `alloy`, its successor. "
                "Alloy goes on where Promtail has stopped reading.")),
      Field("argocd", &M::argocd, OptionalComputed(), Doc("Argo CD, which runs everything else.")),
      Field("git", &M::git, Optional(),
            Doc("Runs the stack as App-of-Apps from a folder of a Git repository: a Helm chart "
                "that gets the map `applications` as values. Without it the Applications are made "
                "directly.")),
      Field("git_credentials", &M::git_credentials, Optional(),
            Doc("How Argo CD gets into Git repositories that not everybody may read, by a name of "
                "your choice.")),
      Field("grafana", &M::grafana, OptionalComputed(), Doc("Grafana.")),
      Field("loki", &M::loki, OptionalComputed(), Doc("Loki.")),
      Field("promtail", &M::promtail, OptionalComputed(),
            Doc("Promtail; null with another collector.")),
      Field("alloy", &M::alloy, OptionalComputed(),
            Doc("Grafana Alloy; null with another collector.")),
      Field("metrics_server", &M::metrics_server, Optional(),
            Doc("Installs metrics-server, which autoscalers need and DigitalOcean's clusters come "
                "without.")),
      Field(
          "extra_applications", &M::extra_applications, Optional(),
          Doc("Applications of your own beside the stack's, by name: charts of any repository, "
              "and folders in Git. They run in the AppProject `monitoring-extra` and are checked, "
              "waited for, watched and destroyed like the stack's own.")),
      Field("prometheus", &M::prometheus, Optional(),
            Doc("Installs Prometheus, with metrics of nodes and of Kubernetes' objects, and makes "
                "it a datasource of Grafana's: most dashboards show nothing without it.")),
      Field("ingress", &M::ingress, Optional(),
            Doc("Reaches Grafana and Argo CD by host name and HTTPS, over one load balancer.")),
      Field("storage", &M::storage, Optional(), Doc("What the stack's volumes are made of.")),
      Field("rbac", &M::rbac, Optional(),
            Doc("Who may do what with the stack, in Kubernetes (ClusterRoles `kproto-<namespace>-"
                "<role>`, bound in the stack's two namespaces) and in Argo CD (`policy.csv`).")),
      Field("network_policies", &M::network_policies, Optional(),
            Doc("Whether NetworkPolicies let only the stack's own pods speak to each other, and "
                "everybody to Grafana where it is exposed. Argo CD's chart makes those of Argo "
                "CD.")),
      Field("resource_quota", &M::resource_quota, Optional(),
            Doc("ResourceQuota of the stack's namespace, as in `spec.hard`: `requests.cpu`, "
                "`requests.memory`, `pods`, `requests.storage` … The plan checks that the stack "
                "fits.")),
      Field("pod_security", &M::pod_security, Optional(),
            Doc("Pod Security Standards of the stack's namespace. The plan names every pod that "
                "would not be allowed: the collector reads the nodes' logs, which only "
                "`privileged` allows.")),
      Field("kubernetes_version", &M::kubernetes_version, Optional(), Informs(), Check(NotEmpty()),
            Doc("Kubernetes version of the cluster, such as `1.34` or "
                "`kproto_cluster.this.version`: charts are rendered for it at plan, and checked "
                "against it.")),
      Field("node_pools", &M::node_pools, Optional(), Informs(),
            Doc("The cluster's node pools, such as `kproto_cluster.this.node_pools`: the plan then "
                "checks that every pod fits one of them. A change of the pools is no change of "
                "the stack.")),
      Field("checks", &M::checks, Optional(),
            Doc("Severity of single plan checks by name: `error` (the default), `warning` or "
                "`off`. The guide Plan checks lists them.")),
      Field("max_load_balancers", &M::max_load_balancers, Optional(), Check(Between(0, 1000)),
            Doc("Most load balancers that the stack may have; a plan for more is an error. Each "
                "costs money.")),
      Field("verify", &M::verify, Optional(),
            Doc("Whether each apply ends with a proof: a line pushed to Loki is read back, and "
                "Grafana answers and gets through to each of its datasources. It fails where they "
                "do not.")),
      Field(
          "on_drift", &M::on_drift, Optional(),
          Doc("What a plan does when nothing but drift is left to do: `fix` mends it, `warn` says "
              "what was found and plans nothing, `ignore` is silent. An apply for another reason "
              "mends everything.")),
      Field("cluster_gone", &M::cluster_gone, Optional(), Check(OneOf({"error", "forget"})),
            Doc("What a plan does when the cluster of `cluster_id` was deleted behind its back: "
                "`error` (the default) says so and stops, `forget` plans the stack anew in the "
                "cluster that takes its place.")),
      Field("timeouts", &M::timeouts, Optional(), Doc("Limits of the operations.")),
      Field("cluster_uid", &M::cluster_uid, Computed(), Stable(),
            Doc("Uid of the cluster's namespace `kube-system`. An operation that finds itself in "
                "another cluster refuses to touch it.")),
      Field("planned_load_balancers", &M::planned_load_balancers, Computed(),
            Doc("Number of load balancers that the rendered charts ask for.")),
      Field("planned_volume_gib", &M::planned_volume_gib, Computed(),
            Doc("Size of all volumes that the rendered charts ask for, in GiB.")),
      Field("planned_monthly_cost", &M::planned_monthly_cost, Computed(),
            Doc("Estimated US dollars a month for these load balancers and volumes at "
                "DigitalOcean; null elsewhere.")),
      Field("values_hash", &M::values_hash, Computed(),
            Doc("Digest of what the files of `values_dir`, `apps_dir` and `grafana.dashboards_dir` "
                "say, so that a plan shows an edited one.")),
      Field("applications", &M::applications, Computed(),
            Doc("The Applications of Argo CD, by name.")),
      Field("images", &M::images, Computed(),
            Doc("Every container image of the stack as the charts name it, and where a node has "
                "pulled it from, by digest; null while that is not known. For mirrors.")),
      Field("verified", &M::verified, Computed(),
            Doc("`true` after an apply with `verify`; null otherwise.")),
      Field("drift", &M::drift, Computed(),
            Doc("What was found missing or changed behind kproto's back and has no attribute of "
                "its own; empty after an apply.")),
      Field(
          "drift_layers", &M::drift_layers, Computed(),
          Doc("Everything that was found missing or changed behind kproto's back, by layer; empty "
              "lists after an apply. `on_drift` says what a plan does about each.")),
  });
  return table;
}

}  // namespace kproto
