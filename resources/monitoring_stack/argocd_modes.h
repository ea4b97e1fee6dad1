// SPDX-License-Identifier: MPL-2.0
// Argo CD where Helm does not keep it: it manages itself, or it is somebody else's. Each takes the
// place of ReleaseStep, under its name.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// Helm installs Argo CD once; then an Application of Argo CD's own takes it over, and Helm's
// records of it go, so that nobody upgrades it past Argo CD. The way back, and out, is Helm again.
class SelfManagedStep : public StackStep {
 public:
  using StackStep::StackStep;
  absl::string_view name() const override { return "argocd"; }
  std::vector<absl::string_view> needs() const override { return {"namespaces", "argocd crds"}; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  absl::Status Bootstrap(const Cluster& cluster, const StepContext& context);
  absl::Status HandOver(const Cluster& cluster, const StepContext& context);
  void Show();

  std::optional<helm::Release> release_;  // Helm's record; none once Argo CD has taken over
  std::optional<argocd::Observed> itself_;
  bool runs_ = false;
};

// Somebody else's Argo CD: it has to be there, and is left alone.
class ExternalStep : public StackStep {
 public:
  using StackStep::StackStep;
  absl::string_view name() const override { return "argocd"; }
  std::vector<absl::string_view> needs() const override { return {"namespaces", "pod security"}; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 private:
  bool runs_ = false;
};

}  // namespace kproto::monitoring_stack
