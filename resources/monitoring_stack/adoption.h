// SPDX-License-Identifier: MPL-2.0
// Adoption: what an import makes of a stack that it finds, made by an earlier apply or by hand:
// which parts it has, read from the record beside it and from its objects, and what the next apply
// will take over. The steps do the taking over: an import only looks.
#pragma once

#include <string>
#include <vector>

#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/access.h"
#include "resources/monitoring_stack/checks/rendered_stack.h"
#include "resources/monitoring_stack/model.h"
#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// Whether a state is one that an import has begun and no read has finished.
bool IsFreshImport(const MonitoringStackModel& state);

// Fills in which parts the stack in the cluster has, so that what shall be can be worked out and
// the steps look in the right places. Objects that nobody marked as kproto's say nothing: to take
// something for a part that is none would be to delete it with the next apply.
absl::Status RecogniseParts(Access& access, const kubernetes::Call& call,
                            MonitoringStackModel& state);

// What the data of the stack in the cluster hangs on, as the steps have observed it: from here on
// the rule data_loss keeps a plan from giving it up.
absl::StatusOr<DataFacts> ObservedData(Stack& stack, const kubernetes::Call& call);

// Whether nobody marked it as kproto's.
bool IsForeign(const argocd::Application& application);

// What was observed, is wanted and was not made by kproto, a sentence for each.
std::vector<std::string> Takeovers(const Stack& stack);

// Applications of the state that are not part of the stack any more. Those that kproto made are
// known by their mark; of those that an import found only the state knows.
std::vector<std::string> NoLongerWanted(const MonitoringStackModel& prior, const Desired& desired);

// Once `state` reflects what was observed: what an apply would have written into it and no object
// shows. Of a stack that is still to be taken over the next plan says it.
void CompleteImport(const RenderedStack& picture, Stack& stack, const kubernetes::Call& call,
                    MonitoringStackModel& state);

// Says at plan time which of these a refresh has found.
void WarnOfTakeovers(const MonitoringStackModel& prior, Diagnostics& diagnostics);

}  // namespace kproto::monitoring_stack
