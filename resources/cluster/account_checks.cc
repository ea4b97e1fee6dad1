// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/account_checks.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/log.h"
#include "resources/cluster/mapping.h"
#include "resources/cluster/pool_swap.h"
#include "resources/networks.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

constexpr char kReleased[] = "released";  // in the place of a nonce
constexpr int64_t kMostSurge = 10;        // nodes, by DigitalOcean's documentation

bool MakesVpc(const ClusterModel& cluster) {
  return cluster.vpc.is_known() && cluster.vpc->id.is_null();
}

int64_t Most(const ClusterPool& pool) {
  return pool.auto_scale.value_or(false) ? pool.max_nodes.value_or(0) : pool.count.value_or(0);
}

int64_t Running(const ClusterPool& pool) {
  return pool.nodes.is_known() ? static_cast<int64_t>(pool.nodes->size()) : pool.count.value_or(0);
}

std::string Title(const ocean::Vpc& vpc) {
  return absl::StrCat("VPC \"", vpc.name, "\" (", vpc.ip_range, ", ", vpc.region, ", id ", vpc.id,
                      ")");
}

// Whether the planned cluster may be the one that made it, or takes its place.
bool MayBeOwn(const ocean::Vpc& vpc, const ClusterModel& planned, const Leaving& leaving) {
  return leaving.Has(vpc.id) || IsReleased(vpc, planned) ||
         (vpc.name == VpcName(planned) && !NonceOf(vpc.description).empty());
}

void CheckRange(const Attr<std::string>& range, const Path& path, const ClusterModel& planned,
                const std::vector<ocean::Vpc>& vpcs, const Leaving& leaving,
                Diagnostics& diagnostics) {
  const auto network = range.is_known() ? ParseNetwork(*range) : std::optional<Network>();
  if (!network) {
    return;
  }
  std::vector<Network> taken;
  const ocean::Vpc* first = nullptr;
  for (const ocean::Vpc& vpc : vpcs) {
    const auto other = ParseNetwork(vpc.ip_range);
    if (!other || MayBeOwn(vpc, planned, leaving)) {
      continue;
    }
    taken.push_back(*other);
    if (first == nullptr && other->Overlaps(*network)) {
      first = &vpc;
    }
  }
  if (first == nullptr) {
    return;
  }
  for (const Attr<std::string>& own :
       {planned.cluster_subnet, planned.service_subnet,
        planned.vpc.is_known() ? planned.vpc->ip_range : Attr<std::string>()}) {
    if (const auto other = own.is_known() ? ParseNetwork(*own) : std::optional<Network>()) {
      taken.push_back(*other);
    }
  }
  const auto free = FreeNetwork(network->bits, taken);
  diagnostics.AddError(
      "Network taken by another VPC",
      absl::StrCat(path.ToString(), " (", *range, ") overlaps with ", Title(*first),
                   " of this account, and DigitalOcean lets no two networks of an account "
                   "overlap.",
                   free ? absl::StrCat(" This one is free: ", free->ToString(), ".") : ""),
      path);
}

void CheckVpcName(const ClusterModel& planned, const std::vector<ocean::Vpc>& vpcs,
                  const Leaving& leaving, Diagnostics& diagnostics) {
  if (!planned.name.is_known() || planned.vpc->name.is_unknown()) {
    return;
  }
  for (const ocean::Vpc& vpc : vpcs) {
    if (vpc.name == VpcName(planned) && !MayBeOwn(vpc, planned, leaving)) {
      diagnostics.AddError(
          "VPC name taken",
          absl::StrCat("a VPC named \"", vpc.name, "\" exists already (id ", vpc.id,
                       ") and was not made by kproto. Use it with vpc = "
                       "{ id = \"",
                       vpc.id, "\" }, or give vpc.name another name."),
          Path("vpc"));
    }
  }
}

void CheckClusterName(const ClusterModel& planned, const std::vector<ocean::Cluster>& clusters,
                      const Leaving& leaving, Diagnostics& diagnostics) {
  for (const ocean::Cluster& cluster : clusters) {
    if (planned.name.is_known() && cluster.name == *planned.name && !leaving.Has(cluster.id) &&
        NonceOf(cluster.tags).empty() && cluster.status.state != ocean::ClusterState::kDeleting) {
      diagnostics.AddError(
          "Cluster name taken",
          absl::StrCat("a cluster named \"", cluster.name, "\" exists already (id ", cluster.id,
                       ", region ", cluster.region,
                       ") and was not made by kproto. To manage it "
                       "here: tofu import kproto_cluster.NAME ",
                       cluster.id, ". Otherwise choose another name."),
          Path("name"));
      return;
    }
  }
}

