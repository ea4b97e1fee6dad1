// SPDX-License-Identifier: MPL-2.0
// What a new DOKS cluster holds that its users rely on: the block storage classes and CSI driver,
// and the account behind minted credentials.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "lab/kubernetes/api_client.h"

namespace kproto::lab {

inline constexpr char kBlockStorageDriver[] = "dobs.csi.digitalocean.com";

// Applies them; returns the uid of the admin service account. Safe to repeat.
absl::StatusOr<std::string> ApplyBaseObjects(ApiClient& api);

}  // namespace kproto::lab
