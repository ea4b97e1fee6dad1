// SPDX-License-Identifier: MPL-2.0
// From the API's JSON to the plain values of types.h: one function per kind of object, no network.
// Every one takes whatever was sent; what does not fit becomes the view's problem.
#pragma once

#include "clients/digitalocean/json_view.h"
#include "clients/digitalocean/types.h"

namespace kproto::digitalocean {

Account ReadAccount(const JsonView& json);
Region ReadRegion(const JsonView& json);
Size ReadSize(const JsonView& json);

KubernetesVersion ReadKubernetesVersion(const JsonView& json);
KubernetesOptions ReadKubernetesOptions(const JsonView& json);
Cluster ReadCluster(const JsonView& json);
NodePool ReadNodePool(const JsonView& json);
AssociatedResources ReadAssociatedResources(const JsonView& json);
StatusMessage ReadStatusMessage(const JsonView& json);
ClusterlintRun ReadClusterlintRun(const JsonView& json);
Credentials ReadCredentials(const JsonView& json);

Volume ReadVolume(const JsonView& json);
Snapshot ReadSnapshot(const JsonView& json);
Tag ReadTag(const JsonView& json);

}  // namespace kproto::digitalocean
