// SPDX-License-Identifier: MPL-2.0
// The steps that run the stack's Applications: each on its own, or as children of one parent whose
// chart is a folder in Git. A step is done when Argo CD has synced what is wanted now and calls it
// healthy; a failure says what Argo CD, the pods and the scheduler say.
#pragma once

#include <string>
#include <vector>

#include "provider/schema/path.h"
#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// What both have in common: one Application that the provider itself applies.
class AppliedApplication {
 public:
  AppliedApplication(Stack& stack, argocd::Application want, Path path)
      : stack_(stack), want_(std::move(want)), path_(std::move(path)) {}

  absl::Status Observe(const Cluster& cluster, const StepContext& context);
  Difference Compare() const;
  absl::Status Apply(const Cluster& cluster, const StepContext& context);
  absl::Status Remove(const Cluster& cluster, const StepContext& context);

 private:
  absl::Status MakeSo(const Cluster& cluster, const kubernetes::Call& call);
  // Replaces whatever decides what is deployed, as a whole.
  absl::Status Replace(const Cluster& cluster, const kubernetes::Call& call);
  std::optional<argocd::Observed>& observed() const {
    return stack_.found.applications[want_.name];
  }

  Stack& stack_;
  argocd::Application want_;
  Path path_;  // the attribute to blame
};

class ApplicationStep : public StackStep {
 public:
  ApplicationStep(Stack& stack, const Component& component);
  ApplicationStep(Stack& stack, const Extra& extra);
  absl::string_view name() const override { return name_; }
  std::vector<absl::string_view> needs() const override { return needs_; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override { return application_.Compare(); }
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  const std::string name_;
  const std::vector<absl::string_view> needs_;
  AppliedApplication application_;
};

// Git mode: the parent and its children in one step, because the parent has to be first both ways:
// it makes its children, and made anew would make them anew.
class AppOfAppsStep : public StackStep {
 public:
  explicit AppOfAppsStep(Stack& stack);
  absl::string_view name() const override { return "applications"; }
  std::vector<absl::string_view> needs() const override {
    return {"project", "grafana admin secret", "volumes", "git credentials", "dashboards"};
  }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  absl::Status ObserveChildren(const Cluster& cluster, const StepContext& context);
  bool IsBehind() const;

  AppliedApplication parent_;
};

// Applications that an earlier configuration made and this one does not want, such as the collector
// that another has replaced: deleted with their workloads, before what takes their place is made
// and while the AppProject still allows what they hold, as Argo CD leaves the rest behind. The
// parent of Git mode is let go and its children kept.
class RetiredApplicationsStep : public StackStep {
 public:
  using StackStep::StackStep;
  absl::string_view name() const override { return "retired applications"; }
  std::vector<absl::string_view> needs() const override { return {"argocd"}; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 private:
  std::vector<std::string> names_;
};

// The same on the way back, where the AppProject goes after them.
class LeftoverApplicationsStep : public RetiredApplicationsStep {
 public:
  using RetiredApplicationsStep::RetiredApplicationsStep;
  absl::string_view name() const override { return "leftover applications"; }
  std::vector<absl::string_view> needs() const override { return {"project", "extra project"}; }
  absl::Status Observe(const StepContext&) override { return absl::OkStatus(); }
  Difference Compare() const override { return Difference::None(); }
  absl::Status Remove(const StepContext& context) override;
};

}  // namespace kproto::monitoring_stack
