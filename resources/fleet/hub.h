// SPDX-License-Identifier: MPL-2.0
// Hubs: the clusters whose Argo CD serves fleets, as one resource kind sees them. A refresh of a
// thousand members asks a hub three lists, a call a page, because all that is to be known of a
// member is on its hub; the members themselves are not asked. An answer is reused for a few
// seconds, and never once something was changed through this. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "clients/argocd/argocd.h"
#include "clients/digitalocean/shared_answer.h"
#include "clients/kubernetes/kubernetes.h"
#include "resources/connections.h"
#include "resources/fleet/names.h"

namespace kproto::fleet {

// All of one hub that has to do with fleets.
struct HubPicture {
  std::vector<Json> cluster_secrets;   // of every cluster that Argo CD knows; they hold tokens
  std::vector<Json> application_sets;  // of every fleet
  // By fleet and member.
  std::map<std::pair<std::string, std::string>, std::vector<argocd::Observed>> applications;

  const Json* SecretOf(const FleetRef& fleet, const std::string& member) const;  // nullptr: none
  std::vector<Json> SetsOf(const FleetRef& fleet) const;
  const std::vector<argocd::Observed>& ApplicationsOf(const FleetRef& fleet,
                                                      const std::string& member) const;
};

class Hubs {
 public:
  explicit Hubs(Connections& connections) : connections_(connections) {}

  // Into the cluster; NotFound when DigitalOcean has no such (any more). Credentials are shared
  // and renewed while they are asked for.
  absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> Connect(const std::string& cluster_id,
                                                                  const kubernetes::Call& call);
  absl::StatusOr<std::shared_ptr<const HubPicture>> Look(const FleetRef& fleet,
                                                         std::stop_token stop);
  // Something was, or is about to be, changed on the hub of `fleet`.
  void Changed(const FleetRef& fleet);

 private:
  using Picture = digitalocean::SharedAnswer<HubPicture>;
  struct Door {
    std::shared_ptr<kubernetes::Kubernetes> kubernetes;
    absl::Time expires = absl::InfinitePast();
  };

  static std::pair<std::string, std::string> KeyOf(const FleetRef& fleet) {
    return {fleet.hub_cluster_id, fleet.argocd_ns};
  }
  absl::StatusOr<HubPicture> Ask(const FleetRef& fleet, std::stop_token stop);

  Connections& connections_;
  std::mutex mutex_;  // of the maps
  std::map<std::pair<std::string, std::string>, std::shared_ptr<Picture>> pictures_;
  std::map<std::string, Door> doors_;
};

// Into a cluster that is asked nothing but by this operation, such as a member.
absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> ConnectTo(Connections& connections,
                                                                  const std::string& cluster_id,
                                                                  absl::Duration lifetime,
                                                                  const kubernetes::Call& call);

// The ArgoCd over `kubernetes`, which it keeps.
std::shared_ptr<argocd::ArgoCd> ArgoCdOver(std::shared_ptr<kubernetes::Kubernetes> kubernetes,
                                           Clock& clock);

// Deletes an Application whose finalizers nobody will see to; its workloads stay where they are.
absl::Status LetGo(kubernetes::Kubernetes& hub, const Json& application,
                   const kubernetes::Call& call);

// Which of Argo CD's controllers are installed on a hub.
struct Controllers {
  bool applications = false, application_sets = false;
};
absl::StatusOr<Controllers> ControllersOn(kubernetes::Kubernetes& hub, const std::string& argocd_ns,
                                          const kubernetes::Call& call);

}  // namespace kproto::fleet
