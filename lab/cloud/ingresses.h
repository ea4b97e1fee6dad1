// SPDX-License-Identifier: MPL-2.0
// What an ingress controller does to Ingresses, as far as a cluster without a data plane shows it:
// each that is of its class gets the address of the controller's Service as its status.
#pragma once

#include "absl/status/status.h"
#include "lab/cloud/objects.h"

namespace kproto::lab {

// One pass. Serves the controllers nginx.org/ingress-controller and k8s.io/ingress-nginx where a
// Service of theirs has an address.
absl::Status ReconcileIngresses(const CloudSite& site);

}  // namespace kproto::lab
