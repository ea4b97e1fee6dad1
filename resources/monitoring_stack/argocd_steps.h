// SPDX-License-Identifier: MPL-2.0
// The steps that install Argo CD: its CRDs (removed only), the Helm release, the AppProject.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// Helm installs Argo CD's CRDs and leaves them behind on purpose. They go last, and only when no
// Application anywhere needs them.
class CrdsStep : public StackStep {
 public:
  using StackStep::StackStep;
  absl::string_view name() const override { return "argocd crds"; }
  std::vector<absl::string_view> needs() const override { return {"namespaces", "pod security"}; }
  absl::Status Observe(const StepContext&) override { return absl::OkStatus(); }
  Difference Compare() const override { return Difference::None(); }
  absl::Status Apply(const StepContext&) override { return absl::OkStatus(); }
  absl::Status Remove(const StepContext& context) override;
};

// Argo CD by Helm: freed when a killed helm left it pending, upgraded when chart or values differ.
class ReleaseStep : public StackStep {
 public:
  using StackStep::StackStep;
  absl::string_view name() const override { return "argocd"; }
  std::vector<absl::string_view> needs() const override { return {"namespaces", "argocd crds"}; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  helm::ReleaseKey Key() const { return {desired().argocd_ns, kReleaseName}; }

  bool marked_ = false, upgrading_ = false;
};

// Deletes an AppProject and waits. `alone`: no controller is left to take its finalizer off.
absl::Status RemoveProject(const Cluster& cluster, const std::string& ns, const std::string& name,
                           bool alone, const kubernetes::Call& call);

// The AppProject that says what the stack's Applications may do, and Argo CD's own `default`.
class ProjectStep : public StackStep {
 public:
  using StackStep::StackStep;
  absl::string_view name() const override { return "project"; }
  std::vector<absl::string_view> needs() const override {
    return {"argocd", "retired applications"};
  }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  std::optional<argocd::AppProject> there_;
  bool same_ = false, default_there_ = false;
};

}  // namespace kproto::monitoring_stack
