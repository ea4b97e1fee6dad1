// SPDX-License-Identifier: MPL-2.0
// The steps that keep people and pods to what they may: roles with their bindings, and the policies
// of the stack's namespace.
#pragma once

#include "resources/monitoring_stack/objects_step.h"

namespace kproto::monitoring_stack {

class RbacStep : public ObjectsStep {
 public:
  explicit RbacStep(Stack& stack);
  absl::Status Observe(const StepContext& context) override;
};

class IsolationStep : public ObjectsStep {
 public:
  explicit IsolationStep(Stack& stack);
  absl::Status Observe(const StepContext& context) override;
};

}  // namespace kproto::monitoring_stack
