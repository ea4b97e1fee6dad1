// SPDX-License-Identifier: MPL-2.0
#include "resources/fleet_member/resource.h"

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "provider/reconcile/runner.h"
#include "resources/fleet_member/checks.h"
#include "resources/fleet_member/work.h"
#include "resources/promises.h"

namespace kproto {
namespace {

using fleet::Delivered;
using fleet::Delivering;
using fleet::FleetRef;
using fleet::Json;
using fleet_member::ClusterSecret;
using fleet_member::Work;

constexpr char kDescription[] =
    "One cluster of a fleet: a ServiceAccount with a token that is renewed, for the Argo CD of the "
    "fleet's hub; labels, annotations and values of the cluster's own; and the wait until all its "
    "Applications are Synced and Healthy.";
constexpr absl::Duration kTimeout = absl::Minutes(30);

std::string Subject(const FleetMemberModel& model) {
  return absl::StrCat("fleet member \"", model.name.value_or(""), "\"");
}

FleetMemberApplication Describe(const argocd::Observed& observed) {
  FleetMemberApplication application;
  application.application = observed.application.name;
  application.sync = std::string(argocd::ToString(observed.state.sync));
  application.health = std::string(argocd::ToString(observed.state.health));
  if (!observed.state.revisions.empty()) {
    application.revision = observed.state.revisions[0];
  }
  return application;
}

// Whether an apply would have something to mend; what is only on its way is not.
bool IsAmiss(const Delivering& one) {
  if (one.delivered == Delivered::kYes) {
    return false;
  }
  if (one.observed == nullptr || one.delivered == Delivered::kFailed ||
      one.observed->state.deleting || one.observed->state.sync != argocd::Sync::kSynced) {
    return true;
  }
  const argocd::Health health = one.observed->state.health;
  return health == argocd::Health::kDegraded || health == argocd::Health::kMissing ||
         health == argocd::Health::kUnknown || one.is_old;
}

// What is on the hub, and what of it an apply would mend.
void ReadApplications(const std::vector<Json>& sets,
                      const std::vector<argocd::Observed>& applications,
                      const std::optional<ClusterSecret>& secret, FleetMemberModel& state) {
  MapOf<FleetMemberApplication> described;
  ListOf<std::string> drift;
  const std::string revision = secret ? secret->Revision() : "none";
  for (const Delivering& one :
       fleet::LookAt(sets, applications, state.name.value_or(""), revision, {})) {
    if (one.observed != nullptr) {
      described[one.application] = Describe(*one.observed);
    }
    if (IsAmiss(one)) {
      drift.push_back(absl::StrCat(one.application, ": ", one.reason));
    }
  }
  if (sets.empty()) {
    drift.push_back(std::string("the fleet is missing on its hub"));
  }
  if (!secret) {
    drift.push_back(std::string("the hub has no Secret of this cluster"));
  }
  state.applications = std::move(described);
  state.drift = std::move(drift);
}

bool HasDrift(const FleetMemberModel& state) {
  return state.drift.is_known() && !state.drift->empty();
}

bool IsDue(const FleetMemberModel& state, absl::Time now) {
  absl::Time renewal;
  return !state.token_renew_at.is_known() ||
         !absl::ParseTime(absl::RFC3339_full, *state.token_renew_at, &renewal, nullptr) ||
         now >= renewal;
}

}  // namespace

FleetMemberResource::FleetMemberResource(Connections& connections)
    : Resource("kproto_fleet_member", 0, kDescription),
      connections_(connections),
      hubs_(connections) {}

void FleetMemberResource::ValidateModel(const FleetMemberModel& config, Diagnostics& diagnostics) {
  fleet_member::ValidateMember(config, diagnostics);
}

void FleetMemberResource::ModifyPlan(const FleetMemberModel* prior, const FleetMemberModel&,
                                     FleetMemberModel& planned, std::vector<Path>&,
                                     Operation& operation) {
  fleet_member::CheckPlan(prior, planned, connections_, hubs_, operation);
  if (prior == nullptr) {
    return;
  }
  if (HasDrift(*prior) || IsDue(*prior, connections_.clock().Now())) {
    planned.server = Attr<std::string>::Unknown();
    planned.token_expires_at = planned.token_renew_at = Attr<std::string>::Unknown();
    planned.applications = Attr<MapOf<FleetMemberApplication>>::Unknown();
    planned.drift = Attr<ListOf<std::string>>::Unknown();
  }
}

absl::Status FleetMemberResource::Converge(const FleetMemberModel& wanted, FleetMemberModel& state,
                                           const char* operation_name,
                                           Attr<std::string> Timeouts::*which,
                                           Operation& operation) {
  const absl::StatusOr<FleetRef> ref = fleet::ParseFleetId(wanted.fleet_id.value_or(""));
  KPROTO_RETURN_IF_ERROR(ref.status());
  const RunOptions options{operation.request.stop, TimeoutOr(wanted.timeouts, which, kTimeout),
                           operation_name, Subject(wanted)};
  Work work(connections_, hubs_, *ref, fleet_member::WantedOf(*ref, wanted), options.timeout);
  // Where Argo CD knows nothing of a cluster any more, its token is what is most likely amiss.
  work.renew_token = HasDrift(state);
  const auto steps = fleet_member::StepsOf(work);
  const RunReport report = Runner(connections_.clock(), options).Converge(Pointers(steps));
  if (work.secret) {
    fleet_member::Reflect(*work.secret, state);
  }
  ReadApplications(work.sets, work.applications, work.secret, state);
  return report.status;
}

Existence FleetMemberResource::Create(const FleetMemberModel& config, FleetMemberModel& state,
                                      Operation& operation) {
  const FleetMemberModel planned = state;
  state.id = absl::StrCat(state.fleet_id.value_or(""), "/", state.name.value_or(""));
  const absl::Status status = Converge(planned, state, "create", &Timeouts::create, operation);
  operation.diagnostics.AddStatus(
      status, absl::StrCat("Could not bring ", Subject(config), " into the fleet"));
  if (status.ok()) {
    KeepPromises(planned, state);
  }
  return Existence::kPresent;
}

Existence FleetMemberResource::Read(FleetMemberModel& state, Operation& operation) {
  const absl::StatusOr<FleetRef> ref = fleet::ParseFleetId(state.fleet_id.value_or(""));
  if (!ref.ok()) {
    operation.diagnostics.AddStatus(ref.status(), "Could not read the member", Path("fleet_id"));
    return Existence::kPresent;
  }
  const auto picture = hubs_.Look(*ref, operation.request.stop);
  if (absl::IsNotFound(picture.status())) {
    // The way into the member is still there, and goes with the member.
    ReadApplications({}, {}, std::nullopt, state);
    return Existence::kPresent;
  }
  if (!picture.ok()) {
    operation.diagnostics.AddStatus(
        picture.status(), absl::StrCat("Could not read ", Subject(state)), Path("fleet_id"));
    return Existence::kPresent;
  }
  const std::string member = state.name.value_or("");
  const Json* object = (*picture)->SecretOf(*ref, member);
  std::optional<ClusterSecret> secret;
  if (object != nullptr) {
    secret = fleet_member::SecretFrom(*ref, *object);
    fleet_member::Reflect(*secret, state);
  }
  ReadApplications((*picture)->SetsOf(*ref), (*picture)->ApplicationsOf(*ref, member), secret,
                   state);
  if (object != nullptr && !fleet_member::IsWhole(*ref, state.cluster_id.value_or(""), *object)) {
    state.drift->push_back(std::string("the Secret of this cluster was changed"));
  }
  return Existence::kPresent;
}

void FleetMemberResource::Update(const FleetMemberModel& prior, const FleetMemberModel& config,
                                 FleetMemberModel& state, Operation& operation) {
  const FleetMemberModel planned = state;
  state.drift = prior.drift;
  const absl::Status status = Converge(planned, state, "update", &Timeouts::update, operation);
  operation.diagnostics.AddStatus(status, absl::StrCat("Could not update ", Subject(config)));
  if (status.ok()) {
    KeepPromises(planned, state);
  } else {
    state = prior;  // Half-way: the next refresh tells what is, the next plan shows the rest.
  }
}

void FleetMemberResource::Delete(FleetMemberModel& state, Operation& operation) {
  const std::string summary = absl::StrCat("Could not take ", Subject(state), " out of the fleet");
  const absl::StatusOr<FleetRef> ref = fleet::ParseFleetId(state.fleet_id.value_or(""));
  const RunOptions options{operation.request.stop,
                           TimeoutOr(state.timeouts, &Timeouts::remove, kTimeout), "delete",
                           Subject(state)};
  if (!ref.ok()) {
    operation.diagnostics.AddStatus(ref.status(), summary);
    return;
  }
  Work work(connections_, hubs_, *ref, fleet_member::WantedOf(*ref, state), options.timeout);
  const auto hub = fleet_member::IsGone(connections_, ref->hub_cluster_id, operation.request.stop);
  const auto member =
      fleet_member::IsGone(connections_, work.wanted.cluster_id, operation.request.stop);
  if (!hub.ok() || !member.ok()) {
    operation.diagnostics.AddStatus(hub.ok() ? member.status() : hub.status(), summary);
    return;
  }
  work.hub_is_gone = *hub;
  work.member_is_gone = *member;
  const auto steps = fleet_member::StepsOf(work);
  const RunReport report = Runner(connections_.clock(), options).Remove(Pointers(steps));
  operation.diagnostics.AddStatus(report.status, summary);
}

void FleetMemberResource::ImportModel(const std::string& id, FleetMemberModel& state,
                                      Operation& operation) {
  const char* summary = "Could not import the member";
  const size_t slash = id.rfind('/');
  const absl::StatusOr<FleetRef> ref =
      fleet::ParseFleetId(id.substr(0, slash == std::string::npos ? 0 : slash));
  if (!ref.ok()) {
    operation.diagnostics.AddError(summary,
                                   absl::StrCat("\"", id,
                                                "\" is no member's id: it has the form <id of the "
                                                "fleet>/<name of the member>."));
    return;
  }
  const std::string name = id.substr(slash + 1);
  const auto picture = hubs_.Look(*ref, operation.request.stop);
  if (!picture.ok()) {
    operation.diagnostics.AddStatus(picture.status(), summary);
    return;
  }
  if ((*picture)->SecretOf(*ref, name) == nullptr) {
    operation.diagnostics.AddError(
        summary, absl::StrCat("Fleet \"", ref->name, "\" has no member \"", name, "\"."));
    return;
  }
  state.fleet_id = ref->Id();
  state.name = name;
}

}  // namespace kproto
