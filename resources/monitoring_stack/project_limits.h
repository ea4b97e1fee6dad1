// SPDX-License-Identifier: MPL-2.0
// ProjectLimits: the AppProject drawn in to what the stack needs now. While Applications change, it
// also allows what they needed before: Argo CD neither sees nor removes what it may not touch, and
// would leave behind what a chart no longer renders.
#pragma once

#include <optional>
#include <vector>

#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// All that either of them allows, under the name of the first. Pure.
argocd::AppProject Both(argocd::AppProject wanted, const argocd::AppProject& before);

// `project` with what Applications of other projects have made, so that they can get rid of it in
// this one. Pure.
argocd::AppProject WithMade(argocd::AppProject project, const std::vector<Json>& applications);

// Last of what is about Applications.
class ProjectLimitsStep : public StackStep {
 public:
  ProjectLimitsStep(Stack& stack, std::vector<std::string> after)
      : StackStep(stack), after_(std::move(after)) {}
  absl::string_view name() const override { return "project limits"; }
  std::vector<absl::string_view> needs() const override { return {after_.begin(), after_.end()}; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 private:
  const std::vector<std::string> after_;
  std::optional<argocd::AppProject> there_;
};

}  // namespace kproto::monitoring_stack
