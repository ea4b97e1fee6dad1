// SPDX-License-Identifier: MPL-2.0
// In place of the Secret that PasswordStep makes: one that somebody else keeps. It is looked at and
// never touched.
#pragma once

#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

class ExistingSecretStep : public StackStep {
 public:
  using StackStep::StackStep;
  absl::string_view name() const override { return "grafana admin secret"; }
  std::vector<absl::string_view> needs() const override { return {"namespaces"}; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  // FailedPrecondition while it is not there; takes away the one of the stack's own that it
  // replaces.
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  bool there_ = false, own_there_ = false;
};

}  // namespace kproto::monitoring_stack
