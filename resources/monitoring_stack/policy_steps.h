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

// Secrets by which Argo CD gets into Git repositories. A read knows nothing of what is secret in
// them, and looks at the rest.
class GitCredentialsStep : public ObjectsStep {
 public:
  explicit GitCredentialsStep(Stack& stack);
};

// ConfigMaps with Grafana's dashboards.
class DashboardsStep : public ObjectsStep {
 public:
  explicit DashboardsStep(Stack& stack);
};

}  // namespace kproto::monitoring_stack
