// SPDX-License-Identifier: MPL-2.0
// Access: one operation's way into the cluster of a stack. Credentials come from DigitalOcean when
// they are first needed, with a short expiry, or from the `kubernetes` attribute; they live in
// memory only. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "clients/argocd/argocd.h"
#include "clients/digitalocean/types.h"
#include "clients/kubernetes/kubernetes.h"
#include "provider/schema/path.h"
#include "resources/connections.h"
#include "resources/monitoring_stack/model.h"

namespace kproto::monitoring_stack {

// What a step works with; everything lives as long as this is held.
struct Cluster {
  std::shared_ptr<kubernetes::Kubernetes> kubernetes;
  std::shared_ptr<argocd::ArgoCd> argocd;
  kubernetes::Credentials credentials;  // for Helm
};

class Access {
 public:
  // `model` says which cluster; write-only members are honoured where they are set. `lifetime` is
  // how long the operation may take.
  Access(Connections& connections, const MonitoringStackModel& model, absl::Duration lifetime)
      : connections_(connections), model_(model), lifetime_(lifetime) {}

  // NotFound: DigitalOcean has no such cluster (any more). FailedPrecondition: a credential is
  // write-only and not at hand, or it is not the cluster that the state knows.
  absl::StatusOr<Cluster> Get(const kubernetes::Call& call);

  // The pools as DigitalOcean knows them; none of a cluster that is given by credentials. NotFound
  // as above.
  absl::StatusOr<std::vector<digitalocean::NodePool>> NodePools(const kubernetes::Call& call);

  // The uid of the cluster that Get() led to; "" before, and where it may not be seen.
  std::string uid() const {
    std::lock_guard lock(mutex_);
    return uid_;
  }
  // When the given credentials end before the operation may; "" when all is well or not known.
  std::string ExpiryWarning() const;
  // Names the cluster in ids and messages.
  std::string ClusterName() const;
  // The attribute that says which cluster.
  Path Attribute() const;
  bool IsDigitalOcean() const { return model_.cluster_id.is_known(); }

 private:
  absl::StatusOr<kubernetes::Credentials> Mint(const kubernetes::Call& call);
  absl::StatusOr<kubernetes::Credentials> Explicit() const;

  Connections& connections_;
  const MonitoringStackModel model_;
  const absl::Duration lifetime_;
  mutable std::mutex mutex_;
  std::string uid_;
  Cluster cluster_;
  absl::Time expires_ = absl::InfinitePast();
  absl::Time given_until_ = absl::InfiniteFuture();  // of credentials that are not ours to renew
};

}  // namespace kproto::monitoring_stack
