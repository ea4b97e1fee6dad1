// SPDX-License-Identifier: MPL-2.0
// ApplicationsStep: nothing to make, for Argo CD's ApplicationSet controller does that; but all are
// waited for, and when the member leaves they go before the Secret that Argo CD needs to delete
// their workloads.
#pragma once

#include <string>
#include <vector>

#include "resources/fleet/deliveries.h"
#include "resources/fleet_member/work.h"

namespace kproto::fleet_member {

class ApplicationsStep : public Step {
 public:
  explicit ApplicationsStep(Work& work) : work_(work) {}
  absl::string_view name() const override { return "applications"; }
  std::vector<absl::string_view> needs() const override { return {"cluster secret"}; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  std::vector<fleet::Delivering> All(const argocd::VerdictOptions& options) const;
  bool IsMade(const fleet::Delivering& one) const;  // and of this revision
  absl::Status WaitForThem(const StepContext& context);
  absl::Status Leave(kubernetes::Kubernetes& hub, const StepContext& context);

  Work& work_;
};

}  // namespace kproto::fleet_member
