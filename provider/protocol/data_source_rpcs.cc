// SPDX-License-Identifier: MPL-2.0
// Calls about data sources.
#include <utility>

#include "base/status_macros.h"
#include "provider/protocol/dynamic_value.h"
#include "provider/protocol/reply.h"
#include "provider/protocol/rpcs.h"
#include "provider/protocol/state_shape.h"

namespace kproto::rpc {

KPROTO_ANSWER(ValidateDataResourceConfig) {
  Reply(response, [&](Diagnostics& diagnostics) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(AnyDataSource * source,
                            Find(provider.data_sources(), request.type_name(), "data source"));
    KPROTO_ASSIGN_OR_RETURN(const Value config,
                            FromProto(request.config(), source->schema().ImpliedType()));
    source->Validate(context, config, diagnostics);
    return absl::OkStatus();
  });
}

KPROTO_ANSWER(ReadDataSource) {
  Reply(response, [&](Diagnostics& diagnostics) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(AnyDataSource * source,
                            Find(provider.data_sources(), request.type_name(), "data source"));
    const Schema& schema = source->schema();
    KPROTO_ASSIGN_OR_RETURN(const Value config, FromProto(request.config(), schema.ImpliedType()));
    Value state = source->Read(context, config, diagnostics);
    if (diagnostics.has_error()) {
      return absl::OkStatus();
    }
    return ToProto(ToStoredShape(schema, std::move(state)), schema.ImpliedType(),
                   *response.mutable_state());
  });
}

}  // namespace kproto::rpc
