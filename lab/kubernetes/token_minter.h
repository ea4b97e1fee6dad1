// SPDX-License-Identifier: MPL-2.0
// Tokens as the cloud hands them out with a cluster's credentials: each call a new one, with an
// expiry that the API server enforces. They are service account tokens signed with the cluster's
// own key, so no call is needed and any lifetime is possible (TokenRequest refuses under 10 min).
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace kproto::lab {

// The service account behind every minted token; bound to cluster-admin.
inline constexpr char kAdminNamespace[] = "kube-system";
inline constexpr char kAdminAccount[] = "kproto-lab-admin";

// `key_path`: the RSA key that the API server knows; `uid`: of the service account.
absl::StatusOr<std::string> MintToken(const std::string& key_path, const std::string& uid,
                                      absl::Time now, absl::Time expiry);

}  // namespace kproto::lab
