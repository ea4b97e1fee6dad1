// SPDX-License-Identifier: MPL-2.0
// Planning a kproto_cluster: what a version means, what a change of VPC entails, what it will cost,
// and what DigitalOcean would refuse. Reads only.
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "resources/cluster/account_checks.h"
#include "resources/cluster/checks.h"
#include "resources/cluster/cost.h"
#include "resources/cluster/mapping.h"
#include "resources/cluster/node_actions.h"
#include "resources/cluster/pool_swap.h"
#include "resources/cluster/project_step.h"
#include "resources/cluster/resource.h"
#include "resources/cluster/upgrade_path.h"
#include "resources/cluster/version.h"
#include "resources/networks.h"

namespace kproto {
namespace {

constexpr int kHighAvailabilityByDefaultSince = 36;  // minor version

// Whether config, and so the plan, asks for nothing that the prior state does not say. The planner
// has turned computed attributes unknown because some text differed; if only its meaning is the
// same, nothing changes.
bool SameAsPrior(const ClusterModel& prior, const ClusterModel& config,
                 const ClusterModel& planned) {
  if (!ClusterModel::Fields().Encode(config).is_wholly_known()) {
    return false;
  }
  const Value before = ClusterModel::Fields().Encode(prior);
  return WithoutUnknowns(ClusterModel::Fields().Encode(planned), before) == before;
}

// The paths of the VPC's attributes that make a new VPC, and so a new cluster, necessary.
void ReplaceForVpc(const ClusterModel& prior, const ClusterModel& planned,
                   std::vector<Path>& replace) {
  const Path path("vpc");
  if (planned.vpc.is_unknown() || prior.vpc == planned.vpc) {
    return;
  }
  if (planned.vpc.is_known() && !planned.vpc->id.is_null()) {
    if (!(planned.vpc->id == prior.vpc_id)) {
      replace.push_back(path.Attribute("id"));
    }
    return;
  }
  const bool both_made = planned.vpc.is_known() && prior.vpc.is_known() && prior.vpc->id.is_null();
  if (!both_made) {
    replace.push_back(path);
    return;
  }
  if (!(prior.vpc->ip_range == planned.vpc->ip_range)) {
    replace.push_back(path.Attribute("ip_range"));
  }
  if (VpcName(prior) != VpcName(planned) && planned.vpc->name.is_known()) {
    replace.push_back(path.Attribute("name"));
  }
}

// An apply ends with a running cluster, if all goes well.
void ExpectRunning(ClusterModel& planned) {
  if (planned.status.is_known() && *planned.status != "running") {
    planned.status = Attr<std::string>::Unknown();
  }
}

// Calls `visit(before, planned)` for each pool that is in both.
template <typename Visit>
void ForEachKeptPool(const ClusterModel& prior, ClusterModel& planned, Visit visit) {
  if (!planned.node_pools.is_known()) {
    return;
  }
  for (auto& [name, pool] : *planned.node_pools) {
    const ClusterPool* before = PoolOf(prior, name);
    if (before != nullptr && pool.is_known()) {
      visit(*before, *pool);
    }
  }
}

// A change of size swaps the pool: another one takes its name.
void ForgetIdsOfSwappedPools(const ClusterModel& prior, ClusterModel& planned) {
  ForEachKeptPool(prior, planned, [](const ClusterPool& before, ClusterPool& pool) {
    if (PlansSwap(before, pool)) {
      pool.id = Attr<std::string>::Unknown();
    } else if (pool.gpu_partition_mode.is_unknown() && before.gpu_partition_mode.is_null()) {
      pool.gpu_partition_mode = before.gpu_partition_mode;  // not configured and not there
    }
  });
}

// An upgrade replaces every node, even where nothing else in the configuration changes.
void ForgetNodesOfUpgrade(const ClusterModel& prior, ClusterModel& planned) {
  if (planned.version_resolved == prior.version_resolved) {
    return;
  }
  ForEachKeptPool(prior, planned, [](const ClusterPool&, ClusterPool& pool) {
    pool.nodes = Attr<ListOf<PoolNode>>::Unknown();
  });
}

// Nodes of a pool that does not change stay as they are, so the plan shows exactly what changes.
void KeepUnchangedPools(const ClusterModel& prior, ClusterModel& planned) {
  ForEachKeptPool(prior, planned, [](const ClusterPool& before, ClusterPool& pool) {
    ClusterPool candidate = pool;
    candidate.nodes = before.nodes;
    if (candidate.auto_scale.value_or(false)) {
      candidate.count = before.count;
    }
    if (ClusterPool::Fields().Encode(candidate) == ClusterPool::Fields().Encode(before)) {
      pool = std::move(candidate);
    }
  });
}

absl::StatusOr<Offer> GetOffer(digitalocean::DigitalOcean& api, std::stop_token stop) {
  Offer offer;
  KPROTO_ASSIGN_OR_RETURN(offer.options, api.GetKubernetesOptions(stop));
  KPROTO_ASSIGN_OR_RETURN(offer.sizes, api.ListSizes(stop));
  KPROTO_ASSIGN_OR_RETURN(offer.account, api.GetAccount(stop));
  return offer;
}

std::vector<std::string> Slugs(const std::vector<digitalocean::KubernetesVersion>& versions) {
  std::vector<std::string> slugs;
  for (const digitalocean::KubernetesVersion& version : versions) {
    slugs.push_back(version.slug);
  }
  return slugs;
}

void PlanVersion(const ClusterModel* prior, const Offer& offer, ClusterModel& planned,
                 Diagnostics& diagnostics) {
  if (!planned.version.is_known()) {
    return;
  }
  const std::string current = prior != nullptr ? prior->version_resolved.value_or("") : "";
  const auto resolved = ResolveVersion(*planned.version, current, Slugs(offer.options.versions));
  if (!resolved.ok()) {
    diagnostics.AddStatus(resolved.status(), "Unknown version", Path("version"));
    return;
  }
  planned.version_resolved = *resolved;
}

// The way to the planned version; a version that no way leads to is refused here, before anything
// is changed.
void PlanUpgrade(digitalocean::DigitalOcean& api, const ClusterModel& prior, const Offer& offer,
                 ClusterModel& planned, Operation& operation) {
  if (!prior.id.is_known() || !prior.version_resolved.is_known() ||
      !planned.version_resolved.is_known() || planned.version_resolved == prior.version_resolved) {
    return;
  }
  const auto next = api.ListUpgrades(*prior.id, operation.request.stop);
  if (!next.ok()) {
    operation.diagnostics.AddStatus(next.status(), "Could not ask DigitalOcean for upgrades",
                                    Path("version"));
    return;
  }
  const auto path = UpgradePath(*prior.version_resolved, *planned.version_resolved, Slugs(*next),
                                Slugs(offer.options.versions));
  if (!path.ok()) {
    operation.diagnostics.AddStatus(path.status(), "No way to this version", Path("version"));
    return;
  }
  planned.upgrade_path = ListOf<std::string>(path->begin(), path->end());
}

// Whether asking for `version` leaves a cluster that runs `current` as it is.
bool Keeps(const Attr<std::string>& version, const std::string& current) {
  return version.is_known() && ResolveVersion(*version, current, {}).value_or("") == current;
}

// Whether an unchanged configuration may yet mean another version tomorrow.
bool FollowsPatches(const ClusterModel& cluster) {
  return cluster.version.is_known() && *cluster.version == "latest-patch";
}

void WarnOfDowngrade(const std::string& current, const Attr<std::string>& configured,
                     Diagnostics& diagnostics) {
  if (current.empty() || !Keeps(configured, current) || SatisfiesVersion(current, *configured)) {
    return;
  }
  diagnostics.AddWarning(
      "The cluster is newer than its configuration",
      absl::StrCat("It runs ", current, ", the configuration says ", *configured,
                   ". A cluster is never downgraded: it stays as it is. Write version = \"",
                   MinorOf(current), "\"."),
      Path("version"));
}

// Pods and Services of a new cluster must not have addresses of the VPC that it adopts.
void CheckSubnetsIn(const digitalocean::Vpc& vpc, const ClusterModel& planned,
                    Diagnostics& diagnostics) {
  const auto range = ParseNetwork(vpc.ip_range);
  const std::pair<const char*, const Attr<std::string>*> kSubnets[] = {
      {"cluster_subnet", &planned.cluster_subnet}, {"service_subnet", &planned.service_subnet}};
  for (const auto& [name, subnet] : kSubnets) {
    const auto network = subnet->is_known() ? ParseNetwork(**subnet) : std::optional<Network>();
    if (range && network && range->Overlaps(*network)) {
      diagnostics.AddError("Overlapping networks",
                           absl::StrCat(name, " (", **subnet, ") overlaps with VPC ", vpc.name,
                                        " (", vpc.ip_range, "). Choose a network that does not."),
                           Path(name));
    }
  }
}

// A gateway that the same apply makes before the cluster is not there yet, so this refuses nothing.
void WarnOfMissingGateway(digitalocean::DigitalOcean& api, const digitalocean::Vpc& vpc,
                          const ClusterModel& planned, Operation& operation) {
  if (!planned.isolated_workers.value_or(false)) {
    return;
  }
  const auto gateways = api.ListNatGateways(operation.request.stop);
  if (!gateways.ok()) {
    return;  // The API will judge.
  }
  for (const digitalocean::NatGateway& gateway : *gateways) {
    for (const digitalocean::NatGatewayVpc& each : gateway.vpcs) {
      if (each.vpc_uuid == vpc.id) {
        return;
      }
    }
  }
  operation.diagnostics.AddWarning(
      "No NAT gateway for isolated workers yet",
      absl::StrCat("VPC ", vpc.name, " (", vpc.id,
                   ") has no NAT gateway, and without one "
                   "DigitalOcean refuses isolated_workers. Let one be made before the cluster: "
                   "kproto_vpc_nat_gateway, and depends_on = [kproto_vpc_nat_gateway.NAME] here."),
      Path("isolated_workers"));
}

// An adopted VPC must be there, and where the cluster will be.
void CheckVpc(digitalocean::DigitalOcean& api, const ClusterModel* prior,
              const ClusterModel& planned, Operation& operation) {
  if (!planned.vpc.is_known() || !planned.vpc->id.is_known()) {
    return;
  }
  const Path path = Path("vpc").Attribute("id");
  const auto vpc = api.GetVpc(*planned.vpc->id, operation.request.stop);
  if (!vpc.ok()) {
    operation.diagnostics.AddStatus(vpc.status(), "Could not look up the VPC", path);
  } else if (!*vpc) {
    operation.diagnostics.AddError(
        "Unknown VPC",
        absl::StrCat("vpc.id: there is no VPC with id ", *planned.vpc->id,
                     ". Check the id, or write vpc = { ip_range = \"…\" } to make one."),
        path);
  } else if (planned.region.is_known() && (*vpc)->region != *planned.region) {
    operation.diagnostics.AddError(
        "VPC in another region",
        absl::StrCat("vpc.id: VPC ", (*vpc)->name, " is in ", (*vpc)->region, ", the cluster in ",
                     *planned.region, ". A VPC does not span regions."),
        path);
  } else if (prior == nullptr) {
    CheckSubnetsIn(**vpc, planned, operation.diagnostics);
    WarnOfMissingGateway(api, **vpc, planned, operation);
  }
}

void PlanCost(const ClusterModel* prior, const Offer& offer, ClusterModel& planned,
              Diagnostics& diagnostics) {
  ClusterModel priced = planned;
  if (priced.ha.is_unknown() && priced.version_resolved.is_known()) {
    const auto version = ParseVersion(*priced.version_resolved);
    priced.ha = version.ok() && version->minor >= kHighAvailabilityByDefaultSince;
  }
  const AssociatedCost associated =
      prior == nullptr ? AssociatedCost() : AssociatedPart(prior->cost);
  const std::optional<ClusterCost> cost = CostOf(priced, offer.sizes, associated);
  if (cost) {
    planned.cost = *cost;
    planned.monthly_cost = OwnMonthly(*cost);
    diagnostics.AddStatus(WithinBudget(priced, *cost), "Over budget");
  }
}

}  // namespace

std::string IntentKey(const ClusterModel& cluster) {
  std::string vpc = "default";
  if (cluster.vpc.is_known()) {
    vpc = cluster.vpc->id.is_known()
              ? *cluster.vpc->id
              : absl::StrCat(VpcName(cluster), " ", cluster.vpc->ip_range.value_or(""));
  }
  return absl::StrCat("kproto_cluster/", cluster.name.value_or(""), "/",
                      cluster.region.value_or(""), "/", vpc);
}

void ClusterResource::PlanDestroy(const ClusterModel& prior, Operation& operation) {
  operation.private_state = PlannedPrivate("destroy", IntentKey(prior));
  operation.diagnostics.AddStatus(RefuseIfProtected(prior, "this plan destroys it"),
                                  "The cluster is protected");
}

void ClusterResource::ModifyPlan(const ClusterModel* prior, const ClusterModel& config,
                                 ClusterModel& planned, std::vector<Path>& replace,
                                 Operation& operation) {
  operation.private_state =
      PlannedPrivate(prior == nullptr ? "create" : "update", IntentKey(planned));
  if (prior == nullptr) {
    planned.associated_resources = AssociatedResources::None();  // nothing has been made yet
  } else {
    const std::string current = prior->version_resolved.value_or("");
    WarnOfDowngrade(current, config.version, operation.diagnostics);
    if (Keeps(planned.version, current) && prior->version.is_known() &&
        SatisfiesVersion(current, *prior->version) &&
        FollowsPatches(*prior) == FollowsPatches(config)) {
      planned.version = prior->version;  // another spelling of what runs
    }
    PlanSettings(prior, config, planned);
    CheckRunningSizes(*prior, planned, operation.diagnostics);
    if (prior->id.is_null()) {
      planned.id = Attr<std::string>::Unknown();
      replace.push_back(Path("id"));  // only its VPC is left: begin anew
    } else if (SameAsPrior(*prior, config, planned) && !FollowsPatches(config)) {
      planned = *prior;
      replace.clear();
      WarnOfNodes(*prior, planned, operation.diagnostics);
      if (PlanNodeActions(*prior, planned)) {
        ExpectRunning(planned);
      }
      return;
    }
    ReplaceForVpc(*prior, planned, replace);
    KeepFromReplacing(*prior, planned, replace);
    ForgetIdsOfSwappedPools(*prior, planned);
    ExpectRunning(planned);
    if (!replace.empty()) {
      const std::string cause = absl::StrCat("this plan replaces it (", replace[0].ToString(), ")");
      operation.diagnostics.AddStatus(RefuseIfProtected(*prior, cause), "The cluster is protected");
      leaving_.Note(*prior);
    }
  }
  if (prior == nullptr) {
    PlanSettings(nullptr, config, planned);
  }
  planned.upgrade_path = prior != nullptr ? prior->upgrade_path : Attr<ListOf<std::string>>();
  if (planned.vpc.is_known() && planned.vpc->id.is_known()) {
    planned.vpc_id = planned.vpc->id;
  }
  const auto api = connections_.DigitalOceanForReading();
  if (absl::IsUnavailable(api.status())) {
    return;  // The token itself is not known yet: what needs the API is checked when it is.
  }
  if (!api.ok()) {
    operation.diagnostics.AddStatus(api.status(), "DigitalOcean is not configured");
    return;
  }
  const auto offer = GetOffer(**api, operation.request.stop);
  if (!offer.ok()) {
    operation.diagnostics.AddStatus(offer.status(), "Could not ask DigitalOcean what it offers");
    return;
  }
  CheckVpc(**api, prior, planned, operation);
  CheckProject(**api, prior, planned, operation);
  PlanVersion(prior, *offer, planned, operation.diagnostics);
  if (prior != nullptr && FollowsPatches(config)) {
    if (prior->id.is_known() && SameAsPrior(*prior, config, planned)) {
      planned = *prior;  // There is no newer patch.
      return;
    }
    ForgetNodesOfUpgrade(*prior, planned);
  }
  if (prior != nullptr && planned.version_resolved == prior->version_resolved) {
    KeepUnchangedPools(*prior, planned);  // An upgrade replaces every node.
  }
  if (prior != nullptr && replace.empty()) {
    PlanUpgrade(**api, *prior, *offer, planned, operation);
    WarnOfNodes(*prior, planned, operation.diagnostics);
    PlanNodeActions(*prior, planned);
  }
  CheckOffer(planned, *offer, operation.diagnostics);
  PlanCost(prior, *offer, planned, operation.diagnostics);
  // What takes the place of a replaced cluster is judged by its own plan, as one to be made.
  if (!operation.diagnostics.has_error() && (prior == nullptr || replace.empty())) {
    CheckAccount(**api, prior, planned, *offer, leaving_, operation);
  }
}

}  // namespace kproto
