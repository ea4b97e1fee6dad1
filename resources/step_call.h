// SPDX-License-Identifier: MPL-2.0
// A step's limits as those of a call to a cluster.
#pragma once

#include "clients/kubernetes/kubernetes.h"
#include "provider/reconcile/step.h"

namespace kproto {

inline kubernetes::Call CallOf(const StepContext& context) {
  return {context.deadline, context.stop};
}

}  // namespace kproto
