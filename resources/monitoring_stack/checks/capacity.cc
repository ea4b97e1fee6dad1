// SPDX-License-Identifier: MPL-2.0
// Rule capacity: every pod's requests fit a node, and all pods' requests fit the nodes. What
// Kubernetes itself and other workloads take is not counted, so what is refused here surely does
// not fit.
#include <algorithm>
#include <map>
#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "resources/monitoring_stack/checks/placement.h"
#include "resources/monitoring_stack/checks/quantity.h"
#include "resources/monitoring_stack/checks/rules.h"

namespace kproto::monitoring_stack {
namespace {

struct Demand {
  Workload workload;
  Requests requests;
  std::vector<const Pool*> pools;
};

// What the DaemonSets take of each node of a pool.
Requests OnEveryNode(const std::vector<Demand>& demands, const Pool* pool) {
  Requests sum;
  for (const Demand& demand : demands) {
    if (demand.workload.IsDaemonSet() &&
        std::find(demand.pools.begin(), demand.pools.end(), pool) != demand.pools.end()) {
      sum.milli_cpus += demand.requests.milli_cpus;
      sum.memory_bytes += demand.requests.memory_bytes;
    }
  }
  return sum;
}

std::string Text(int64_t milli_cpus, int64_t memory_bytes) {
  return absl::StrCat(CpuText(milli_cpus), " CPU and ", MemoryText(memory_bytes), " of memory");
}

bool IsMeasured(const Pool* pool) { return pool->milli_cpus && pool->memory_bytes; }

std::vector<std::string> BlamedKey(const Workload& workload) {
  for (const char* list : {"containers", "initContainers"}) {
    const auto containers = workload.pod->find(list);
    if (containers == workload.pod->end() || !containers->is_array()) {
      continue;
    }
    for (const Json& container : *containers) {
      if (container.is_object() && container.contains("resources")) {
        const auto path =
            KeyWithValue(workload.component->Effective(), "resources", container["resources"]);
        if (!path.empty()) {
          return path;
        }
      }
    }
  }
  return {};
}

// A single pod against an empty node.
bool FitsSomewhere(const Demand& demand, const std::vector<Demand>& demands) {
  return std::any_of(demand.pools.begin(), demand.pools.end(), [&](const Pool* pool) {
    const Requests taken = demand.workload.IsDaemonSet() ? Requests{} : OnEveryNode(demands, pool);
    return !IsMeasured(pool) ||
           (demand.requests.milli_cpus + taken.milli_cpus <= *pool->milli_cpus &&
            demand.requests.memory_bytes + taken.memory_bytes <= *pool->memory_bytes);
  });
}

void AddTooLarge(const Demand& demand, Findings& findings) {
  std::vector<std::string> rooms;
  for (const Pool* pool : demand.pools) {
    rooms.push_back(absl::StrCat("a node of pool ", pool->name, " has ",
                                 Text(*pool->milli_cpus, *pool->memory_bytes)));
  }
  Finding finding;
  finding.component = demand.workload.component->name;
  finding.key = BlamedKey(demand.workload);
  finding.summary =
      absl::StrCat("A pod of ", demand.workload.ToString(), " is too large for every node");
  finding.cause = absl::StrCat(
      "It asks for ", Text(demand.requests.milli_cpus, demand.requests.memory_bytes), "; ",
      absl::StrJoin(rooms, ", "), ", of which every node's own pods (DaemonSets) take a part.");
  finding.cure = "Ask for less, turn it off where it is not needed, or take a larger size.";
  findings.push_back(std::move(finding));
}

// All pods that can go nowhere but to a set of pools against the whole of these pools.
void CheckTogether(const std::set<const Pool*>& pools, const std::vector<Demand>& demands,
                   Findings& findings) {
  int64_t cpus = 0, memory = 0, wanted_cpus = 0, wanted_memory = 0;
  std::vector<std::string> names, who;
  for (const Pool* pool : pools) {
    if (!IsMeasured(pool) || !pool->nodes) {
      return;
    }
    const Requests taken = OnEveryNode(demands, pool);
    cpus += *pool->nodes * std::max<int64_t>(0, *pool->milli_cpus - taken.milli_cpus);
    memory += *pool->nodes * std::max<int64_t>(0, *pool->memory_bytes - taken.memory_bytes);
    names.push_back(absl::StrCat(pool->name, " (", *pool->nodes, ")"));
  }
  std::sort(names.begin(), names.end());
  for (const Demand& demand : demands) {
    const bool only_here = std::all_of(demand.pools.begin(), demand.pools.end(),
                                       [&](const Pool* pool) { return pools.count(pool) > 0; });
    if (demand.workload.IsDaemonSet() || demand.pools.empty() || !only_here) {
      continue;
    }
    wanted_cpus += demand.requests.milli_cpus * demand.workload.replicas;
    wanted_memory += demand.requests.memory_bytes * demand.workload.replicas;
    who.push_back(absl::StrCat(demand.workload.replicas, " × ", demand.workload.name));
  }
  if (wanted_cpus <= cpus && wanted_memory <= memory) {
    return;
  }
  Finding finding;
  finding.attribute = Path("node_pools");
  finding.summary =
      absl::StrCat("The pods do not all fit the nodes of ", absl::StrJoin(names, ", "));
  finding.cause = absl::StrCat(
      "They ask for ", Text(wanted_cpus, wanted_memory), " (", absl::StrJoin(who, ", "),
      "); beside every node's own pods there is ", Text(cpus, memory), ".");
  finding.cure = "Add nodes, take a larger size, or ask for less.";
  findings.push_back(std::move(finding));
}

}  // namespace

void CheckCapacity(const RenderedStack& stack, Findings& findings) {
  if (!stack.pools) {
    return;
  }
  std::vector<Demand> demands;
  for (const Workload& workload : WorkloadsOf(stack)) {
    demands.push_back({workload, RequestsOf(workload), PoolsFor(workload, *stack.pools)});
  }
  std::set<std::set<const Pool*>> sets;
  bool any_too_large = false;
  for (const Demand& demand : demands) {
    if (demand.pools.empty()) {
      continue;  // rule scheduling's business
    }
    if (!FitsSomewhere(demand, demands)) {
      AddTooLarge(demand, findings);
      any_too_large = true;
    }
    sets.insert({demand.pools.begin(), demand.pools.end()});
  }
  if (any_too_large) {
    return;  // the sum says nothing more
  }
  for (const std::set<const Pool*>& pools : sets) {
    CheckTogether(pools, demands, findings);
  }
}

}  // namespace kproto::monitoring_stack
