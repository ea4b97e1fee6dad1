// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/node_actions.h"

#include <algorithm>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "resources/cluster/mapping.h"

namespace kproto {
namespace {

std::set<std::string> Known(const Attr<SetOf<std::string>>& set) {
  std::set<std::string> result;
  if (set.is_known()) {
    for (const Attr<std::string>& element : set->elements) {
      if (element.is_known()) {
        result.insert(*element);
      }
    }
  }
  return result;
}

std::set<std::string> LabelKeys(const std::string& name, const ClusterPool& pool) {
  std::set<std::string> keys;
  for (const auto& [key, value] : PoolSpec(name, pool).labels) {
    keys.insert(key);
  }
  return keys;
}

std::set<std::string> Minus(std::set<std::string> from, const std::set<std::string>& what) {
  for (const std::string& key : what) {
    from.erase(key);
  }
  return from;
}

// Calls visit(name, before, after) for each pool that is in both.
template <typename Visit>
void ForEachPool(const ClusterModel& before, const ClusterModel& after, Visit visit) {
  if (!after.node_pools.is_known()) {
    return;
  }
  for (const auto& [name, pool] : *after.node_pools) {
    const ClusterPool* earlier = PoolOf(before, name);
    if (earlier != nullptr && pool.is_known()) {
      visit(name, *earlier, *pool);
    }
  }
}

// The labels that a node of `known` will carry although `wanted` has them no more.
std::set<std::string> StaleAt(const PoolNode& node, const std::string& name,
                              const ClusterPool& wanted, const ClusterPool& known) {
  std::set<std::string> carried = Known(node.stale_labels);
  carried.merge(LabelKeys(name, known));
  return Minus(std::move(carried), LabelKeys(name, wanted));
}

// Another size gives the pool other nodes anyway; labels that are not known yet cannot be judged.
bool KeepsItsNodes(const ClusterPool& wanted, const ClusterPool& known) {
  return wanted.size == known.size && known.nodes.is_known() && !wanted.labels.is_unknown() &&
         !wanted.dedicated.is_unknown();
}

}  // namespace

std::set<std::string> NodesToReplace(const ClusterModel& wanted, const ClusterModel& known) {
  const std::set<std::string> listed = Known(wanted.replace_nodes);
  std::set<std::string> ids;
  ForEachPool(known, wanted,
              [&](const std::string& name, const ClusterPool& has, const ClusterPool& wants) {
                if (!has.nodes.is_known()) {
                  return;
                }
                const bool rolling =
                    wants.label_strategy.value_or("") == "rolling" && KeepsItsNodes(wants, has);
                for (const Attr<PoolNode>& node : *has.nodes) {
                  if (node.is_known() && node->id.is_known() &&
                      (listed.count(*node->id) != 0 ||
                       (rolling && !StaleAt(*node, name, wants, has).empty()))) {
                    ids.insert(*node->id);
                  }
                }
              });
  return ids;
}

bool PlanNodeActions(const ClusterModel& prior, ClusterModel& planned) {
  const std::set<std::string> ids = NodesToReplace(planned, prior);
  if (ids.empty()) {
    return false;
  }
  for (auto& [name, pool] : *planned.node_pools) {
    const ClusterPool* before = PoolOf(prior, name);
    if (before == nullptr || !pool.is_known() || !before->nodes.is_known()) {
      continue;
    }
    const bool affected =
        std::any_of(before->nodes->begin(), before->nodes->end(), [&](const Attr<PoolNode>& node) {
          return node.is_known() && ids.count(node->id.value_or("")) != 0;
        });
    if (affected) {
      pool->nodes = Attr<ListOf<PoolNode>>::Unknown();
    }
  }
  return true;
}

void NoteStaleLabels(const ClusterModel& before, ClusterModel& after) {
  if (!after.node_pools.is_known()) {
    return;
  }
  for (auto& [name, pool] : *after.node_pools) {
    const ClusterPool* earlier = PoolOf(before, name);
    if (earlier == nullptr || !earlier->nodes.is_known() || !(earlier->id == pool->id)) {
      continue;
    }
    for (Attr<PoolNode>& node : *pool->nodes) {
      const auto same =
          std::find_if(earlier->nodes->begin(), earlier->nodes->end(),
                       [&](const Attr<PoolNode>& n) { return n.is_known() && n->id == node->id; });
      if (same == earlier->nodes->end()) {
        continue;
      }
      const std::set<std::string> stale = StaleAt(**same, name, *pool, *earlier);
      if (!stale.empty()) {
        node->stale_labels = SetOf<std::string>{{stale.begin(), stale.end()}};
      }
    }
  }
}

void WarnOfNodes(const ClusterModel& prior, const ClusterModel& planned, Diagnostics& diagnostics) {
  std::set<std::string> known;
  ForEachPool(
      prior, planned,
      [&](const std::string& name, const ClusterPool& has, const ClusterPool& wants) {
        std::set<std::string> labels;
        std::vector<std::string> carriers;
        if (wants.label_strategy.is_null() && KeepsItsNodes(wants, has)) {
          for (const Attr<PoolNode>& node : *has.nodes) {
            std::set<std::string> stale = StaleAt(*node, name, wants, has);
            if (!stale.empty()) {
              carriers.push_back(node->name.value_or(""));
              labels.merge(stale);
            }
          }
        }
        if (!labels.empty()) {
          diagnostics.AddWarning(
              "Labels stay on live nodes",
              absl::StrCat("DigitalOcean takes a removed label from no live node: ",
                           absl::StrJoin(carriers, ", "), absl::StrCat(" of pool ", name),
                           carriers.size() == 1 ? " keeps " : " keep ", absl::StrJoin(labels, ", "),
                           ". label_strategy = \"rolling\" replaces such nodes one by one; "
                           "label_strategy = \"keep\" leaves them without this warning."),
              Path("node_pools").Key(name).Attribute("labels"));
        }
      });
  if (prior.node_pools.is_known()) {
    for (const auto& [name, pool] : *prior.node_pools) {
      for (size_t i = 0; pool.is_known() && pool->nodes.is_known() && i < pool->nodes->size();
           ++i) {
        known.insert((*pool->nodes)[i]->id.value_or(""));
      }
    }
  }
  const std::set<std::string> done = Known(prior.replace_nodes);
  for (const std::string& id : Known(planned.replace_nodes)) {
    if (known.count(id) == 0 && done.count(id) == 0) {
      diagnostics.AddWarning(
          "No such node",
          absl::StrCat("replace_nodes: the cluster has no node with id \"", id,
                       "\": it is gone already, or the id is wrong. The ids are in node_pools[…]."
                       "nodes: ",
                       absl::StrJoin(known, ", "), "."),
          Path("replace_nodes"));
    }
  }
}

}  // namespace kproto
