// SPDX-License-Identifier: MPL-2.0
// The done-rule: Judge() of application_state.h. Every question it asks is a function of its own,
// in the order in which Argo CD itself gets to them.
#include <algorithm>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/argocd/application_state.h"

namespace kproto::argocd {
namespace {

using Kind = Verdict::Kind;
using Maybe = std::optional<Verdict>;

Verdict Progressing(std::string reason) { return {Kind::kProgressing, std::move(reason)}; }
Verdict Failed(std::string reason) { return {Kind::kFailed, std::move(reason)}; }

// Servers drop nulls on the way; a null and nothing mean the same to Helm's caller here.
Json WithoutNulls(const Json& value) {
  if (!value.is_object()) {
    return value;
  }
  Json result = Json::object();
  for (const auto& [key, child] : value.items()) {
    if (!child.is_null()) {
      result[key] = WithoutNulls(child);
    }
  }
  return result;
}

bool SameSources(const std::vector<Source>& a, const std::vector<Source>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(), [](const Source& x, const Source& y) {
    return WithoutNulls(SourceJson(x)) == WithoutNulls(SourceJson(y));
  });
}

std::string Name(const ResourceState& resource) {
  return absl::StrCat(resource.kind, " ", resource.ns, resource.ns.empty() ? "" : "/",
                      resource.name);
}

// "Deployment monitoring/grafana, Service monitoring/grafana and 3 more".
std::string OutOfSync(const ApplicationState& is) {
  std::vector<std::string> names;
  for (const ResourceState& resource : is.resources) {
    if (resource.status == ToString(Sync::kOutOfSync)) {
      names.push_back(Name(resource));
    }
  }
  constexpr size_t kShown = 3;
  const size_t more = names.size() > kShown ? names.size() - kShown : 0;
  names.resize(names.size() - more);
  return absl::StrCat(names.empty() ? "" : ": ", absl::StrJoin(names, ", "),
                      more > 0 ? absl::StrCat(" and ", more, " more") : "");
}

// What Argo CD does with what it cannot even compare.
Maybe JudgeConditions(const ApplicationState& is, bool compared, const VerdictOptions& options) {
  const auto since = [&](const Condition& c) { return std::max(c.since, options.applied_at); };
  if (const Condition* spec = FindCondition(is, "InvalidSpecError"); spec != nullptr) {
    const bool old = is.observed_at - since(*spec) >= 4 * options.condition_grace;
    std::string reason = absl::StrCat("InvalidSpecError: ", spec->message);
    return old ? Failed(std::move(reason)) : Progressing(std::move(reason));
  }
  if (const Condition* error = FindCondition(is, "ComparisonError"); error != nullptr && compared) {
    const bool again = is.reconciled_at - since(*error) >= options.condition_grace;
    std::string reason = absl::StrCat("ComparisonError: ", error->message);
    return again ? Failed(std::move(reason)) : Progressing(std::move(reason));
  }
  return std::nullopt;
}

Maybe JudgeOperation(const Application& want, const ApplicationState& is,
                     const VerdictOptions& options) {
  const Operation& operation = is.operation;
  std::string reason = absl::StrCat("sync ", ToString(operation.phase),
                                    operation.message.empty() ? "" : ": ", operation.message);
  switch (operation.phase) {
    case Phase::kNone:
    case Phase::kSucceeded:
      return std::nullopt;
    case Phase::kRunning:
    case Phase::kTerminating:
      return Progressing(std::move(reason));
    case Phase::kFailed:
    case Phase::kError:
      break;
  }
  // A failure with another version of the sources says nothing about this one.
  if (!operation.sources.empty() && !SameSources(want.sources, operation.sources)) {
    return std::nullopt;
  }
  const bool retries_left =
      operation.retry_limit < 0 || operation.retry_count < operation.retry_limit;
  if (retries_left || FailedBefore(is, options.applied_at)) {
    return Progressing(std::move(reason));
  }
  return Failed(std::move(reason));
}

Verdict JudgeHealth(const ApplicationState& is, const VerdictOptions& options) {
  if (is.health == Health::kHealthy) {
    return {Kind::kDone, ""};
  }
  std::string reason = absl::StrCat("health ", ToString(is.health),
                                    is.health_message.empty() ? "" : ": ", is.health_message);
  const absl::Time since = std::max(is.health_since, options.applied_at);
  const bool too_long = is.observed_at - since > options.degraded_grace;
  return is.health == Health::kDegraded && too_long ? Failed(std::move(reason))
                                                    : Progressing(std::move(reason));
}

}  // namespace

const Condition* FindCondition(const ApplicationState& is, absl::string_view type) {
  for (const Condition& condition : is.conditions) {
    if (condition.type == type) {
      return &condition;
    }
  }
  return nullptr;
}

bool ComparedTo(const Application& want, const ApplicationState& is) {
  return is.compared && is.compared_to.destination == want.destination &&
         SameSources(want.sources, is.compared_to.sources);
}

bool FailedBefore(const ApplicationState& is, absl::Time applied_at) {
  const bool failed = is.operation.phase == Phase::kFailed || is.operation.phase == Phase::kError;
  return failed && is.operation.finished_at < applied_at;
}

Verdict Judge(const Application& want, const ApplicationState& is, const VerdictOptions& options) {
  if (is.deleting) {
    return Progressing("is being deleted");
  }
  if (is.refresh_pending) {
    return Progressing("waiting for Argo CD to refresh");
  }
  const bool compared = ComparedTo(want, is);
  if (const Maybe verdict = JudgeConditions(is, compared, options); verdict.has_value()) {
    return *verdict;
  }
  if (!compared) {
    return Progressing("waiting for Argo CD to compare what is wanted with what is there");
  }
  if (is.operation_pending && is.operation.phase != Phase::kRunning) {
    return Progressing("waiting for a sync to begin");
  }
  if (const Maybe verdict = JudgeOperation(want, is, options); verdict.has_value()) {
    return *verdict;
  }
  if (is.sync != Sync::kSynced) {
    return Progressing(absl::StrCat(ToString(is.sync), OutOfSync(is)));
  }
  return JudgeHealth(is, options);
}

}  // namespace kproto::argocd
