// SPDX-License-Identifier: MPL-2.0
// All steps of a stack in one place, for create, update, read and delete alike:
//
//   namespaces ─┬─ record, pod security
//               ├─ grafana admin secret ───────────────┐
//               ├─ storage class ── volumes ───────────┼─ application … ─── grafana address
//               ├─ argocd crds ─┬ argocd ── project ───┘   (or: applications, by Git)
//               │               │                            … ─── project limits
//               │               └──── extra project, extra namespaces ─── application …
//               ├─ rbac
//               ├─ isolation
//               └─ git credentials, dashboards ── application …
#pragma once

#include <memory>
#include <vector>

#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// `stack` must outlive them.
std::vector<std::unique_ptr<Step>> StepsOf(Stack& stack);

}  // namespace kproto::monitoring_stack
