// SPDX-License-Identifier: MPL-2.0
// The container registries that a cluster may pull from. DigitalOcean tells of a cluster only
// whether there is one (registry_enabled), never which; so what reads back is what was asked for,
// as far as it can still be true. Source: /v2/kubernetes/registries.
#pragma once

#include <memory>

#include "provider/runtime/resource.h"
#include "resources/cluster/model.h"
#include "resources/cluster/steps.h"

namespace kproto {

// Adds what is missing and takes away what `work.registries_before` had beyond. Nothing when the
// cluster does not say. `work` outlives it.
std::unique_ptr<Step> MakeRegistriesStep(ClusterWork& work);

// Reads back: none when DigitalOcean says that there is none; without those that the account no
// longer has; and all of the account's when there should be none and is one, because it may be any.
// No call for a cluster that does not say.
void ReadRegistries(digitalocean::DigitalOcean& api, const digitalocean::Cluster& live,
                    ClusterModel& state, Operation& operation);

// For an import: the account's only registry when the cluster has one. Of several nobody can tell.
void ImportRegistries(digitalocean::DigitalOcean& api, const digitalocean::Cluster& live,
                      ClusterModel& state, Operation& operation);

}  // namespace kproto
