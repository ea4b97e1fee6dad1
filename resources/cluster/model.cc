// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/model.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "resources/cluster/version.h"

namespace kproto {
namespace {

// Tags that DigitalOcean or kproto set themselves and hide from the user.
absl::Status NotReserved(const Value& tag) {
  const bool reserved = tag.string() == "k8s" || absl::StartsWith(tag.string(), "k8s:") ||
                        absl::StartsWith(tag.string(), "kproto:");
  return reserved ? absl::InvalidArgumentError(absl::StrCat(
                        "must not be \"", tag.string(),
                        "\": k8s and tags starting with k8s: or kproto: are set for you"))
                  : absl::OkStatus();
}

// DigitalOcean's rule for tags.
Validator TagText() {
  return EachElement(Matches("[a-zA-Z0-9:_-]{1,255}",
                             "must have 1 to 255 letters, digits, colons, dashes or underscores"));
}

}  // namespace

const Table<ClusterVpc>& ClusterVpc::Fields() {
  static const auto& table = *new Table<ClusterVpc>({
      Field("id", &ClusterVpc::id, Optional(), Check(NotEmpty()),
            Doc("An existing VPC to place the cluster in. It is never changed or destroyed. "
                "Conflicts with `name` and `ip_range`.")),
      Field(
          "name", &ClusterVpc::name, Optional(),
          Check(Matches("[a-zA-Z0-9.-]{1,255}", "must have letters, digits, dots and dashes only")),
          Doc("Name of the VPC to make, unique in the account. Default: the cluster's name "
              "followed by `-vpc`.")),
      Field("ip_range", &ClusterVpc::ip_range, Optional(), Check(Cidr(16, 28)),
            Doc("Private network of the VPC to make, in CIDR form between /28 and /16; it must not "
                "overlap any other VPC of the account. Default: a free /20.")),
  });
  return table;
}

const Table<PoolTaint>& PoolTaint::Fields() {
  static const auto& table = *new Table<PoolTaint>({
      Field("key", &PoolTaint::key, Required(), Check(NotEmpty()), Doc("Key of the taint.")),
      Field("value", &PoolTaint::value, Optional(), Doc("Value of the taint.")),
      Field("effect", &PoolTaint::effect, Required(),
            Check(OneOf({"NoSchedule", "PreferNoSchedule", "NoExecute"})),
            Doc("`NoSchedule`, `PreferNoSchedule` or `NoExecute`.")),
  });
  return table;
}

const Table<PoolNode>& PoolNode::Fields() {
  static const auto& table = *new Table<PoolNode>({
      Field("id", &PoolNode::id, Computed(), Doc("Id of the node.")),
      Field("name", &PoolNode::name, Computed(), Doc("Name of the node, also in Kubernetes.")),
      Field("status", &PoolNode::status, Computed(), Doc("State of the node.")),
      Field("droplet_id", &PoolNode::droplet_id, Computed(), Doc("The Droplet behind it.")),
      Field("stale_labels", &PoolNode::stale_labels, Computed(),
            Doc("Keys of labels that were taken from the pool and that the node still carries: "
                "DigitalOcean takes none from a live node.")),
  });
  return table;
}

const Table<ClusterPool>& ClusterPool::Fields() {
  static const auto& table = *new Table<ClusterPool>({
      Field("size", &ClusterPool::size, Required(), Check(NotEmpty()),
            Doc("Droplet size of the nodes, such as `s-4vcpu-8gb`. A change replaces the pool's "
                "nodes, never the cluster.")),
      Field("count", &ClusterPool::count, OptionalComputed(), Check(Between(0, 512)),
            Doc("Number of nodes. Required unless `auto_scale` is on; then the count is the "
                "autoscaler's and only read.")),
      Field("auto_scale", &ClusterPool::auto_scale, Default(Value::Bool(false)),
            Doc("Whether the cluster autoscaler sets the number of nodes.")),
      Field("min_nodes", &ClusterPool::min_nodes, Optional(), Check(Between(1, 512)),
            Doc("Fewest nodes with `auto_scale`.")),
      Field("max_nodes", &ClusterPool::max_nodes, Optional(), Check(Between(1, 512)),
            Doc("Most nodes with `auto_scale`.")),
      Field("dedicated", &ClusterPool::dedicated, Default(Value::Bool(false)),
            Doc("Keeps the pool for workloads that ask for it: nodes get the label "
                "`node-type=<pool name>` and the taint `dedicated=<pool name>:NoSchedule`.")),
      Field("labels", &ClusterPool::labels, Optional(), Check(EachKey(NotEmpty())),
            Doc("Kubernetes labels of the nodes.")),
      Field("taints", &ClusterPool::taints, Optional(), Doc("Kubernetes taints of the nodes.")),
      Field("tags", &ClusterPool::tags, Optional(), Check(TagText()),
            Check(EachElement(NotReserved)), Doc("DigitalOcean tags of the pool's Droplets.")),
      Field("gpu_partition_mode", &ClusterPool::gpu_partition_mode, OptionalComputed(), Stable(),
            Check(OneOf({"AMD_PARTITION_MODE_SPX_NPS1", "AMD_PARTITION_MODE_DPX_NPS2"})),
            Doc("How AMD GPUs are divided: `AMD_PARTITION_MODE_SPX_NPS1` or "
                "`AMD_PARTITION_MODE_DPX_NPS2`. A change replaces the pool's nodes.")),
      Field("label_strategy", &ClusterPool::label_strategy, Optional(),
            Check(OneOf({"keep", "rolling"})),
            Doc("What to do with nodes that still carry labels which were taken from the pool: "
                "`rolling` replaces them one by one, `keep` leaves them. Default: leave them, and "
                "warn.")),
      Field("id", &ClusterPool::id, Computed(), Stable(), Doc("Id of the node pool.")),
      Field("nodes", &ClusterPool::nodes, Computed(), Doc("The nodes as they are.")),
  });
  return table;
}

const Table<ClusterPreflight>& ClusterPreflight::Fields() {
  static const auto& table = *new Table<ClusterPreflight>({
      Field("clusterlint", &ClusterPreflight::clusterlint, Optional(),
            Check(OneOf({"error", "warning", "off"})),
            Doc("Runs DigitalOcean's clusterlint before an upgrade: with `error` an error that it "
                "finds stops the upgrade, with `warning` it is only shown, `off` does not run it. "
                "Default: `warning`.")),
  });
  return table;
}

const Table<ClusterModel>& ClusterModel::Fields() {
  static const auto& table = *new Table<ClusterModel>({
      Field("id", &ClusterModel::id, Computed(), Stable(), Doc("Id of the cluster.")),
      Field("name", &ClusterModel::name, Required(),
            Check(Matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
                          "must have 1 to 63 lower-case letters, digits and dashes, and start and "
                          "end with a letter or digit")),
            Doc("Name of the cluster.")),
      Field("region", &ClusterModel::region, Required(), ForcesReplacement(), Check(NotEmpty()),
            Doc("Slug of the region, such as `nyc3`.")),
      Field("version", &ClusterModel::version, Required(),
            Check([](const Value& version) { return CheckVersionText(version.string()); }),
            Doc("Kubernetes version: a minor (`1.34`), which means its newest patch when the "
                "cluster is made, a full slug, constraints (`~> 1.32`, `>= 1.32, < 1.35`), "
                "`latest`, or `latest-patch`, which follows the patches of the minor that runs. A "
                "higher version upgrades in place; a cluster that is newer stays as it is.")),
      Field("vpc", &ClusterModel::vpc, Optional(),
            Doc("The VPC: an existing one by `id`, or one to make, which is destroyed with the "
                "cluster. Default: the region's default VPC.")),
      Field("node_pools", &ClusterModel::node_pools, Required(), Check(NotEmpty()),
            Check(EachKey(Matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
                                  "must have lower-case letters, digits and dashes"))),
            Doc("The node pools by name; any of them may come and go as long as one remains.")),
      Field("wait_for_nodes", &ClusterModel::wait_for_nodes, Default(Value::Bool(true)), Informs(),
            Doc("Whether the create waits until every node runs. With `false` it ends as soon as "
                "the API server answers, so that what goes into the cluster is installed while its "
                "nodes start. Updates wait always.")),
      Field("tags", &ClusterModel::tags, Optional(), Check(TagText()),
            Check(EachElement(NotReserved)), Doc("DigitalOcean tags of the cluster.")),
      Field("ha", &ClusterModel::ha, OptionalComputed(), Stable(),
            Doc("Highly available control plane. It can be turned on, never off.")),
      Field("auto_upgrade", &ClusterModel::auto_upgrade, Default(Value::Bool(false)),
            Doc("Whether DigitalOcean installs patch releases by itself.")),
      Field("surge_upgrade", &ClusterModel::surge_upgrade, Default(Value::Bool(true)),
            Doc("Whether upgrades add nodes before they take old ones away.")),
      Field("cluster_subnet", &ClusterModel::cluster_subnet, OptionalComputed(), Stable(),
            ForcesReplacement(), Check(Cidr(8, 28)), Doc("Network of the pods, in CIDR form.")),
      Field("service_subnet", &ClusterModel::service_subnet, OptionalComputed(), Stable(),
            ForcesReplacement(), Check(Cidr(8, 28)), Doc("Network of the Services.")),
      Field("worker_subnet_id", &ClusterModel::worker_subnet_id, OptionalComputed(), Stable(),
            ForcesReplacement(), Check(NotEmpty()),
            Doc("Subnet of an existing VPC (`vpc.id`) to place the workers in.")),
      Field("isolated_workers", &ClusterModel::isolated_workers, Default(Value::Bool(false)),
            ForcesReplacement(),
            Doc("Workers without public addresses. They reach the world through the NAT gateway of "
                "their VPC, which must have one.")),
      Field("maintenance_policy", &ClusterModel::maintenance_policy, OptionalComputed(), Stable(),
            Doc("When DigitalOcean may work on the cluster. Omitted: DigitalOcean's choice, which "
                "stays.")),
      Field("cluster_autoscaler_configuration", &ClusterModel::cluster_autoscaler_configuration,
            OptionalComputed(), Stable(),
            Doc("Tuning of the autoscaler of all pools with `auto_scale`. When it is taken away, "
                "the expanders go back to DigitalOcean's default.")),
      Field("control_plane_firewall", &ClusterModel::control_plane_firewall, Default(FirewallOff()),
            Doc("Who reaches the API server. Omitted: everybody who has credentials.")),
      Field("sso", &ClusterModel::sso, Default(SsoOff()),
            Doc("Single sign-on to the API server. Omitted: off.")),
      Field("plugins", &ClusterModel::plugins, OptionalComputed(), Stable(),
            Doc("Optional parts of DOKS. What was asked for is turned off when it is no longer "
                "there.")),
      Field("preflight", &ClusterModel::preflight, Optional(),
            Doc("What has to be well before the cluster is upgraded.")),
      Field("replace_nodes", &ClusterModel::replace_nodes, Optional(),
            Check(EachElement(NotEmpty())),
            Doc("Ids of nodes to replace, one by one: each is drained and deleted, another of its "
                "pool takes its place, and the next one waits until all is well. An id whose node "
                "is gone is done and may be removed.")),
      Field("skip_drain", &ClusterModel::skip_drain, Optional(),
            Doc("Whether nodes are replaced without being drained first, for those that no longer "
                "answer. Default: false.")),
      Field("project_id", &ClusterModel::project_id, Optional(), Check(NotEmpty()),
            Doc("The project of the cluster, and of the load balancers and volumes that its "
                "Services and volume claims make. What has strayed is seen by every plan and moved "
                "by the apply. Default: DigitalOcean's; left out later, everything stays where it "
                "is.")),
      Field("registries", &ClusterModel::registries, Optional(), Check(EachElement(NotEmpty())),
            Doc("Names of the account's container registries that the cluster may pull from; `[]` "
                "for none. Left out, kproto does not care. DigitalOcean does not tell which "
                "registries a cluster has, only whether it has any: that much is read back.")),
      Field("timeouts", &ClusterModel::timeouts, Optional(),
            Doc("Limits of the operations. Default: create and update 60 m, delete 30 m.")),
      Field("on_destroy", &ClusterModel::on_destroy, Optional(),
            Doc("What goes with the cluster when it is destroyed, of the things that its workloads "
                "made. Default: load balancers go, volumes and snapshots stay. What stays is named "
                "in a warning.")),
      Field("deletion_protection", &ClusterModel::deletion_protection, Default(Value::Bool(false)),
            Doc("Refuses plans that destroy or replace the cluster. To destroy it, turn this off "
                "and apply that first. (`tofu taint` and `-replace` are known too late for the "
                "plan: they are refused by the apply, with nothing touched.)")),
      Field("max_monthly_cost", &ClusterModel::max_monthly_cost, Optional(), Check(AtLeast(0)),
            Doc("US dollars a month that `cost.monthly_max` may not exceed: a plan that may cost "
                "more fails and shows the price of each part.")),
      Field("version_resolved", &ClusterModel::version_resolved, Computed(),
            Doc("The version as DigitalOcean names it, such as `1.34.1-do.0`.")),
      Field("upgrade_path", &ClusterModel::upgrade_path, Computed(), Stable(),
            Doc("The versions that an upgrade passes, in order: those of the planned one, or of "
                "the last. DigitalOcean upgrades to the newest patch first, then one minor at a "
                "time.")),
      Field("vpc_id", &ClusterModel::vpc_id, Computed(), Stable(), Doc("Id of the VPC.")),
      Field("endpoint", &ClusterModel::endpoint, Computed(), Stable(),
            Doc("URL of the Kubernetes API server.")),
      Field("cluster_ca_certificate", &ClusterModel::cluster_ca_certificate, Computed(), Stable(),
            Doc("Certificate authority of the API server, in PEM form.")),
      Field("urn", &ClusterModel::urn, Computed(), Stable(), Doc("Uniform resource name.")),
      Field("status", &ClusterModel::status, Computed(), Stable(),
            Doc("State of the cluster: `running` when all is well.")),
      Field("created_at", &ClusterModel::created_at, Computed(), Stable(),
            Doc("When it was made, in RFC 3339 form.")),
      Field("monthly_cost", &ClusterModel::monthly_cost, Computed(),
            Doc("The least that the cluster itself costs in US dollars a month: its control plane "
                "and "
                "its nodes. `cost` has what its workloads made as well.")),
      Field("cost", &ClusterModel::cost, Computed(),
            Doc(absl::StrCat("Estimated US dollars a month, part by part, known when planning. "
                             "Nodes at the prices that DigitalOcean's API tells, the rest by its "
                             "list of ",
                             kPricesAsOf, ", without tax and traffic."))),
      Field("associated_resources", &ClusterModel::associated_resources, Computed(), Stable(),
            Doc("What the cluster's workloads have made in the account, as of the last refresh: "
                "what `on_destroy` decides about.")),
      Field("phases", &ClusterModel::phases, Computed(),
            Doc("Seconds that each part of the last create or completed update took.")),
  });
  return table;
}

}  // namespace kproto
