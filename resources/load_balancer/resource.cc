// SPDX-License-Identifier: MPL-2.0
#include "resources/load_balancer/resource.h"

#include "absl/strings/str_cat.h"
#include "provider/reconcile/runner.h"
#include "resources/import_choice.h"
#include "resources/load_balancer/checks.h"
#include "resources/load_balancer/mapping.h"
#include "resources/load_balancer/step.h"
#include "resources/promises.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

constexpr absl::Duration kTimeout = absl::Minutes(15);

std::string Title(const LoadBalancerModel& model) {
  return absl::StrCat("load balancer \"", model.name.value_or(""), "\"");
}

std::string IntentKey(const LoadBalancerModel& model) {
  return absl::StrCat("kproto_load_balancer/", model.name.value_or(""), "/",
                      model.region.value_or("global"), "/", model.type.value_or(""));
}

RunOptions Options(const LoadBalancerModel& model, const char* name,
                   Attr<std::string> Timeouts::*limit, Operation& operation) {
  return {operation.request.stop, TimeoutOr(model.timeouts, limit, kTimeout), name, Title(model)};
}

// A domain that does not work is nothing that an apply could mend.
void WarnOfDomains(const ocean::LoadBalancer& live, Diagnostics& diagnostics) {
  for (const ocean::LoadBalancerDomain& domain : live.domains) {
    std::vector<std::string> reasons = domain.verification_error_reasons;
    reasons.insert(reasons.end(), domain.ssl_validation_error_reasons.begin(),
                   domain.ssl_validation_error_reasons.end());
    for (const std::string& reason : reasons) {
      diagnostics.AddWarning(absl::StrCat("Domain ", domain.name, " does not work"), reason,
                             Path("domains").Key(domain.name));
    }
  }
}

}  // namespace

LoadBalancerResource::LoadBalancerResource(Connections& connections)
    : Resource("kproto_load_balancer", 0,
               "A DigitalOcean load balancer: regional, network or global. For what a Kubernetes "
               "Service cannot say of the one it gets; `service_annotations` lets a Service use "
               "it."),
      connections_(connections) {}

void LoadBalancerResource::ValidateModel(const LoadBalancerModel& config,
                                         Diagnostics& diagnostics) {
  CheckBalancer(config, diagnostics);
}

Existence LoadBalancerResource::Create(const LoadBalancerModel&, LoadBalancerModel& state,
                                       Operation& operation) {
  const std::string summary = absl::StrCat("Could not create ", Title(state));
  const auto api = connections_.DigitalOcean();
  auto creation = api.ok() ? Creation::Begin(connections_.journal(), IntentKey(state))
                           : absl::StatusOr<Creation>(api.status());
  if (!creation.ok()) {
    operation.diagnostics.AddStatus(creation.status(), summary);
    return Existence::kAbsent;
  }
  BalancerWork work{
      **api, state, state, *std::move(creation), operation.private_state == "validated", {}};
  operation.private_state.clear();
  state.id = {};  // Known at the plan when adopted; the step finds it again.
  const auto step = MakeBalancerStep(work);
  const RunReport report =
      Runner(connections_.clock(), Options(state, "create", &Timeouts::create, operation))
          .Converge({step.get()});
  if (work.live) {
    ReadBalancer(*work.live, state);
    WarnOfDomains(*work.live, operation.diagnostics);
  }
  operation.diagnostics.AddStatus(report.status, summary);
  if (report.status.ok()) {
    KeepPromises(work.wanted, state);
  }
  const bool made = state.id.is_known();
  const bool maybe = made || http::MayHaveTakenEffect(report.status);
  work.creation->End(maybe ? Creation::Outcome::kObject : Creation::Outcome::kNothing,
                     operation.diagnostics);
  return made ? Existence::kPresent : Existence::kAbsent;
}

Existence LoadBalancerResource::Read(LoadBalancerModel& state, Operation& operation) {
  if (!state.id.is_known()) {
    return Existence::kAbsent;
  }
  const auto api = connections_.DigitalOcean();
  const auto live = api.ok() ? (*api)->GetLoadBalancer(*state.id, operation.request.stop)
                             : absl::StatusOr<std::optional<ocean::LoadBalancer>>(api.status());
  if (!live.ok()) {
    operation.diagnostics.AddStatus(live.status(), absl::StrCat("Could not read ", Title(state)));
    return Existence::kPresent;
  }
  if (!*live) {
    return Existence::kAbsent;
  }
  ReadBalancer(**live, state);
  WarnOfDomains(**live, operation.diagnostics);
  ForgetCreation(connections_.journal(), kBalancerFact, *state.id);
  return Existence::kPresent;
}

void LoadBalancerResource::Update(const LoadBalancerModel& prior, const LoadBalancerModel&,
                                  LoadBalancerModel& state, Operation& operation) {
  operation.private_state.clear();
  const std::string summary = absl::StrCat("Could not update ", Title(state));
  const auto api = connections_.DigitalOcean();
  if (!api.ok()) {
    operation.diagnostics.AddStatus(api.status(), summary);
    state = prior;
    return;
  }
  BalancerWork work{**api, state, state, {}, true, {}};
  const auto step = MakeBalancerStep(work);
  const RunReport report =
      Runner(connections_.clock(), Options(state, "update", &Timeouts::update, operation))
          .Converge({step.get()});
  if (!report.status.ok()) {
    state = prior;  // Half-way: the state tells what is, so that the next plan shows the rest.
  }
  if (work.live) {
    ReadBalancer(*work.live, state);
    WarnOfDomains(*work.live, operation.diagnostics);
  }
  operation.diagnostics.AddStatus(report.status, summary);
  if (report.status.ok()) {
    KeepPromises(work.wanted, state);
  }
}

void LoadBalancerResource::Delete(LoadBalancerModel& state, Operation& operation) {
  const std::string summary = absl::StrCat("Could not destroy ", Title(state));
  const auto api = connections_.DigitalOcean();
  if (!api.ok()) {
    operation.diagnostics.AddStatus(api.status(), summary);
    return;
  }
  BalancerWork work{**api, state, state, {}, true, {}};
  const auto step = MakeBalancerStep(work);
  const RunReport report =
      Runner(connections_.clock(), Options(state, "delete", &Timeouts::remove, operation))
          .Remove({step.get()});
  operation.diagnostics.AddStatus(report.status, summary);
  if (report.status.ok()) {
    ForgetCreation(connections_.journal(), kBalancerFact, state.id.value_or(""));
  }
}

void LoadBalancerResource::ImportModel(const std::string& id, LoadBalancerModel& state,
                                       Operation& operation) {
  const std::string summary = absl::StrCat("Could not import load balancer \"", id, "\"");
  const auto api = connections_.DigitalOcean();
  const auto all = api.ok() ? (*api)->ListLoadBalancers(operation.request.stop)
                            : absl::StatusOr<std::vector<ocean::LoadBalancer>>(api.status());
  if (!all.ok()) {
    operation.diagnostics.AddStatus(all.status(), summary);
    return;
  }
  std::vector<ImportCandidate> candidates;
  for (const ocean::LoadBalancer& balancer : *all) {
    candidates.push_back({balancer.id, balancer.name, balancer.region});
  }
  const auto chosen = ChooseForImport("load balancer", id, candidates);
  if (!chosen.ok()) {
    operation.diagnostics.AddStatus(chosen.status(), summary);
    return;
  }
  ReadBalancer((*all)[*chosen], state);
}

}  // namespace kproto
