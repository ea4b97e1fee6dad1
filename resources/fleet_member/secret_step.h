// SPDX-License-Identifier: MPL-2.0
// SecretStep: the Secret on the hub by which Argo CD knows the member, with a token that is made
// when there is none, when it nears its end, or when the old one cannot be good any more.
#pragma once

#include "resources/fleet_member/work.h"

namespace kproto::fleet_member {

class SecretStep : public Step {
 public:
  explicit SecretStep(Work& work) : work_(work) {}
  absl::string_view name() const override { return "cluster secret"; }
  std::vector<absl::string_view> needs() const override { return {"access"}; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  ClusterSecret Wanted() const;  // with the token that there is
  bool MustRenew() const;
  // FailedPrecondition when the same cluster is a member under another name.
  absl::Status CheckAlone(kubernetes::Kubernetes& hub, const kubernetes::Call& call);

  Work& work_;
};

}  // namespace kproto::fleet_member
