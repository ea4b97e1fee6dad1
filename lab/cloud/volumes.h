// SPDX-License-Identifier: MPL-2.0
// PersistentVolumeClaims of DigitalOcean's storage classes become volumes of the account, as its
// CSI driver and the provisioner, resizer and deleter beside it do (digitalocean.md §3).
#pragma once

#include "absl/status/status.h"
#include "lab/cloud/objects.h"

namespace kproto::lab {

// One pass over all claims and volumes of the cluster; what fails for one is an Event on it and is
// tried again by the next pass.
absl::Status ReconcileVolumes(const CloudSite& site);

// The PersistentVolume for `claim`, bound to it, backed by the account's volume `volume_id`.
nlohmann::json PersistentVolumeFor(const nlohmann::json& claim, const nlohmann::json& storage_class,
                                   const std::string& volume_id, int64_t gibibytes);

}  // namespace kproto::lab
