// SPDX-License-Identifier: MPL-2.0
// Calls about what kproto does not offer: resource identities, list resources and actions. A host
// has no reason to make most of them; who does gets a diagnostic rather than a broken connection.
#include "provider/protocol/reply.h"
#include "provider/protocol/rpcs.h"

namespace kproto::rpc {
namespace {

absl::Status NoSuch(const char* kind, const std::string& type_name) {
  return absl::NotFoundError(absl::StrCat("there is no ", kind, " type \"", type_name, "\""));
}

}  // namespace

KPROTO_ANSWER(GetResourceIdentitySchemas) {
  (void)provider, (void)context, (void)request, (void)response;  // None: an empty answer.
}

KPROTO_ANSWER(UpgradeResourceIdentity) {
  (void)provider, (void)context;
  Reply(response, [&](Diagnostics&) -> absl::Status {
    return absl::FailedPreconditionError(
        absl::StrCat("the resource type \"", request.type_name(), "\" has no identity"));
  });
}

KPROTO_ANSWER(ValidateListResourceConfig) {
  (void)provider, (void)context;
  Reply(response, [&](Diagnostics&) { return NoSuch("list resource", request.type_name()); });
}

KPROTO_ANSWER(ValidateActionConfig) {
  (void)provider, (void)context;
  Reply(response, [&](Diagnostics&) { return NoSuch("action", request.action_type()); });
}

KPROTO_ANSWER(PlanAction) {
  (void)provider, (void)context;
  Reply(response, [&](Diagnostics&) { return NoSuch("action", request.action_type()); });
}

tfplugin6::ListResource::Event ListRefusal(const tfplugin6::ListResource::Request& request) {
  Diagnostics diagnostics;
  const absl::Status status = NoSuch("list resource", request.type_name());
  diagnostics.AddStatus(status, SummaryOf(status));
  tfplugin6::ListResource::Event event;
  ToProto(diagnostics, *event.mutable_diagnostic());
  return event;
}

tfplugin6::InvokeAction::Event ActionRefusal(const tfplugin6::InvokeAction::Request& request) {
  tfplugin6::InvokeAction::Event event;
  Reply(*event.mutable_completed(),
        [&](Diagnostics&) { return NoSuch("action", request.action_type()); });
  return event;
}

}  // namespace kproto::rpc
