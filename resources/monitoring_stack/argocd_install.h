// SPDX-License-Identifier: MPL-2.0
// What it takes to install Argo CD by its chart, to own it, and to remove it; for the steps that
// keep it.
#pragma once

#include <string>

#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// The ConfigMap in Argo CD's namespace that says whose installation it is.
kubernetes::ObjectKey MarkKey(const std::string& argocd_ns);

// Whether such a one says that an upgrade was begun and not finished.
bool IsUpgrading(const Json& mark);

// Before a create: AlreadyExists when Argo CD is there and was not put there for this very stack.
absl::Status CheckOwnership(Stack& stack, const kubernetes::Call& call);

// An upgrade that has begun is not done before somebody marks it settled.
enum class Upgrade { kSettled, kBegun };

absl::Status MarkAsOurs(const Cluster& cluster, const Desired& desired, Upgrade upgrade,
                        const kubernetes::Call& call);

// Whether an application controller is there, which would act on finalizers.
absl::StatusOr<bool> ControllerIsThere(const Cluster& cluster, const std::string& ns,
                                       const kubernetes::Call& call);

absl::Status WaitForArgoCdCrds(const Cluster& cluster, const kubernetes::Call& call);

// The AppProject `default`, which only argocd-server makes by itself; anything goes in it.
absl::Status EnsureDefaultProject(const Cluster& cluster, const Desired& desired,
                                  const kubernetes::Call& call);

// Installs or upgrades the release; takes over what belongs to none. Shows it in Found.
absl::Status InstallArgoCd(Stack& stack, const Cluster& cluster, helm::Wait wait,
                           const StepContext& context);

// FailedPrecondition while it runs Applications of others. `there`: whether there is a release.
absl::Status UninstallArgoCd(Stack& stack, const Cluster& cluster, bool there,
                             const StepContext& context);

}  // namespace kproto::monitoring_stack
