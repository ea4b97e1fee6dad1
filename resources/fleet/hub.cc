// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet/hub.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/cluster_credentials.h"

namespace kproto::fleet {
namespace {

// Wall time: how long the host may take from one resource to the next.
constexpr absl::Duration kReusedFor = absl::Seconds(5);
constexpr absl::Duration kLookTimeout = absl::Minutes(3);
constexpr absl::Duration kCredentialsFor = absl::Hours(1);
// New credentials are asked for when less than this is left of the old ones.
constexpr absl::Duration kReserve = absl::Minutes(10);

using kubernetes::LabelOf;

}  // namespace

const Json* HubPicture::SecretOf(const FleetRef& fleet, const std::string& member) const {
  // By its name: its labels may be what somebody has changed.
  const kubernetes::ObjectKey key = SecretKeyOf(fleet, member);
  const auto found =
      std::find_if(cluster_secrets.begin(), cluster_secrets.end(), [&](const Json& secret) {
        const std::string its = LabelOf(secret, kFleetLabel);
        return kubernetes::KeyOf(secret) == key && (its.empty() || its == fleet.name);
      });
  return found == cluster_secrets.end() ? nullptr : &*found;
}

std::vector<Json> HubPicture::SetsOf(const FleetRef& fleet) const {
  std::vector<Json> sets;
  std::copy_if(application_sets.begin(), application_sets.end(), std::back_inserter(sets),
               [&](const Json& set) { return LabelOf(set, kFleetLabel) == fleet.name; });
  return sets;
}

const std::vector<argocd::Observed>& HubPicture::ApplicationsOf(const FleetRef& fleet,
                                                                const std::string& member) const {
  static const auto& none = *new std::vector<argocd::Observed>();
  const auto found = applications.find({fleet.name, member});
  return found == applications.end() ? none : found->second;
}

void Hubs::Changed(const FleetRef& fleet) {
  std::lock_guard lock(mutex_);
  pictures_.erase(KeyOf(fleet));  // who looks at it now keeps it
}

absl::StatusOr<std::shared_ptr<const HubPicture>> Hubs::Look(const FleetRef& fleet,
                                                             std::stop_token stop) {
  std::shared_ptr<Picture> picture;
  {
    std::lock_guard lock(mutex_);
    std::shared_ptr<Picture>& shared = pictures_[KeyOf(fleet)];
    if (shared == nullptr) {
      shared = std::make_shared<Picture>(
          connections_.clock(),
          [this, fleet](std::stop_token asker) { return Ask(fleet, std::move(asker)); });
    }
    picture = shared;
  }
  return picture->Get(connections_.clock().Now() - kReusedFor, std::move(stop));
}

absl::StatusOr<HubPicture> Hubs::Ask(const FleetRef& fleet, std::stop_token stop) {
  const kubernetes::Call call{absl::Now() + kLookTimeout, std::move(stop)};
  KPROTO_ASSIGN_OR_RETURN(const auto hub, Connect(fleet.hub_cluster_id, call));
  HubPicture picture;
  kubernetes::ListOptions options{.ns = fleet.argocd_ns,
                                  .label_selector = absl::StrCat(kSecretTypeLabel, "=cluster")};
  KPROTO_ASSIGN_OR_RETURN(picture.cluster_secrets, hub->List("v1", "Secret", options, call));
  options.label_selector = absl::StrCat(kManagedByLabel, "=", kManagedBy);
  KPROTO_ASSIGN_OR_RETURN(picture.application_sets,
                          hub->List(argocd::kApiVersion, "ApplicationSet", options, call));
  KPROTO_ASSIGN_OR_RETURN(const std::vector<Json> applications,
                          hub->List(argocd::kApiVersion, "Application", options, call));
  const absl::Time now = connections_.clock().Now();
  for (const Json& application : applications) {
    picture.applications[{LabelOf(application, kFleetLabel), LabelOf(application, kMemberLabel)}]
        .push_back({argocd::ApplicationFrom(application), argocd::StateFrom(application, now)});
  }
  return picture;
}

absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> Hubs::Connect(
    const std::string& cluster_id, const kubernetes::Call& call) {
  {
    std::lock_guard lock(mutex_);
    const Door& door = doors_[cluster_id];
    if (door.kubernetes != nullptr && connections_.clock().Now() + kReserve < door.expires) {
      return door.kubernetes;
    }
  }
  // Two who come at once each get in; the later one's credentials stay.
  const absl::Time expires = connections_.clock().Now() + kCredentialsFor;
  KPROTO_ASSIGN_OR_RETURN(auto kubernetes,
                          ConnectTo(connections_, cluster_id, kCredentialsFor, call));
  std::lock_guard lock(mutex_);
  doors_[cluster_id] = {kubernetes, expires};
  return kubernetes;
}

absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> ConnectTo(Connections& connections,
                                                                  const std::string& cluster_id,
                                                                  absl::Duration lifetime,
                                                                  const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(digitalocean::DigitalOcean * cloud, connections.DigitalOcean());
  KPROTO_ASSIGN_OR_RETURN(const kubernetes::Credentials credentials,
                          MintCredentials(*cloud, cluster_id, lifetime, call.stop));
  return connections.Kubernetes(credentials);
}

std::shared_ptr<argocd::ArgoCd> ArgoCdOver(std::shared_ptr<kubernetes::Kubernetes> kubernetes,
                                           Clock& clock) {
  argocd::ArgoCd* argocd = argocd::MakeArgoCd(kubernetes.get(), &clock).release();
  return {argocd, [kubernetes](argocd::ArgoCd* mine) { delete mine; }};
}

absl::Status LetGo(kubernetes::Kubernetes& hub, const Json& application,
                   const kubernetes::Call& call) {
  const kubernetes::ObjectKey key = kubernetes::KeyOf(application);
  KPROTO_RETURN_IF_ERROR(kubernetes::DropFinalizers(hub, key, call));
  return hub.Delete(key, kubernetes::Propagation::kBackground, call);
}

absl::StatusOr<Controllers> ControllersOn(kubernetes::Kubernetes& hub, const std::string& argocd_ns,
                                          const kubernetes::Call& call) {
  Controllers controllers;
  for (const char* kind : {"Deployment", "StatefulSet"}) {
    KPROTO_ASSIGN_OR_RETURN(const std::vector<Json> workloads,
                            hub.List("apps/v1", kind, {.ns = argocd_ns}, call));
    for (const Json& workload : workloads) {
      const std::string component = LabelOf(workload, "app.kubernetes.io/component");
      controllers.applications = controllers.applications || component == "application-controller";
      controllers.application_sets =
          controllers.application_sets || component == "applicationset-controller";
    }
  }
  return controllers;
}

}  // namespace kproto::fleet
