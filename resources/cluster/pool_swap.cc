// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/pool_swap.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
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

bool PlansSwap(const ClusterPool& before, const ClusterPool& planned) {
  const bool repartitioned = planned.gpu_partition_mode.is_known() &&
                             !(planned.gpu_partition_mode == before.gpu_partition_mode);
  return !(planned.size == before.size) || repartitioned;
}

}  // namespace kproto
