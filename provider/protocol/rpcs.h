// SPDX-License-Identifier: MPL-2.0
// What each call of the protocol does: find the thing asked for, decode, call it, encode. No gRPC
// here: provider_service.cc picks the overload by the request's type and sends the response.
#pragma once

#include "proto/tfplugin6.pb.h"
#include "provider/runtime/any.h"

namespace kproto::rpc {

// Declares how a call is answered; see provider_rpcs.cc, resource_rpcs.cc, data_source_rpcs.cc,
// ephemeral_rpcs.cc, function_rpcs.cc and absent_rpcs.cc for which are where.
#define KPROTO_ANSWER(Name)                                         \
  void Answer(AnyProvider& provider, const RequestContext& context, \
              const tfplugin6::Name::Request& request, tfplugin6::Name::Response& response)

KPROTO_ANSWER(GetMetadata);
KPROTO_ANSWER(GetProviderSchema);
KPROTO_ANSWER(ValidateProviderConfig);
KPROTO_ANSWER(ConfigureProvider);

KPROTO_ANSWER(ValidateResourceConfig);
KPROTO_ANSWER(UpgradeResourceState);
KPROTO_ANSWER(ReadResource);
KPROTO_ANSWER(PlanResourceChange);
KPROTO_ANSWER(ApplyResourceChange);
KPROTO_ANSWER(ImportResourceState);
KPROTO_ANSWER(MoveResourceState);
KPROTO_ANSWER(GenerateResourceConfig);

KPROTO_ANSWER(ValidateDataResourceConfig);
KPROTO_ANSWER(ReadDataSource);

KPROTO_ANSWER(ValidateEphemeralResourceConfig);
KPROTO_ANSWER(OpenEphemeralResource);
KPROTO_ANSWER(RenewEphemeralResource);
KPROTO_ANSWER(CloseEphemeralResource);

KPROTO_ANSWER(GetFunctions);
KPROTO_ANSWER(CallFunction);

// What kproto does not have: no identities, lists or actions.
KPROTO_ANSWER(GetResourceIdentitySchemas);
KPROTO_ANSWER(UpgradeResourceIdentity);
KPROTO_ANSWER(ValidateListResourceConfig);
KPROTO_ANSWER(ValidateActionConfig);
KPROTO_ANSWER(PlanAction);
tfplugin6::ListResource::Event ListRefusal(const tfplugin6::ListResource::Request& request);
tfplugin6::InvokeAction::Event ActionRefusal(const tfplugin6::InvokeAction::Request& request);

}  // namespace kproto::rpc
