// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/checks.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/nearest.h"
#include "resources/cluster/label_checks.h"
#include "resources/cluster/mapping.h"
#include "resources/cluster/on_destroy.h"
#include "resources/networks.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

std::optional<Network> NetworkOf(const Attr<std::string>& cidr) {
  return cidr.is_known() ? ParseNetwork(*cidr) : std::nullopt;  // Validators judge the text.
}

void CheckOverlap(const Attr<std::string>& a, const Path& a_path, const Attr<std::string>& b,
                  const Path& b_path, Diagnostics& diagnostics) {
  const auto x = NetworkOf(a), y = NetworkOf(b);
  if (x && y && x->Overlaps(*y)) {
    diagnostics.AddError("Overlapping networks",
                         absl::StrCat(a_path.ToString(), " (", *a, ") and ", b_path.ToString(),
                                      " (", *b, ") overlap. Choose networks that do not."),
                         a_path);
  }
}

void CheckPool(const ClusterPool& pool, const Path& path, Diagnostics& diagnostics) {
  if (pool.auto_scale.is_unknown()) {
    return;
  }
  if (!pool.auto_scale.value_or(false)) {
    if (pool.count.is_null()) {
      diagnostics.AddError("Missing node count",
                           absl::StrCat(path.ToString(),
                                        " needs count, or auto_scale = true with min_nodes and "
                                        "max_nodes."),
                           path);
    }
    return;
  }
  if (pool.min_nodes.is_null() || pool.max_nodes.is_null()) {
    diagnostics.AddError(
        "Missing autoscale bounds",
        absl::StrCat(path.ToString(), " has auto_scale = true and needs min_nodes and max_nodes."),
        path);
  }
  if (pool.min_nodes.is_known() && pool.max_nodes.is_known() && *pool.min_nodes > *pool.max_nodes) {
    diagnostics.AddError("Autoscale bounds the wrong way round",
                         absl::StrCat(path.ToString(), ".min_nodes (", *pool.min_nodes,
                                      ") is above max_nodes (", *pool.max_nodes, ")."),
                         path.Attribute("min_nodes"));
  }
  if (pool.count.is_known()) {
    diagnostics.AddError("Count and autoscaler at odds",
                         absl::StrCat(path.ToString(),
                                      " has auto_scale = true: the autoscaler sets the count. "
                                      "Remove count."),
                         path.Attribute("count"));
  }
}

std::string SlugsNearestFirst(const std::string& wanted,
                              const std::vector<ocean::NamedSlug>& offered) {
  std::vector<std::string> slugs;
  for (const ocean::NamedSlug& each : offered) {
    slugs.push_back(each.slug);
  }
  return absl::StrJoin(NearestFirst(wanted, std::move(slugs)), ", ");
}

void CheckSize(const std::string& region, const std::string& slug, const Offer& offer,
               const Path& path, Diagnostics& diagnostics) {
  const auto& workers = offer.options.sizes;
  const bool worker = std::any_of(workers.begin(), workers.end(),
                                  [&](const ocean::NamedSlug& s) { return s.slug == slug; });
  if (!worker) {
    diagnostics.AddError("Unknown size",
                         absl::StrCat(path.ToString(), ": DigitalOcean offers no worker size \"",
                                      slug, "\". Offered: ", SlugsNearestFirst(slug, workers), "."),
                         path);
    return;
  }
  const auto size = std::find_if(offer.sizes.begin(), offer.sizes.end(),
                                 [&](const ocean::Size& s) { return s.slug == slug; });
  if (size != offer.sizes.end() && !size->regions.empty() &&
      std::find(size->regions.begin(), size->regions.end(), region) == size->regions.end()) {
    diagnostics.AddError("Size not in this region",
                         absl::StrCat(path.ToString(), ": size \"", slug, "\" is not offered in ",
                                      region, ", but in ", absl::StrJoin(size->regions, ", "), "."),
                         path);
  }
}

void CheckDropletLimit(const ClusterModel& cluster, int64_t limit, Diagnostics& diagnostics) {
  int64_t most = 0;
  for (const auto& [name, pool] : *cluster.node_pools) {
    if (pool.is_known()) {
      most +=
          pool->auto_scale.value_or(false) ? pool->max_nodes.value_or(0) : pool->count.value_or(0);
    }
  }
  if (limit > 0 && most > limit) {
    diagnostics.AddError(
        "More nodes than the account may have",
        absl::StrCat("node_pools need up to ", most, " nodes; the account's limit is ", limit,
                     " Droplets in all. Ask DigitalOcean to raise it, or plan "
                     "fewer nodes."),
        Path("node_pools"));
  }
}

