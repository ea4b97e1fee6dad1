// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/steps.h"

#include "resources/monitoring_stack/address_steps.h"
#include "resources/monitoring_stack/application_steps.h"
#include "resources/monitoring_stack/argocd_modes.h"
#include "resources/monitoring_stack/argocd_steps.h"
#include "resources/monitoring_stack/base_steps.h"
#include "resources/monitoring_stack/existing_secret_step.h"
#include "resources/monitoring_stack/extra_steps.h"
#include "resources/monitoring_stack/pod_security.h"
#include "resources/monitoring_stack/policy_steps.h"
#include "resources/monitoring_stack/project_limits.h"
#include "resources/monitoring_stack/record.h"
#include "resources/monitoring_stack/storage_step.h"
#include "resources/monitoring_stack/verify_step.h"

namespace kproto::monitoring_stack {

std::vector<std::unique_ptr<Step>> StepsOf(Stack& stack) {
  std::vector<std::unique_ptr<Step>> steps;
  steps.push_back(std::make_unique<NamespacesStep>(stack));
  steps.push_back(std::make_unique<RecordStep>(stack));
  steps.push_back(std::make_unique<PodSecurityStep>(stack));
  steps.push_back(stack.desired.grafana_secret_is_ours
                      ? std::unique_ptr<Step>(std::make_unique<PasswordStep>(stack))
                      : std::make_unique<ExistingSecretStep>(stack));
  steps.push_back(std::make_unique<StorageStep>(stack));
  steps.push_back(std::make_unique<VolumesStep>(stack));
  steps.push_back(std::make_unique<RbacStep>(stack));
  steps.push_back(std::make_unique<IsolationStep>(stack));
  steps.push_back(std::make_unique<GitCredentialsStep>(stack));
  steps.push_back(std::make_unique<DashboardsStep>(stack));
  if (stack.desired.manage == Manage::kExternal) {
    steps.push_back(std::make_unique<ExternalStep>(stack));
  } else {
    steps.push_back(std::make_unique<CrdsStep>(stack));
    steps.push_back(stack.desired.manage == Manage::kSelf
                        ? std::unique_ptr<Step>(std::make_unique<SelfManagedStep>(stack))
                        : std::make_unique<ReleaseStep>(stack));
  }
  steps.push_back(std::make_unique<ProjectStep>(stack));
  steps.push_back(std::make_unique<ExtraNamespacesStep>(stack));
  steps.push_back(std::make_unique<ExtraProjectStep>(stack));
  steps.push_back(std::make_unique<RetiredApplicationsStep>(stack));
  steps.push_back(std::make_unique<LeftoverApplicationsStep>(stack));
  std::vector<std::string> applications;
  if (stack.desired.git) {
    steps.push_back(std::make_unique<AppOfAppsStep>(stack));
    applications.emplace_back(steps.back()->name());
  } else {
    for (const Component& component : stack.desired.components) {
      steps.push_back(std::make_unique<ApplicationStep>(stack, component));
      applications.emplace_back(steps.back()->name());
    }
  }
  steps.push_back(std::make_unique<ProjectLimitsStep>(stack, std::move(applications)));
  for (const Extra& extra : stack.desired.extras) {
    steps.push_back(std::make_unique<ApplicationStep>(stack, extra));
  }
  steps.push_back(std::make_unique<GrafanaAddressStep>(stack));
  if (!stack.desired.ingress.controller.empty()) {
    steps.push_back(std::make_unique<IngressAddressStep>(stack));
  }
  if (stack.desired.verify) {
    std::vector<std::string> before;
    for (const auto& step : steps) {
      before.emplace_back(step->name());
    }
    steps.push_back(std::make_unique<VerifyStep>(stack, std::move(before)));
  }
  return steps;
}

}  // namespace kproto::monitoring_stack
