// SPDX-License-Identifier: MPL-2.0
// Which nodes of a cluster are to be replaced, and which still carry labels that their pool no
// longer has: DigitalOcean takes a removed label from no live node, and tells of no node's labels,
// so what is stale is what the state saw in the pool before. Pure.
#pragma once

#include <set>
#include <string>

#include "provider/runtime/diagnostics.h"
#include "resources/cluster/model.h"

namespace kproto {

// Ids, among the nodes that `known` has, of those that `wanted` asks to be replaced: by
// replace_nodes, or as stale where label_strategy is "rolling".
std::set<std::string> NodesToReplace(const ClusterModel& wanted, const ClusterModel& known);

// Makes the nodes of pools that NodesToReplace() is about unknown in a plan; whether there are any.
bool PlanNodeActions(const ClusterModel& prior, ClusterModel& planned);

// Notes at the nodes of `after`, which was read from the cloud, the labels that `before` knew and
// that have gone from their pool since.
void NoteStaleLabels(const ClusterModel& before, ClusterModel& after);

// For plans: labels that will stay on live nodes, unless label_strategy says what to do; and
// replace_nodes that are no nodes.
void WarnOfNodes(const ClusterModel& prior, const ClusterModel& planned, Diagnostics& diagnostics);

}  // namespace kproto
