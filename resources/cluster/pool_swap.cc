// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/pool_swap.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/random.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

constexpr char kRetired[] = "-old-";
constexpr size_t kHexDigits = 4;
constexpr size_t kLongestName = 63;

std::string RetiredPrefix(const std::string& pool) {
  return absl::StrCat(pool.substr(0, kLongestName - (sizeof(kRetired) - 1) - kHexDigits), kRetired);
}

int64_t MostNodes(const ClusterPool& pool) {
  return pool.auto_scale.value_or(false) ? pool.max_nodes.value_or(0) : pool.count.value_or(0);
}

int64_t NodesNow(const ClusterPool& pool) {
  return pool.nodes.is_known() ? static_cast<int64_t>(pool.nodes->size()) : pool.count.value_or(0);
}

}  // namespace

std::string RetiredName(const std::string& pool, const ocean::Cluster& cluster) {
  while (true) {
    const std::string name = absl::StrCat(RetiredPrefix(pool), RandomHex(kHexDigits / 2));
    if (std::none_of(cluster.node_pools.begin(), cluster.node_pools.end(),
                     [&](const ocean::NodePool& other) { return other.name == name; })) {
      return name;
    }
  }
}

bool IsRetiredName(const std::string& name, const std::string& pool) {
  const std::string prefix = RetiredPrefix(pool);
  return name.size() == prefix.size() + kHexDigits && absl::StartsWith(name, prefix) &&
         std::all_of(name.begin() + static_cast<std::ptrdiff_t>(prefix.size()), name.end(),
                     [](char c) { return absl::ascii_isxdigit(static_cast<unsigned char>(c)); });
}

std::vector<std::string> UnwantedPools(const ClusterWork& work) {
  std::vector<std::string> ids;
  for (const ocean::NodePool& pool : work.live->node_pools) {
    if (work.wanted.node_pools->count(pool.name) == 0) {
      ids.push_back(pool.id);
    }
  }
  return ids;
}

void CheckSwaps(const ClusterModel& prior, const ClusterModel& planned, int64_t droplet_limit,
                Diagnostics& diagnostics) {
  if (!prior.node_pools.is_known() || !planned.node_pools.is_known() || droplet_limit <= 0) {
    return;
  }
  int64_t wanted = 0, old = 0;
  std::vector<std::string> swapped;
  for (const auto& [name, pool] : *planned.node_pools) {
    if (!pool.is_known()) {
      return;
    }
    wanted += MostNodes(*pool);
    const auto before = prior.node_pools->find(name);
    if (before != prior.node_pools->end() && before->second.is_known() && pool->size.is_known() &&
        !(before->second->size == pool->size)) {
      old += NodesNow(*before->second);
      swapped.push_back(name);
    }
  }
  if (swapped.empty() || wanted > droplet_limit || wanted + old <= droplet_limit) {
    return;  // More than the limit even without a swap is reported elsewhere.
  }
  diagnostics.AddError(
      "No room to swap node pools",
      absl::StrCat("Another size swaps ", absl::StrJoin(swapped, ", "),
                   ": the old nodes stay until the new ones run, so for a while there are up to ",
                   wanted + old, " nodes; the account's limit is ", droplet_limit,
                   " Droplets in all. Ask DigitalOcean to raise it, swap one pool at a time, or "
                   "lower the pool's count first."),
      Path("node_pools").Key(swapped.front()).Attribute("size"));
}

}  // namespace kproto
