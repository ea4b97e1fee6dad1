// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/registry_step.h"

#include <set>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/status_macros.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

using Names = std::set<std::string>;

const Path kRegistries("registries");

Names NamesOf(const Attr<SetOf<std::string>>& registries) {
  Names names;
  if (registries.is_known()) {
    for (const Attr<std::string>& name : registries->elements) {
      if (name.is_known()) {
        names.insert(*name);
      }
    }
  }
  return names;
}

SetOf<std::string> SetOfNames(const Names& names) {
  SetOf<std::string> set;
  set.elements.assign(names.begin(), names.end());
  return set;
}

absl::StatusOr<Names> AllOfAccount(ocean::DigitalOcean& api, std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(const auto all, api.ListRegistries(stop));
  Names names;
  for (const ocean::Registry& registry : all) {
    names.insert(registry.name);
  }
  return names;
}

std::vector<std::string> Without(const Names& names, const Names& those) {
  std::vector<std::string> rest;
  for (const std::string& name : names) {
    if (those.count(name) == 0) {
      rest.push_back(name);
    }
  }
  return rest;
}

// Touches nothing of `work` that a step beside it changes: only the id, known since the cluster
// step, and what is wanted.
class RegistriesStep : public Step {
 public:
  explicit RegistriesStep(ClusterWork& work) : work_(work) {}
  absl::string_view name() const override { return "registries"; }
  std::vector<absl::string_view> needs() const override { return {"project"}; }

  absl::Status Observe(const StepContext& context) override {
    add_.clear();
    remove_.clear();
    if (!work_.wanted.registries.is_known() || !work_.state.id.is_known()) {
      return absl::OkStatus();
    }
    KPROTO_ASSIGN_OR_RETURN(const auto live, work_.api.GetCluster(*work_.state.id, context.stop));
    const bool enabled = live && live->registry_enabled;
    const Names wanted = NamesOf(work_.wanted.registries);
    const Names before = enabled ? NamesOf(work_.registries_before) : Names();
    add_ = Without(wanted, before);
    if (Without(before, wanted).empty()) {
      return absl::OkStatus();
    }
    // One that the account has no longer is integrated nowhere, and may not be named.
    KPROTO_ASSIGN_OR_RETURN(const Names there, AllOfAccount(work_.api, context.stop));
    for (const std::string& name : Without(before, wanted)) {
      if (there.count(name) != 0) {
        remove_.push_back(name);
      }
    }
    return absl::OkStatus();
  }

  Difference Compare() const override {
    return add_.empty() && remove_.empty()
               ? Difference::None()
               : Difference::Differs(absl::StrCat("registries +", absl::StrJoin(add_, ","), " -",
                                                  absl::StrJoin(remove_, ",")));
  }

  absl::Status Apply(const StepContext& context) override {
    const std::string& id = *work_.state.id;
    if (!add_.empty()) {
      const absl::Status added = work_.api.AddClusterRegistries(id, add_, context.stop);
      KPROTO_RETURN_IF_ERROR(WithPath(
          WithHint(Annotate(added, "could not let the cluster pull"),
                   "Check the names: the account's registries are those of kproto_container_"
                   "registry or of the control panel."),
          kRegistries));
    }
    return remove_.empty() ? absl::OkStatus()
                           : WithPath(work_.api.RemoveClusterRegistries(id, remove_, context.stop),
                                      kRegistries);
  }

  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 private:
  ClusterWork& work_;
  std::vector<std::string> add_, remove_;
};

}  // namespace

std::unique_ptr<Step> MakeRegistriesStep(ClusterWork& work) {
  return std::make_unique<RegistriesStep>(work);
}

void ReadRegistries(ocean::DigitalOcean& api, const ocean::Cluster& live, ClusterModel& state,
                    Operation& operation) {
  if (!state.registries.is_known()) {
    return;
  }
  if (!live.registry_enabled) {
    state.registries = SetOf<std::string>();
    return;
  }
  const auto there = AllOfAccount(api, operation.request.stop);
  if (!there.ok()) {
    operation.diagnostics.AddStatus(there.status(), "Could not read the registries of the cluster",
                                    kRegistries);
    return;
  }
  Names names = NamesOf(state.registries);
  if (names.empty()) {
    names = *there;
  } else {
    std::erase_if(names, [&](const std::string& name) { return there->count(name) == 0; });
  }
  state.registries = SetOfNames(names);
}

void ImportRegistries(ocean::DigitalOcean& api, const ocean::Cluster& live, ClusterModel& state,
                      Operation& operation) {
  if (!live.registry_enabled) {
    return;
  }
  const auto there = AllOfAccount(api, operation.request.stop);
  if (!there.ok()) {
    operation.diagnostics.AddStatus(there.status(), "Could not read the registries of the cluster");
  } else if (there->size() == 1) {
    state.registries = SetOfNames(*there);
  }
}

}  // namespace kproto