void WarnOfDefaultVpc(const ClusterModel& planned, const std::vector<ocean::Vpc>& vpcs,
                      Diagnostics& diagnostics) {
  const std::string& region = *planned.region;
  const bool virgin = std::none_of(vpcs.begin(), vpcs.end(),
                                   [&](const ocean::Vpc& vpc) { return vpc.region == region; });
  if (!virgin) {
    return;
  }
  diagnostics.AddWarning(
      "The VPC will become the default of its region",
      absl::StrCat("The account has no VPC in ", region,
                   ". DigitalOcean makes the first one of a "
                   "region its default, and never deletes a default VPC: a destroy will leave it "
                   "behind, empty and free of charge, and a later cluster of the same "
                   "configuration takes it again. To have one that can be destroyed, let the "
                   "region have a default first (doctl vpcs create --name default-",
                   region, " --region ", region, "), or leave `vpc` out."),
      Path("vpc"));
}

// Nodes of clusters that the planned one takes the place of: they leave before it comes.
int64_t LeavingDroplets(const ClusterModel& planned, const std::vector<ocean::Cluster>& clusters,
                        const Leaving& leaving) {
  int64_t count = 0;
  for (const ocean::Cluster& cluster : clusters) {
    // One of the same name is either replaced, gone on with, or refused for its name.
    if (leaving.Has(cluster.id) || cluster.name == planned.name.value_or("")) {
      for (const ocean::NodePool& pool : cluster.node_pools) {
        count += static_cast<int64_t>(pool.nodes.size());
      }
    }
  }
  return count;
}

std::vector<std::string> SwappedPools(const ClusterModel* prior, const ClusterModel& planned) {
  std::vector<std::string> names;
  for (const auto& [name, pool] : *planned.node_pools) {
    const ClusterPool* before = prior != nullptr ? PoolOf(*prior, name) : nullptr;
    if (before != nullptr && pool.is_known() && PlansSwap(*before, *pool)) {
      names.push_back(name);
    }
  }
  return names;
}

void CheckDropletsLeft(int64_t more, int64_t surge, int64_t used, int64_t limit,
                       const std::vector<std::string>& swapped, Diagnostics& diagnostics) {
  const int64_t left = limit - used;
  if (more > left) {
    const std::string of_swaps =
        swapped.empty() ? ""
                        : absl::StrCat(" Another size swaps ", absl::StrJoin(swapped, ", "),
                                       ": the old nodes stay until the new ones run. Swap one pool "
                                       "at a time, or lower its count first.");
    diagnostics.AddError(
        "Not enough Droplets left",
        absl::StrCat("node_pools need up to ", more, " more Droplets, but only ",
                     std::max<int64_t>(left, 0), " are left: ", used, " of the account's limit of ",
                     limit,
                     " are in use. Ask DigitalOcean to raise the limit, or plan fewer "
                     "nodes: for pools with auto_scale, max_nodes counts.",
                     of_swaps),
        swapped.empty() ? Path("node_pools")
                        : Path("node_pools").Key(swapped[0]).Attribute("size"));
  } else if (surge > 0 && more + surge > left) {
    diagnostics.AddWarning(
        "No room for a surge upgrade",
        absl::StrCat("surge_upgrade adds up to ", surge,
                     " Droplets while the cluster is upgraded, "
                     "but after this plan only ",
                     left - more, " of the account's limit of ", limit,
                     " are left. Ask DigitalOcean to raise the limit before the next upgrade, or "
                     "set surge_upgrade = false."),
        Path("surge_upgrade"));
  }
}

// A token that may not list something leaves the check that needs it to the API.
bool MayNotAsk(const absl::Status& status) {
  if (!absl::IsPermissionDenied(status)) {
    return false;
  }
  Log(LogLevel::kInfo, "a check is left out: the token may not list what it needs",
      {{"answer", std::string(status.message())}});
  return true;
}

}  // namespace

void Leaving::Note(const ClusterModel& replaced) {
  std::lock_guard lock(mutex_);
  for (const Attr<std::string>& id : {replaced.id, replaced.vpc_id}) {
    if (id.is_known()) {
      ids_.insert(*id);
    }
  }
}

