// SPDX-License-Identifier: MPL-2.0
// Helm's JSON about releases → Release. Pure; takes only what a Release holds and leaves the rest
// (values, manifests: possibly secrets) behind.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/helm/helm.h"

namespace kproto::helm {

// Of `helm upgrade -o json`: the whole release record.
absl::StatusOr<Release> ReleaseFromRecord(absl::string_view out, const ReleaseKey& key);

// Of `helm history -o json`: oldest first.
absl::StatusOr<std::vector<Release>> ReleasesFromHistory(absl::string_view out,
                                                         const ReleaseKey& key);

// "argo-cd-10.1.1" → {"argo-cd", "10.1.1"}: the version begins at the first "-<digits>." of it.
std::pair<std::string, std::string> SplitChart(absl::string_view chart);

}  // namespace kproto::helm
