// SPDX-License-Identifier: MPL-2.0
// Images: where the nodes have pulled the stack's images from, by digest, as the pods' status says.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "resources/monitoring_stack/access.h"
#include "resources/monitoring_stack/desired.h"

namespace kproto::monitoring_stack {

// Image as the charts name it → "docker.io/grafana/grafana@sha256:…", for those that some pod of
// the stack's namespaces has. Reads only.
absl::StatusOr<std::map<std::string, std::string>> PulledImages(const Cluster& cluster,
                                                                const Desired& desired,
                                                                const kubernetes::Call& call);

}  // namespace kproto::monitoring_stack
