// SPDX-License-Identifier: MPL-2.0
// Notices: what an operation on a stack tells beside its result, as warnings.
#pragma once

#include <string>

#include "clients/kubernetes/kubernetes.h"
#include "provider/runtime/resource.h"
#include "resources/connections.h"
#include "resources/monitoring_stack/access.h"
#include "resources/monitoring_stack/model.h"
#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

void WarnOfExpiry(const Access& access, Operation& operation);

// What was put right unasked is told, so that nobody wonders about Helm's history.
void ReportRecovery(const Stack& stack, Operation& operation);

void WarnOfGoneCluster(const MonitoringStackModel& state, Operation& operation);

// What a destroy leaves because it was there before.
void WarnOfNamespaces(const Stack& stack, Operation& operation);

// The stack is gone whatever comes of this: it can only warn.
void ReportOrphans(Connections& connections, kubernetes::Kubernetes& kubernetes,
                   const std::string& cluster_id, Operation& operation);

}  // namespace kproto::monitoring_stack
