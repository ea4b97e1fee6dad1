// SPDX-License-Identifier: MPL-2.0
#include "resources/container_registry/resource.h"

#include "absl/strings/str_cat.h"
#include "provider/reconcile/runner.h"
#include "resources/container_registry/step.h"
#include "resources/import_choice.h"
#include "resources/promises.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

constexpr absl::Duration kTimeout = absl::Minutes(5);

std::string Title(const RegistryModel& model) {
  return absl::StrCat("container registry \"", model.name.value_or(""), "\"");
}

RunOptions Options(const RegistryModel& model, const char* name, Attr<std::string> Timeouts::*limit,
                   Operation& operation) {
  return {operation.request.stop, TimeoutOr(model.timeouts, limit, kTimeout), name, Title(model)};
}

void ReadWork(const RegistryWork& work, RegistryModel& state) {
  if (work.live) {
    ReadRegistry(*work.live, state);
    state.subscription_tier_slug = work.tier;
  }
}

}  // namespace

ContainerRegistryResource::ContainerRegistryResource(Connections& connections)
    : Resource("kproto_container_registry", 0,
               "A DigitalOcean container registry. An account may have several; what is billed for "
               "them is one subscription, which changes only where that is said. A "
               "`kproto_cluster` names those it pulls from in `registries`."),
      connections_(connections) {}

Existence ContainerRegistryResource::Create(const RegistryModel&, RegistryModel& state,
                                            Operation& operation) {
  const std::string summary = absl::StrCat("Could not create ", Title(state));
  const auto api = connections_.DigitalOcean();
  auto creation =
      api.ok() ? Creation::Begin(connections_.journal(), absl::StrCat("kproto_container_registry/",
                                                                      state.name.value_or("")))
               : absl::StatusOr<Creation>(api.status());
  if (!creation.ok()) {
    operation.diagnostics.AddStatus(creation.status(), summary);
    return Existence::kAbsent;
  }
  RegistryWork work{**api, state, state, *std::move(creation), {}, ""};
  const auto step = MakeRegistryStep(work);
  const RunReport report =
      Runner(connections_.clock(), Options(state, "create", &Timeouts::create, operation))
          .Converge({step.get()});
  ReadWork(work, state);
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

Existence ContainerRegistryResource::Read(RegistryModel& state, Operation& operation) {
  if (!state.id.is_known()) {
    return Existence::kAbsent;
  }
  const auto api = connections_.DigitalOcean();
  if (!api.ok()) {
    operation.diagnostics.AddStatus(api.status(), absl::StrCat("Could not read ", Title(state)));
    return Existence::kPresent;
  }
  RegistryWork work{**api, state, state, {}, {}, ""};
  const auto step = MakeRegistryStep(work);
  const RunReport report =
      Runner(connections_.clock(), {operation.request.stop, kTimeout, "read", Title(state)})
          .Observe({step.get()});
  if (!report.status.ok()) {
    operation.diagnostics.AddStatus(report.status, absl::StrCat("Could not read ", Title(state)));
    return Existence::kPresent;
  }
  if (!work.live) {
    return Existence::kAbsent;
  }
  ReadWork(work, state);
  ForgetCreation(connections_.journal(), kRegistryFact, *state.id);
  return Existence::kPresent;
}

void ContainerRegistryResource::Update(const RegistryModel& prior, const RegistryModel&,
                                       RegistryModel& state, Operation& operation) {
  const std::string summary = absl::StrCat("Could not update ", Title(state));
  const auto api = connections_.DigitalOcean();
  if (!api.ok()) {
    operation.diagnostics.AddStatus(api.status(), summary);
    state = prior;
    return;
  }
  RegistryWork work{**api, state, state, {}, {}, ""};
  const auto step = MakeRegistryStep(work);
  const RunReport report =
      Runner(connections_.clock(), Options(state, "update", &Timeouts::update, operation))
          .Converge({step.get()});
  operation.diagnostics.AddStatus(report.status, summary);
  if (!report.status.ok()) {
    state = prior;
    return;
  }
  ReadWork(work, state);
  KeepPromises(work.wanted, state);
}

void ContainerRegistryResource::Delete(RegistryModel& state, Operation& operation) {
  const std::string summary = absl::StrCat("Could not destroy ", Title(state));
  const auto api = connections_.DigitalOcean();
  if (!api.ok()) {
    operation.diagnostics.AddStatus(api.status(), summary);
    return;
  }
  RegistryWork work{**api, state, state, {}, {}, ""};
  const auto step = MakeRegistryStep(work);
  const RunReport report =
      Runner(connections_.clock(), Options(state, "delete", &Timeouts::remove, operation))
          .Remove({step.get()});
  operation.diagnostics.AddStatus(report.status, summary);
  if (report.status.ok()) {
    ForgetCreation(connections_.journal(), kRegistryFact, state.id.value_or(""));
  }
}

void ContainerRegistryResource::ImportModel(const std::string& id, RegistryModel& state,
                                            Operation& operation) {
  const std::string summary = absl::StrCat("Could not import container registry \"", id, "\"");
  const auto api = connections_.DigitalOcean();
  const auto all = api.ok() ? (*api)->ListRegistries(operation.request.stop)
                            : absl::StatusOr<std::vector<ocean::Registry>>(api.status());
  if (!all.ok()) {
    operation.diagnostics.AddStatus(all.status(), summary);
    return;
  }
  std::vector<ImportCandidate> candidates;
  for (const ocean::Registry& registry : *all) {
    candidates.push_back({registry.name, registry.name, ""});
  }
  const auto chosen = ChooseForImport("container registry", id, candidates);
  if (!chosen.ok()) {
    operation.diagnostics.AddStatus(chosen.status(), summary);
    return;
  }
  ReadRegistry((*all)[*chosen], state);  // The read that follows adds the subscription.
}

}  // namespace kproto
