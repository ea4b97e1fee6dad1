// SPDX-License-Identifier: MPL-2.0
// VerifyStep: the proof, after everything else, that the stack does what it is for: a line pushed
// to Loki is read back, and Grafana answers, takes its administrator's password, and gets through
// to each of its datasources. All over the API server, so nothing need be exposed.
#pragma once

#include <string>
#include <vector>

#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

class VerifyStep : public StackStep {
 public:
  // `after`: the steps that make what is proved.
  VerifyStep(Stack& stack, std::vector<std::string> after)
      : StackStep(stack), after_(std::move(after)) {}
  absl::string_view name() const override { return "verify"; }
  std::vector<absl::string_view> needs() const override { return {after_.begin(), after_.end()}; }
  absl::Status Observe(const StepContext&) override { return absl::OkStatus(); }
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext&) override { return absl::OkStatus(); }

 private:
  absl::Status ProveLoki(const Cluster& cluster, const StepContext& context);
  absl::Status ProveGrafana(const Cluster& cluster, const StepContext& context);

  const std::vector<std::string> after_;
};

}  // namespace kproto::monitoring_stack
