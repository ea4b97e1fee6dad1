// SPDX-License-Identifier: MPL-2.0
// What the user's own Applications need before they can run: their namespaces and an AppProject.
// Both are also what is left of them to take away once the last of them is gone.
#pragma once

#include <string>
#include <vector>

#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// Namespaces that are there already are used as they are. Those made here carry two labels, and
// only those are ever deleted.
class ExtraNamespacesStep : public StackStep {
 public:
  using StackStep::StackStep;
  absl::string_view name() const override { return "extra namespaces"; }
  std::vector<absl::string_view> needs() const override {
    return {"namespaces", "retired applications"};
  }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  absl::Status Delete(const std::vector<std::string>& names, const StepContext& context);

  std::vector<std::string> missing_, unwanted_, ours_;
};

class ExtraProjectStep : public StackStep {
 public:
  using StackStep::StackStep;
  absl::string_view name() const override { return "extra project"; }
  std::vector<absl::string_view> needs() const override {
    return {"argocd", "retired applications"};
  }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  bool IsWanted() const;
  argocd::AppProject Wanted() const;

  bool there_ = false, same_ = false;
};

}  // namespace kproto::monitoring_stack
