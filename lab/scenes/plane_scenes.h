// SPDX-License-Identifier: MPL-2.0
// Scenes of what a cluster's own parts do: its kubelets, nodes, API server, tokens.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "lab/scenes/scene.h"

namespace kproto::lab {

// Pods that run already go on running, as on real nodes.
absl::Status RefuseImage(const SceneSite& site, const std::string& part);
absl::Status AllowImage(const SceneSite& site, const std::string& part);

// InvalidArgument when there is no node of the pool.
absl::Status Cordon(const SceneSite& site, const std::string& pool);
absl::Status Uncordon(const SceneSite& site, const std::string& pool);

// The account behind minted tokens goes, and comes back as another.
absl::Status InvalidateTokens(const SceneSite& site, const std::string&);
absl::Status AcceptTokens(const SceneSite& site, const std::string&);

absl::Status StopApiServer(const SceneSite& site, const std::string&);
absl::Status StartApiServer(const SceneSite& site, const std::string&);

}  // namespace kproto::lab
