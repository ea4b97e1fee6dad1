// SPDX-License-Identifier: MPL-2.0
// Calls about ephemeral resources: opened for one run, renewed while it lasts, closed at its end.
#include <utility>

#include "base/status_macros.h"
#include "provider/protocol/dynamic_value.h"
#include "provider/protocol/reply.h"
#include "provider/protocol/rpcs.h"
#include "provider/protocol/state_shape.h"

namespace kproto::rpc {
namespace {

absl::StatusOr<AnyEphemeralResource*> FindEphemeral(const AnyProvider& provider,
                                                    const std::string& type) {
  return Find(provider.ephemeral_resources(), type, "ephemeral resource");
}

// What the answers to Open and Renew have in common.
template <typename Response>
void SetLease(const EphemeralResult& result, Response& response) {
  response.set_private_(result.private_state);
  if (result.renew_at) {
    const int64_t nanos = absl::ToUnixNanos(*result.renew_at);
    response.mutable_renew_at()->set_seconds(nanos / 1'000'000'000);
    response.mutable_renew_at()->set_nanos(static_cast<int32_t>(nanos % 1'000'000'000));
  }
}

}  // namespace

KPROTO_ANSWER(ValidateEphemeralResourceConfig) {
  Reply(response, [&](Diagnostics& diagnostics) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(AnyEphemeralResource * ephemeral,
                            FindEphemeral(provider, request.type_name()));
    KPROTO_ASSIGN_OR_RETURN(const Value config,
                            FromProto(request.config(), ephemeral->schema().ImpliedType()));
    ephemeral->Validate(context, config, diagnostics);
    return absl::OkStatus();
  });
}

KPROTO_ANSWER(OpenEphemeralResource) {
  Reply(response, [&](Diagnostics& diagnostics) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(AnyEphemeralResource * ephemeral,
                            FindEphemeral(provider, request.type_name()));
    const Schema& schema = ephemeral->schema();
    KPROTO_ASSIGN_OR_RETURN(const Value config, FromProto(request.config(), schema.ImpliedType()));
    EphemeralResult result = ephemeral->Open(context, config, diagnostics);
    if (diagnostics.has_error()) {
      return absl::OkStatus();
    }
    SetLease(result, response);
    return ToProto(ToStoredShape(schema, std::move(result.result)), schema.ImpliedType(),
                   *response.mutable_result());
  });
}

KPROTO_ANSWER(RenewEphemeralResource) {
  Reply(response, [&](Diagnostics& diagnostics) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(AnyEphemeralResource * ephemeral,
                            FindEphemeral(provider, request.type_name()));
    const EphemeralResult result = ephemeral->Renew(context, request.private_(), diagnostics);
    if (!diagnostics.has_error()) {
      SetLease(result, response);
    }
    return absl::OkStatus();
  });
}

KPROTO_ANSWER(CloseEphemeralResource) {
  Reply(response, [&](Diagnostics& diagnostics) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(AnyEphemeralResource * ephemeral,
                            FindEphemeral(provider, request.type_name()));
    ephemeral->Close(context, request.private_(), diagnostics);
    return absl::OkStatus();
  });
}

}  // namespace kproto::rpc
