// SPDX-License-Identifier: MPL-2.0
// Kubernetes' rules for the labels and taints of a node pool (its API conventions, "Labels and
// Selectors"): DigitalOcean takes a pool that breaks them and its nodes then never come. Pure.
#pragma once

#include "provider/runtime/diagnostics.h"
#include "resources/cluster/model.h"

namespace kproto {

// "" when it is a label's key: [prefix/]name, the prefix a DNS name; else what is wrong with it.
std::string WhyNotLabelKey(const std::string& key);
// The same for a value, which may be empty.
std::string WhyNotLabelValue(const std::string& value);

void CheckLabelsAndTaints(const ClusterPool& pool, const Path& path, Diagnostics& diagnostics);

}  // namespace kproto
