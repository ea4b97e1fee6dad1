// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet_member/work.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/digest.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/cluster_credentials.h"
#include "resources/fleet_member/access_step.h"
#include "resources/fleet_member/applications_step.h"
#include "resources/fleet_member/secret_step.h"

namespace kproto::fleet_member {
namespace {

// How long an API server is waited for before DigitalOcean is asked what became of it.
constexpr absl::Duration kPatience = absl::Seconds(20);

}  // namespace

absl::StatusOr<bool> IsGone(Connections& connections, const std::string& cluster_id,
                            std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(digitalocean::DigitalOcean * cloud, connections.DigitalOcean());
  KPROTO_ASSIGN_OR_RETURN(const std::optional<digitalocean::Cluster> cluster,
                          cloud->GetCluster(cluster_id, std::move(stop)));
  return !cluster || cluster->status.state == digitalocean::ClusterState::kDeleting;
}

absl::StatusOr<bool> Work::MemberIsGone(const StepContext& context) {
  if (!member_is_gone) {
    KPROTO_ASSIGN_OR_RETURN(member_is_gone, IsGone(connections, wanted.cluster_id, context.stop));
  }
  return member_is_gone;
}

absl::Status Work::WaitDeleted(kubernetes::Kubernetes& member, const kubernetes::ObjectKey& key,
                               const StepContext& context) {
  while (true) {
    const absl::Time until = std::min(context.deadline, absl::Now() + kPatience);
    const absl::Status status = kubernetes::WaitDeleted(member, key, {until, context.stop});
    if (status.ok()) {
      return status;
    }
    KPROTO_ASSIGN_OR_RETURN(const bool gone, MemberIsGone(context));
    if (gone) {
      return absl::OkStatus();
    }
    if (!absl::IsDeadlineExceeded(status) || absl::Now() < until || until == context.deadline) {
      return status;
    }
  }
}

absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> Work::Member(const StepContext& context) {
  std::lock_guard lock(mutex_);
  if (member_ == nullptr) {
    KPROTO_ASSIGN_OR_RETURN(digitalocean::DigitalOcean * cloud, connections.DigitalOcean());
    KPROTO_ASSIGN_OR_RETURN(door_, MintCredentials(*cloud, wanted.cluster_id,
                                                   operation_ + absl::Minutes(10), context.stop));
    KPROTO_ASSIGN_OR_RETURN(member_, connections.Kubernetes(door_));
  }
  return member_;
}

absl::Status Work::Look(const StepContext& context) {
  const kubernetes::Call call = CallOf(context);
  KPROTO_ASSIGN_OR_RETURN(const auto hub, Hub(context));
  KPROTO_ASSIGN_OR_RETURN(
      sets, hub->List(argocd::kApiVersion, "ApplicationSet",
                      {.ns = ref.argocd_ns, .label_selector = fleet::SelectorOf(ref)}, call));
  KPROTO_ASSIGN_OR_RETURN(
      const std::vector<Json> found,
      hub->List(argocd::kApiVersion, "Application",
                {.ns = ref.argocd_ns, .label_selector = fleet::SelectorOf(ref, wanted.member)},
                call));
  KPROTO_RETURN_IF_ERROR(LookAtSecret(*hub, call));
  const absl::Time now = connections.clock().Now();
  applications.clear();
  for (const Json& application : found) {
    applications.push_back(
        {argocd::ApplicationFrom(application), argocd::StateFrom(application, now)});
  }
  return absl::OkStatus();
}

absl::Status Work::LookAtSecret(kubernetes::Kubernetes& hub, const kubernetes::Call& call) {
  secret.reset();
  name_is_taken = false;
  KPROTO_ASSIGN_OR_RETURN(const std::optional<Json> object,
                          hub.Get(fleet::SecretKeyOf(ref, wanted.member), call));
  if (object) {
    const auto labels = kubernetes::StringMapAt(*object, "/metadata/labels");
    const auto says = [&](const char* label, const std::string& value) {
      const auto found = labels.find(label);
      return found != labels.end() && found->second == value;
    };
    name_is_taken = !says(fleet::kManagedByLabel, fleet::kManagedBy) ||
                    (labels.count(fleet::kFleetLabel) > 0 && !says(fleet::kFleetLabel, ref.name));
    if (!name_is_taken) {
      secret = SecretFrom(ref, *object);
    }
  }
  return absl::OkStatus();
}

std::string Work::AccountName() const {
  return absl::StrCat("kproto-fleet-", ref.name, "-", Sha256Hex(ref.hub_cluster_id).substr(0, 8));
}

std::string Work::Namespace() const {
  return sets.empty() ? ""
                      : kubernetes::StringAt(sets[0], "/spec/template/spec/destination/namespace");
}

bool Work::Delivers(const char* application) const {
  return std::any_of(sets.begin(), sets.end(), [&](const Json& set) {
    return kubernetes::LabelOf(set, fleet::kApplicationLabel) == application;
  });
}

std::vector<std::unique_ptr<Step>> StepsOf(Work& work) {
  std::vector<std::unique_ptr<Step>> steps;
  steps.push_back(std::make_unique<AccessStep>(work));
  steps.push_back(std::make_unique<SecretStep>(work));
  steps.push_back(std::make_unique<ApplicationsStep>(work));
  return steps;
}

}  // namespace kproto::fleet_member
