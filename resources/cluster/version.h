// SPDX-License-Identifier: MPL-2.0
// Kubernetes versions as DigitalOcean names them ("1.34.1-do.0"), and what a configured version
// means. Pure.
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

// The slug that `configured` (a minor, a slug or "latest") means among those offered. `current` is
// the slug of the running cluster, or "": it is kept while it satisfies `configured`, and when it
// is newer than what is configured (DigitalOcean may upgrade by force; a cluster is never
// downgraded). InvalidArgument names what is offered.
absl::StatusOr<std::string> ResolveVersion(const std::string& configured,
                                           const std::string& current,
                                           const std::vector<std::string>& offered);

}  // namespace kproto
