// SPDX-License-Identifier: MPL-2.0
// Why DigitalOcean refused a cluster, in terms of the configuration: which attribute its message is
// about, and what to do. The message itself, with its request id, stays as it is. Pure.
// Source: the messages of 422 and 412 answers of POST and PUT /v2/kubernetes/clusters.
#pragma once

#include "absl/status/status.h"

namespace kproto {

// Adds path and hint to a refusal that is recognised; any other status is returned as it is.
absl::Status ExplainRefusal(const absl::Status& status);

}  // namespace kproto