bool Leaving::Has(const std::string& id) const {
  std::lock_guard lock(mutex_);
  return ids_.count(id) != 0;
}

int64_t DropletsToAdd(const ClusterModel* prior, const ClusterModel& planned) {
  int64_t more = 0;
  if (!planned.node_pools.is_known()) {
    return more;
  }
  for (const auto& [name, pool] : *planned.node_pools) {
    if (!pool.is_known()) {
      continue;
    }
    const ClusterPool* before = prior != nullptr ? PoolOf(*prior, name) : nullptr;
    const bool kept = before != nullptr && !PlansSwap(*before, *pool);
    if (kept && Most(*before) == Most(*pool)) {
      continue;  // Nothing is asked of DigitalOcean for it.
    }
    more += std::max<int64_t>(Most(*pool) - (kept ? Running(*before) : 0), 0);
  }
  return more;
}

int64_t SurgeDroplets(const ClusterModel& planned) {
  int64_t largest = 0;
  if (planned.surge_upgrade.value_or(false) && planned.node_pools.is_known()) {
    for (const auto& [name, pool] : *planned.node_pools) {
      largest = std::max(largest, pool.is_known() ? Most(*pool) : 0);
    }
  }
  return std::min(largest, kMostSurge);
}

void CheckPlace(const ClusterModel& planned, const std::vector<ocean::Vpc>& vpcs,
                const std::vector<ocean::Cluster>& clusters, const Leaving& leaving,
                Diagnostics& diagnostics) {
  CheckClusterName(planned, clusters, leaving, diagnostics);
  if (MakesVpc(planned)) {
    CheckVpcName(planned, vpcs, leaving, diagnostics);
    CheckRange(planned.vpc->ip_range, Path("vpc").Attribute("ip_range"), planned, vpcs, leaving,
               diagnostics);
    if (planned.region.is_known()) {
      WarnOfDefaultVpc(planned, vpcs, diagnostics);
    }
  }
  CheckRange(planned.cluster_subnet, Path("cluster_subnet"), planned, vpcs, leaving, diagnostics);
  CheckRange(planned.service_subnet, Path("service_subnet"), planned, vpcs, leaving, diagnostics);
}

void CheckAccount(ocean::DigitalOcean& api, const ClusterModel* prior, const ClusterModel& planned,
                  const Offer& offer, const Leaving& leaving, Operation& operation) {
  const std::stop_token stop = operation.request.stop;
  const std::string summary = "Could not ask DigitalOcean what the account has";
  std::vector<ocean::Cluster> clusters;
  if (prior == nullptr) {
    auto listed = api.ListClusters(stop);
    const auto vpcs =
        listed.ok() ? api.ListVpcs(stop) : absl::StatusOr<std::vector<ocean::Vpc>>(listed.status());
    if (MayNotAsk(vpcs.status())) {
      return;
    }
    if (!vpcs.ok()) {
      operation.diagnostics.AddStatus(vpcs.status(), summary);
      return;
    }
    clusters = *std::move(listed);
    CheckPlace(planned, *vpcs, clusters, leaving, operation.diagnostics);
  }
  const int64_t more = DropletsToAdd(prior, planned);
  if (more == 0 || offer.account.droplet_limit <= 0) {
    return;
  }
  const auto used = api.CountDroplets(stop);
  if (MayNotAsk(used.status())) {
    return;
  }
  if (!used.ok()) {
    operation.diagnostics.AddStatus(used.status(), summary);
    return;
  }
  CheckDropletsLeft(
      more, SurgeDroplets(planned), *used - LeavingDroplets(planned, clusters, leaving),
      offer.account.droplet_limit, SwappedPools(prior, planned), operation.diagnostics);
}

bool IsReleased(const ocean::Vpc& vpc, const ClusterModel& wanted) {
  return vpc.is_default && NonceOf(vpc.description) == kReleased && MakesVpc(wanted) &&
         vpc.name == VpcName(wanted) && vpc.region == wanted.region.value_or("") &&
         (!wanted.vpc->ip_range.is_known() || *wanted.vpc->ip_range == vpc.ip_range);
}

std::string ReleasedDescription() {
  return absl::StrCat("Default VPC of its region, free to use ", OwnershipMark(kReleased));
}

}  // namespace kproto
