// SPDX-License-Identifier: MPL-2.0
// What a cluster's workloads made in the account and what may outlive it: load balancers of
// Services, volumes of claims, snapshots of those. The attribute `associated_resources`, and the
// search for it in the account's lists (/v2/load_balancers, /v2/volumes, /v2/snapshots), which show
// sizes and also work when the cluster itself is gone.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "clients/digitalocean/digitalocean.h"
#include "provider/schema/model.h"
#include "resources/cluster/cost.h"

namespace kproto {

struct AssociatedResource {
  Attr<std::string> id, name;
  static const Table<AssociatedResource>& Fields();
};

struct AssociatedResources {
  Attr<ListOf<AssociatedResource>> load_balancers, volumes, volume_snapshots;
  static const Table<AssociatedResources>& Fields();

  static AssociatedResources None();  // empty lists
  static AssociatedResources Of(const digitalocean::AssociatedResources& named);
};

// The same things as the account's lists describe them.
struct AssociatedThings {
  std::vector<digitalocean::LoadBalancer> load_balancers;
  std::vector<digitalocean::Volume> volumes;
  std::vector<digitalocean::Snapshot> volume_snapshots;

  bool empty() const {
    return load_balancers.empty() && volumes.empty() && volume_snapshots.empty();
  }
};

// Found by the tag k8s:<cluster id> that DigitalOcean's controllers put on them, by the ids in
// `known`, or by a generated name (a<Service uid>, pvc-<claim uid>) in `known`. Snapshots of such
// volumes are included. `cluster_id` may be "".
absl::StatusOr<AssociatedThings> FindAssociated(digitalocean::DigitalOcean& api,
                                                const std::string& cluster_id,
                                                const Attr<AssociatedResources>& known,
                                                std::stop_token stop);

// Everything that either names.
AssociatedResources Joined(const Attr<AssociatedResources>& a, const AssociatedResources& b);
// As the attribute, sorted by name.
AssociatedResources Named(const AssociatedThings& things);
AssociatedCost CostOfThings(const AssociatedThings& things);

}  // namespace kproto
