// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/settings.h"

#include "resources/field_texts.h"
#include "resources/monitoring_stack/charts.h"
#include "resources/monitoring_stack/storage.h"

namespace kproto {
namespace {

// A group of the API server's own would let in everybody, or nobody who can be named.
Validator GroupText() {
  return EachElement(
      Matches("[^\\s\"':,][^\"\\n\\r,:]*",
              "must be the name of a group without colons, commas, quotes and line breaks"));
}

FieldOption Groups(const char* who, const char* may) {
  return [who, may](Attribute& a) {
    Optional()(a);
    Check(GroupText())(a);
    Doc(std::string("Groups of ") + who + ": " + may)(a);
  };
}

Validator HostText() {
  return Matches("([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])?",
                 "must be a host name such as grafana.example.com, in lower case");
}

}  // namespace

const Table<StackStorage>& StackStorage::Fields() {
  static const auto& table = *new Table<StackStorage>({
      Field("class", &StackStorage::storage_class, Optional(),
            Check(Matches("[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?",
                          "must be the name of a StorageClass: lower-case letters, digits, dots "
                          "and dashes")),
            Doc("StorageClass of all volumes of the stack. With `reclaim_policy` the stack makes "
                "it, under the name `kproto-<namespace>` unless told otherwise. Volumes keep the "
                "class that they were made with.")),
      Field("reclaim_policy", &StackStorage::reclaim_policy, Optional(),
            Check(OneOf({"Delete", "Retain"})),
            Doc("Makes a StorageClass for the stack: `Retain` keeps volumes and what is on them "
                "when the stack is destroyed, `Delete` removes them. Volumes that are there "
                "already follow.")),
      Field("provisioner", &StackStorage::provisioner, Optional(), Check(NotEmpty()),
            Doc(std::string("CSI driver of the StorageClass that `reclaim_policy` makes. Default: "
                            "`") +
                monitoring_stack::kDigitalOceanDriver + "`.")),
      Field("parameters", &StackStorage::parameters, Optional(),
            Doc("Parameters of the StorageClass that `reclaim_policy` makes, as its driver names "
                "them.")),
      Field("encrypted", &StackStorage::encrypted, Default(Value::Bool(true)),
            Doc("Whether to refuse a StorageClass whose volumes are not known to be encrypted at "
                "rest. Those of DigitalOcean always are.")),
  });
  return table;
}

const Table<StackRbac>& StackRbac::Fields() {
  static const auto& table = *new Table<StackRbac>({
      Field("viewer_groups", &StackRbac::viewer_groups,
            Groups("viewers",
                   "they see the stack's objects and logs but no Secret, and its "
                   "Applications in Argo CD.")),
      Field("operator_groups", &StackRbac::operator_groups,
            Groups("operators",
                   "they also restart and scale workloads, delete pods, forward "
                   "ports, and sync Applications in Argo CD.")),
      Field("admin_groups", &StackRbac::admin_groups,
            Groups("administrators",
                   "they may do everything in the stack's namespaces, Secrets "
                   "included, and in Argo CD.")),
  });
  return table;
}

const Table<StackIngress>& StackIngress::Fields() {
  using monitoring_stack::kIngressNginxChart;
  using monitoring_stack::kNginxIngressChart;
  static const auto& table = *new Table<StackIngress>({
      Field("controller", &StackIngress::controller,
            Default(Value::String(kNginxIngressChart.component)),
            Check(OneOf({kNginxIngressChart.component, kIngressNginxChart.component, "none"})),
            Doc("The ingress controller to install: `nginx-ingress` (F5's), `ingress-nginx` (the "
                "community's, which ended in March 2026), or `none` where the cluster has one.")),
      Field("chart_repository", &StackIngress::chart_repository, Optional(),
            Check(ChartRepositoryText()),
            Doc(std::string("Repository of the controller's chart. Default: `") +
                kNginxIngressChart.repository + "` or `" + kIngressNginxChart.repository + "`.")),
      Field("chart_version", &StackIngress::chart_version, Optional(), Check(NotEmpty()),
            Doc(std::string("Version of the controller's chart. Default: `") +
                kNginxIngressChart.version + "` or `" + kIngressNginxChart.version + "`.")),
      Field("class_name", &StackIngress::class_name, Default(Value::String("nginx")),
            Check(NotEmpty()), Doc("IngressClass of the stack's Ingresses.")),
      Field("grafana_host", &StackIngress::grafana_host, Optional(), Check(HostText()),
            Doc("Host name of Grafana. Its DNS record, with `address`, is yours to make.")),
      Field("argocd_host", &StackIngress::argocd_host, Optional(), Check(HostText()),
            Doc("Host name of Argo CD.")),
      Field("tls_secret_name", &StackIngress::tls_secret_name, Optional(), Check(NotEmpty()),
            Doc("Secret of the type `kubernetes.io/tls` for these hosts, in the namespace of each. "
                "Conflicts with `cluster_issuer`.")),
      Field("cluster_issuer", &StackIngress::cluster_issuer, Optional(), Check(NotEmpty()),
            Doc("ClusterIssuer of cert-manager that makes the certificates.")),
      Field("address", &StackIngress::address, Computed(),
            Doc("Address of the controller's load balancer; null without a controller of the "
                "stack.")),
  });
  return table;
}

const Table<StackPodSecurity>& StackPodSecurity::Fields() {
  const auto level = [](const char* what) {
    return [what](Attribute& a) {
      Optional()(a);
      Check(OneOf({"privileged", "baseline", "restricted"}))(a);
      Doc(std::string("Level whose violations ") + what +
          ": `privileged`, `baseline` or `restricted`.")(a);
    };
  };
  static const auto& table = *new Table<StackPodSecurity>({
      Field("enforce", &StackPodSecurity::enforce, level("keep a pod from being made")),
      Field("warn", &StackPodSecurity::warn, level("are told to whoever makes the pod")),
      Field("audit", &StackPodSecurity::audit, level("are noted in the audit log")),
      Field("version", &StackPodSecurity::version, Optional(),
            Check(Matches("latest|v1\\.[0-9]+", "must be `latest` or a version such as v1.34")),
            Doc("Kubernetes version whose standards are meant, such as `v1.34`. Default: the "
                "cluster's.")),
  });
  return table;
}

}  // namespace kproto
