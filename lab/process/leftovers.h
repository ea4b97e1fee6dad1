// SPDX-License-Identifier: MPL-2.0
// Finds processes that a lab started, by a marker in their environment: children of children that
// a kill -9 of the lab does not reach (a helm that Argo CD ran). No name is ever matched.
#pragma once

#include <sys/types.h>

#include <string>
#include <vector>

#include "absl/strings/string_view.h"

namespace kproto::lab {

// The environment variable that carries the marker.
inline constexpr char kMarkerVariable[] = "KPROTO_LAB_CHILD_OF";

// Live processes (zombies are not) marked with exactly this value, other than the caller.
std::vector<pid_t> Leftovers(absl::string_view marker);

// SIGKILL to each, again until none is left; false when some remain after ten seconds.
bool KillLeftovers(absl::string_view marker);

}  // namespace kproto::lab