// What the version can do is listed with it; a list that is empty says nothing.
void CheckFeatures(const ClusterModel& cluster, const Offer& offer, Diagnostics& diagnostics) {
  const auto& versions = offer.options.versions;
  const auto version =
      std::find_if(versions.begin(), versions.end(), [&](const ocean::KubernetesVersion& v) {
        return v.slug == cluster.version_resolved.value_or("");
      });
  if (version == versions.end() || version->supported_features.empty()) {
    return;
  }
  const auto need = [&](const char* feature, const char* what, const Path& path) {
    const auto& offered = version->supported_features;
    if (std::find(offered.begin(), offered.end(), feature) == offered.end()) {
      diagnostics.AddError("Version without this feature",
                           absl::StrCat(path.ToString(), ": ", version->slug, " has no ", what,
                                        ". Its features: ", absl::StrJoin(offered, ", "),
                                        ". Choose another version, or leave it off."),
                           path);
    }
  };
  if (cluster.ha.value_or(false)) {
    need("ha-control-plane", "highly available control plane", Path("ha"));
  }
  for (const auto& [name, pool] : *cluster.node_pools) {
    if (pool.is_known() && pool->auto_scale.value_or(false)) {
      need("cluster-autoscaler", "cluster autoscaler",
           Path("node_pools").Key(name).Attribute("auto_scale"));
    }
  }
}

}  // namespace

void CheckModel(const ClusterModel& cluster, Diagnostics& diagnostics) {
  const Path vpc("vpc");
  CheckOnDestroy(cluster, diagnostics);
  if (cluster.vpc.is_known()) {
    if (cluster.vpc->id.is_known() &&
        (cluster.vpc->name.is_known() || cluster.vpc->ip_range.is_known())) {
      diagnostics.AddError(
          "VPC both adopted and made",
          "vpc.id names an existing VPC, vpc.name and vpc.ip_range describe one to "
          "make. Write one or the other.",
          vpc);
    }
    CheckVpcRange(cluster.vpc->ip_range, vpc.Attribute("ip_range"), diagnostics);
    CheckOverlap(cluster.cluster_subnet, Path("cluster_subnet"), cluster.vpc->ip_range,
                 vpc.Attribute("ip_range"), diagnostics);
    CheckOverlap(cluster.service_subnet, Path("service_subnet"), cluster.vpc->ip_range,
                 vpc.Attribute("ip_range"), diagnostics);
  }
  CheckOverlap(cluster.cluster_subnet, Path("cluster_subnet"), cluster.service_subnet,
               Path("service_subnet"), diagnostics);
  CheckSettings(cluster, diagnostics);
  if (cluster.node_pools.is_known()) {
    for (const auto& [name, pool] : *cluster.node_pools) {
      if (pool.is_known()) {
        CheckPool(*pool, Path("node_pools").Key(name), diagnostics);
        CheckLabelsAndTaints(*pool, Path("node_pools").Key(name), diagnostics);
      }
    }
  }
}

void CheckRunningSizes(const ClusterModel& prior, const ClusterModel& planned,
                       Diagnostics& diagnostics) {
  if (!prior.node_pools.is_known() || !planned.node_pools.is_known()) {
    return;
  }
  for (const auto& [name, pool] : *planned.node_pools) {
    const auto before = prior.node_pools->find(name);
    if (!pool.is_known() || before == prior.node_pools->end() || !before->second.is_known()) {
      continue;
    }
    const int64_t running = before->second->count.value_or(0);
    if (WouldShrink(*pool, running)) {
      const Path path = Path("node_pools").Key(name).Attribute("max_nodes");
      diagnostics.AddError(
          "Fewer nodes than are running",
          absl::StrCat(path.ToString(), " = ", *pool->max_nodes, ", but the autoscaler has grown ",
                       "the pool to ", running, " nodes: the bound would take ",
                       running - *pool->max_nodes, " of them away at once. Write at least ",
                       running, ", or auto_scale = false with the count you want."),
          path);
    }
  }
}

void CheckOffer(const ClusterModel& cluster, const Offer& offer, Diagnostics& diagnostics) {
  if (!cluster.region.is_known() || !cluster.node_pools.is_known()) {
    return;
  }
  const auto& regions = offer.options.regions;
  if (std::none_of(regions.begin(), regions.end(),
                   [&](const ocean::NamedSlug& r) { return r.slug == *cluster.region; })) {
    diagnostics.AddError(
        "Unknown region",
        absl::StrCat("region: DigitalOcean offers no Kubernetes in \"", *cluster.region,
                     "\". Offered: ", SlugsNearestFirst(*cluster.region, regions), "."),
        Path("region"));
    return;
  }
  for (const auto& [name, pool] : *cluster.node_pools) {
    if (pool.is_known() && pool->size.is_known()) {
      CheckSize(*cluster.region, *pool->size, offer, Path("node_pools").Key(name).Attribute("size"),
                diagnostics);
    }
  }
  CheckFeatures(cluster, offer, diagnostics);
  CheckDropletLimit(cluster, offer.account.droplet_limit, diagnostics);
}

}  // namespace kproto
