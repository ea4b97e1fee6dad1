// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/checks/node_pools.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "resources/monitoring_stack/checks/quantity.h"
#include "resources/monitoring_stack/wiring.h"

namespace kproto::monitoring_stack {
namespace {

constexpr int64_t kGib = int64_t{1} << 30;

int64_t KeptForTheSystem(int64_t gib) {
  return gib <= 2    ? kGib
         : gib <= 4  ? kGib * 3 / 2
         : gib <= 8  ? kGib * 2
         : gib <= 16 ? kGib * 3
                     : kGib * 4;
}

// Labels that every node of DigitalOcean's has.
void AddOwnLabels(Pool& pool) {
  pool.labels["doks.digitalocean.com/node-pool"] = pool.name;
  pool.labels["kubernetes.io/os"] = "linux";
  pool.labels["kubernetes.io/arch"] = "amd64";
}

bool AddLabels(const StackNodePool& pool, Pool& known) {
  if (pool.labels.is_unknown() || pool.taints.is_unknown() || pool.dedicated.is_unknown()) {
    return false;
  }
  if (pool.labels.is_known()) {
    for (const auto& [key, value] : *pool.labels) {
      if (value.is_unknown()) {
        return false;
      }
      known.labels[key] = value.value_or("");
    }
  }
  if (pool.taints.is_known()) {
    for (const Attr<StackTaint>& taint : pool.taints->elements) {
      if (!taint.is_known() || taint->key.is_unknown() || taint->effect.is_unknown()) {
        return false;
      }
      known.taints.push_back(
          {taint->key.value_or(""), taint->value.value_or(""), taint->effect.value_or("")});
    }
  }
  if (pool.dedicated.value_or(false)) {
    known.labels[kPoolLabel] = known.name;
    known.taints.push_back({kPoolTaint, known.name, "NoSchedule"});
  }
  return true;
}

void AddRoom(const StackNodePool& pool, Pool& known) {
  const bool scales = pool.auto_scale.value_or(false);
  const Attr<int64_t>& nodes = scales ? pool.max_nodes : pool.count;
  if (nodes.is_known() && !pool.auto_scale.is_unknown()) {
    known.nodes = *nodes;
  }
  if (const auto room = RoomOf(pool.size.value_or(""))) {
    known.milli_cpus = room->milli_cpus;
    known.memory_bytes = room->memory_bytes;
  }
  if (pool.cpu.is_known()) {
    known.milli_cpus = MilliUnits(*pool.cpu);
  }
  if (pool.memory.is_known()) {
    known.memory_bytes = Units(*pool.memory);
  }
}

}  // namespace

std::optional<std::vector<Pool>> KnownPools(const Attr<MapOf<StackNodePool>>& pools) {
  if (!pools.is_known()) {
    return std::nullopt;
  }
  std::vector<Pool> known;
  for (const auto& [name, pool] : *pools) {
    Pool one;
    one.name = name;
    AddOwnLabels(one);
    if (!pool.is_known() || !AddLabels(*pool, one)) {
      return std::nullopt;
    }
    AddRoom(*pool, one);
    known.push_back(std::move(one));
  }
  return known;
}

std::optional<NodeRoom> RoomOf(const std::string& size) {
  const std::vector<std::string> parts = absl::StrSplit(size, '-');
  int64_t cpus = 0, gib = 0;
  for (absl::string_view part : parts) {
    if (absl::ConsumeSuffix(&part, "vcpu")) {
      if (!absl::SimpleAtoi(part, &cpus)) {
        return std::nullopt;
      }
    } else if (absl::ConsumeSuffix(&part, "gb")) {
      if (!absl::SimpleAtoi(part, &gib)) {
        return std::nullopt;
      }
    }
  }
  // The sizes with their own names: c-4 is 4 vCPUs with 2 GiB each.
  if (parts.size() == 2 && parts[0] == "c" && absl::SimpleAtoi(parts[1], &cpus)) {
    gib = 2 * cpus;
  }
  if (cpus <= 0 || gib <= 0 || absl::StartsWith(size, "gpu")) {
    return std::nullopt;
  }
  return NodeRoom{cpus * 1000 - 100, gib * kGib - KeptForTheSystem(gib)};
}

bool HasPool(const std::vector<Pool>& pools, const std::string& wanted) {
  return std::any_of(pools.begin(), pools.end(), [&](const Pool& pool) {
    const auto label = pool.labels.find(kPoolLabel);
    return label != pool.labels.end() && label->second == wanted;
  });
}

}  // namespace kproto::monitoring_stack
