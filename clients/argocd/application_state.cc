// SPDX-License-Identifier: MPL-2.0
#include "clients/argocd/application_state.h"

#include <utility>

#include "clients/kubernetes/json_fields.h"

namespace kproto::argocd {
namespace {

using kubernetes::FieldAt;
using kubernetes::IntAt;
using kubernetes::ListAt;
using kubernetes::StringAt;
using kubernetes::StringsAt;
using kubernetes::TimeAt;

template <typename Enum>
struct EnumName {
  Enum value;
  absl::string_view name;
};

constexpr EnumName<Sync> kSyncs[] = {
    {Sync::kUnknown, "Unknown"}, {Sync::kSynced, "Synced"}, {Sync::kOutOfSync, "OutOfSync"}};

constexpr EnumName<Health> kHealths[] = {
    {Health::kUnknown, "Unknown"},         {Health::kHealthy, "Healthy"},
    {Health::kProgressing, "Progressing"}, {Health::kDegraded, "Degraded"},
    {Health::kSuspended, "Suspended"},     {Health::kMissing, "Missing"}};

constexpr EnumName<Phase> kPhases[] = {
    {Phase::kNone, ""},         {Phase::kRunning, "Running"}, {Phase::kTerminating, "Terminating"},
    {Phase::kFailed, "Failed"}, {Phase::kError, "Error"},     {Phase::kSucceeded, "Succeeded"}};

// The first entry of a table stands for what is not in it.
template <typename Enum, size_t N>
Enum FromName(const EnumName<Enum> (&table)[N], absl::string_view name) {
  for (const EnumName<Enum>& entry : table) {
    if (entry.name == name) {
      return entry.value;
    }
  }
  return table[0].value;
}

template <typename Enum, size_t N>
absl::string_view NameOf(const EnumName<Enum> (&table)[N], Enum value) {
  for (const EnumName<Enum>& entry : table) {
    if (entry.value == value) {
      return entry.name;
    }
  }
  return table[0].name;
}

ResourceState ResourceFrom(const Json& object) {
  ResourceState state;
  state.group = StringAt(object, "/group");
  state.version = StringAt(object, "/version");
  state.kind = StringAt(object, "/kind");
  state.ns = StringAt(object, "/namespace");
  state.name = StringAt(object, "/name");
  state.status = StringAt(object, "/status");
  state.health = StringAt(object, "/health/status");
  state.message = StringAt(object, "/message");
  if (state.message.empty()) {
    state.message = StringAt(object, "/health/message");
  }
  // A hook has no sync status of its own: its phase is what came of it.
  if (state.status.empty()) {
    state.status = StringAt(object, "/hookPhase");
  }
  return state;
}

Operation OperationFrom(const Json& state) {
  Operation operation;
  operation.phase = FromName(kPhases, StringAt(state, "/phase"));
  operation.message = StringAt(state, "/message");
  operation.retry_count = IntAt(state, "/retryCount");
  operation.retry_limit = IntAt(state, "/operation/retry/limit");
  operation.finished_at = TimeAt(state, "/finishedAt");
  if (const Json* result = FieldAt(state, "/syncResult"); result != nullptr) {
    operation.sources = SourcesFrom(*result);
  }
  for (const Json& resource : ListAt(state, "/syncResult/resources")) {
    operation.resources.push_back(ResourceFrom(resource));
  }
  return operation;
}

std::vector<std::string> RevisionsFrom(const Json& object) {
  std::vector<std::string> revisions = StringsAt(object, "/status/sync/revisions");
  const std::string revision = StringAt(object, "/status/sync/revision");
  if (revisions.empty() && !revision.empty()) {
    revisions.push_back(revision);
  }
  return revisions;
}

}  // namespace

absl::string_view ToString(Sync sync) { return NameOf(kSyncs, sync); }
absl::string_view ToString(Health health) { return NameOf(kHealths, health); }
absl::string_view ToString(Phase phase) { return NameOf(kPhases, phase); }

ApplicationState StateFrom(const Json& object, absl::Time now) {
  ApplicationState state;
  state.observed_at = now;
  state.sync = FromName(kSyncs, StringAt(object, "/status/sync/status"));
  state.health = FromName(kHealths, StringAt(object, "/status/health/status"));
  state.health_message = StringAt(object, "/status/health/message");
  state.health_since = TimeAt(object, "/status/health/lastTransitionTime");
  if (const Json* compared = FieldAt(object, "/status/sync/comparedTo"); compared != nullptr) {
    state.compared_to.sources = SourcesFrom(*compared);
    const Json* destination = FieldAt(*compared, "/destination");
    state.compared_to.destination = DestinationFrom(destination != nullptr ? *destination : Json());
    state.compared = !state.compared_to.sources.empty();
  }
  state.revisions = RevisionsFrom(object);
  if (const Json* operation = FieldAt(object, "/status/operationState"); operation != nullptr) {
    state.operation = OperationFrom(*operation);
  }
  for (const Json& condition : ListAt(object, "/status/conditions")) {
    state.conditions.push_back({StringAt(condition, "/type"), StringAt(condition, "/message"),
                                TimeAt(condition, "/lastTransitionTime")});
  }
  for (const Json& resource : ListAt(object, "/status/resources")) {
    state.resources.push_back(ResourceFrom(resource));
  }
  state.external_urls = StringsAt(object, "/status/summary/externalURLs");
  state.reconciled_at = TimeAt(object, "/status/reconciledAt");
  state.deleting = FieldAt(object, "/metadata/deletionTimestamp") != nullptr;
  state.operation_pending = FieldAt(object, "/operation") != nullptr;
  state.refresh_pending =
      FieldAt(object, "/metadata/annotations/argocd.argoproj.io~1refresh") != nullptr;
  return state;
}

}  // namespace kproto::argocd
