// SPDX-License-Identifier: MPL-2.0
// Leftovers: what earlier revisions of a Helm release have made, its last one does not have, and is
// there still. Helm deletes such objects in an upgrade and reports success where that fails; and an
// uninstall deletes what the last revision has, even if that one has never been deployed.
#pragma once

#include "absl/status/status.h"
#include "clients/helm/helm.h"
#include "resources/monitoring_stack/access.h"

namespace kproto::monitoring_stack {

// Deletes them and waits until they are gone. What is not marked as the release's, or is to be kept
// (annotation helm.sh/resource-policy), is left alone.
absl::Status RemoveLeftovers(const Cluster& cluster, helm::Helm& helm, const helm::ReleaseKey& key,
                             const kubernetes::Call& call);

}  // namespace kproto::monitoring_stack
