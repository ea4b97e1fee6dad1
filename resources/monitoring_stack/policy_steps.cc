// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/policy_steps.h"

#include "base/status_macros.h"

namespace kproto::monitoring_stack {

RbacStep::RbacStep(Stack& stack)
    : ObjectsStep(stack, "rbac",
                  {{"rbac.authorization.k8s.io/v1", "ClusterRole"},
                   {"rbac.authorization.k8s.io/v1", "RoleBinding"}},
                  RbacObjects(stack.desired.rbac, stack.desired.ns, stack.desired.argocd_ns),
                  Path("rbac")) {}

absl::Status RbacStep::Observe(const StepContext& context) {
  KPROTO_RETURN_IF_ERROR(ObjectsStep::Observe(context));
  found().rbac = there();
  return absl::OkStatus();
}

IsolationStep::IsolationStep(Stack& stack)
    : ObjectsStep(
          stack, "isolation", {{"networking.k8s.io/v1", "NetworkPolicy"}, {"v1", "ResourceQuota"}},
          IsolationObjects(stack.desired.isolation, stack.desired.ns, stack.desired.argocd_ns),
          Path("resource_quota")) {}

absl::Status IsolationStep::Observe(const StepContext& context) {
  KPROTO_RETURN_IF_ERROR(ObjectsStep::Observe(context));
  found().isolation = there();
  return absl::OkStatus();
}

GitCredentialsStep::GitCredentialsStep(Stack& stack)
    : ObjectsStep(stack, "git credentials", {{"v1", "Secret"}},
                  GitCredentialObjects(stack.desired.git_credentials, stack.git_secrets,
                                       stack.desired.argocd_ns),
                  Path("git_credentials")) {}

DashboardsStep::DashboardsStep(Stack& stack)
    : ObjectsStep(stack, "dashboards", {{"v1", "ConfigMap"}},
                  DashboardObjects(stack.desired.dashboards, stack.desired.ns),
                  Path("grafana").Attribute("dashboards_dir")) {}

}  // namespace kproto::monitoring_stack
