// SPDX-License-Identifier: MPL-2.0
// From the plain values of types.h to the API's request bodies. What is set is always written, also
// false, [] and {}: that is how a tag, a label or an option is taken away. Pure.
#pragma once

#include "clients/digitalocean/json_view.h"
#include "clients/digitalocean/types.h"

namespace kproto::digitalocean {

Json WriteClusterSpec(const ClusterSpec& spec);
Json WriteClusterUpdate(const ClusterUpdate& update);
Json WriteNodePoolSpec(const NodePoolSpec& spec);
Json WriteNodePoolUpdate(const NodePoolUpdate& update);
Json WriteAssociatedSelection(const AssociatedSelection& selection);
Json WriteTaggedResources(const std::vector<TaggedResource>& resources);

}  // namespace kproto::digitalocean
