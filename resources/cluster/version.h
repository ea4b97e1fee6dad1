// SPDX-License-Identifier: MPL-2.0
// Kubernetes versions as DigitalOcean names them ("1.34.1-do.0"), and what a configured version
// means. Pure. Source: GET /v2/kubernetes/options.
//
// Configured is one of
//   latest                 the newest of all when the cluster is made, then what is there
//   latest-patch           the same, and then always the newest patch of the running minor
//   1.34  1.34.1  1.34.1-do.0
//   ~> 1.32  or  >= 1.32, < 1.35, != 1.33.2      constraints, all of which must hold
// A version of two numbers means all its patches, in a constraint too: "<= 1.34" takes 1.34.5.
#pragma once

#include <string>
#include <tuple>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kproto {

struct VersionSlug {
  int major = 0, minor = 0, patch = 0, build = 0;
  friend auto operator<=>(const VersionSlug&, const VersionSlug&) = default;
};

// Accepts "1.34.1-do.0", "1.34.1" and "1.34".
absl::StatusOr<VersionSlug> ParseVersion(absl::string_view text);

// "1.34" of "1.34.1-do.0".
std::string MinorOf(absl::string_view slug);

// Whether `configured` has one of the forms above; InvalidArgument completes "<path> …".
absl::Status CheckVersionText(const std::string& configured);

// Whether a cluster that runs `slug` has what is configured.
bool SatisfiesVersion(const std::string& slug, const std::string& configured);

// The slug that `configured` means among those offered. `current` is the slug of the running
// cluster, or "": it is kept while it satisfies `configured`, and when it is newer than what is
// configured (DigitalOcean may upgrade by force; a cluster is never downgraded). InvalidArgument
// names what is offered, the nearest first.
absl::StatusOr<std::string> ResolveVersion(const std::string& configured,
                                           const std::string& current,
                                           const std::vector<std::string>& offered);

}  // namespace kproto
