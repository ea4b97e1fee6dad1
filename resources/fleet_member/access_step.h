// SPDX-License-Identifier: MPL-2.0
// AccessStep: what kproto makes in a member's cluster: a ServiceAccount for the hub's Argo CD,
// bound to a ClusterRole, and what the charts need beforehand: their namespace, and Grafana's admin
// password, made up once and kept there alone.
#pragma once

#include <string>
#include <vector>

#include "resources/fleet_member/work.h"

namespace kproto::fleet_member {

class AccessStep : public Step {
 public:
  explicit AccessStep(Work& work) : work_(work) {}
  absl::string_view name() const override { return "access"; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  // As they shall be. The password is made when it is applied.
  std::vector<Json> Wanted() const;
  const Json* There(const kubernetes::ObjectKey& key) const;
  bool IsSo(const Json& wanted) const;
  absl::Status Make(kubernetes::Kubernetes& member, Json object, const kubernetes::Call& call);
  absl::Status ListOurs(const StepContext& context);
  absl::Status TakeAway(const StepContext& context);
  absl::Status WaitForVolumes(kubernetes::Kubernetes& member, const std::vector<Json>& volumes,
                              const std::string& ns, const StepContext& context);

  Work& work_;
  std::vector<Json> there_;  // ours
};

}  // namespace kproto::fleet_member
