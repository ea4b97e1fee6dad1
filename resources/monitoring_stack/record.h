// SPDX-License-Identifier: MPL-2.0
// Record: what a configuration says of a stack, in a ConfigMap beside it. Much of it no object
// shows (which values files, which checks, how long to wait), so that an import could not know it.
// An import reads it once; no other operation does, and what objects show wins over it. It holds no
// secret.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "nlohmann/json.hpp"
#include "resources/monitoring_stack/model.h"
#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// All that a user can say and has said, but for secrets and for which cluster it is. Pure.
nlohmann::json RecordOf(const MonitoringStackModel& model);

// Fills in what `model` says nothing of. A record that cannot be read, as one of a later version of
// kproto may, is none.
void FillFromRecord(const nlohmann::json& record, MonitoringStackModel& model);

// The record beside the stack in namespace `ns`; null when there is none.
absl::StatusOr<nlohmann::json> ReadRecord(const Cluster& cluster, const std::string& ns,
                                          const kubernetes::Call& call);

class RecordStep : public StackStep {
 public:
  using StackStep::StackStep;
  absl::string_view name() const override { return "record"; }
  std::vector<absl::string_view> needs() const override { return {"namespaces"}; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 private:
  nlohmann::json there_;
};

}  // namespace kproto::monitoring_stack
