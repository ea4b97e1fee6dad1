// SPDX-License-Identifier: MPL-2.0
// Calls about the provider as a whole.
#include "base/status_macros.h"
#include "provider/protocol/dynamic_value.h"
#include "provider/protocol/reply.h"
#include "provider/protocol/rpcs.h"
#include "provider/protocol/schema_proto.h"
#include "provider/protocol/state_shape.h"

namespace kproto::rpc {
namespace {

void SetCapabilities(tfplugin6::ServerCapabilities& wire) {
  wire.set_plan_destroy(true);
  wire.set_get_provider_schema_optional(true);
  wire.set_move_resource_state(true);
  wire.set_generate_resource_config(true);
}

}  // namespace

KPROTO_ANSWER(GetMetadata) {
  (void)context, (void)request;
  SetCapabilities(*response.mutable_server_capabilities());
  for (const AnyResource* resource : provider.resources()) {
    response.add_resources()->set_type_name(resource->type_name());
  }
  for (const AnyDataSource* data_source : provider.data_sources()) {
    response.add_data_sources()->set_type_name(data_source->type_name());
  }
  for (const AnyEphemeralResource* ephemeral : provider.ephemeral_resources()) {
    response.add_ephemeral_resources()->set_type_name(ephemeral->type_name());
  }
  for (const AnyFunction* function : provider.functions()) {
    response.add_functions()->set_name(function->name());
  }
}

KPROTO_ANSWER(GetProviderSchema) {
  (void)context, (void)request;
  SetCapabilities(*response.mutable_server_capabilities());
  ToProto(provider.schema(), *response.mutable_provider());
  for (const AnyResource* resource : provider.resources()) {
    ToProto(resource->schema(), (*response.mutable_resource_schemas())[resource->type_name()]);
  }
  for (const AnyDataSource* data_source : provider.data_sources()) {
    ToProto(data_source->schema(),
            (*response.mutable_data_source_schemas())[data_source->type_name()]);
  }
  for (const AnyEphemeralResource* ephemeral : provider.ephemeral_resources()) {
    ToProto(ephemeral->schema(),
            (*response.mutable_ephemeral_resource_schemas())[ephemeral->type_name()]);
  }
  for (const AnyFunction* function : provider.functions()) {
    ToProto(*function, (*response.mutable_functions())[function->name()]);
  }
}

KPROTO_ANSWER(ValidateProviderConfig) {
  Reply(response, [&](Diagnostics& diagnostics) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(const Value config,
                            FromProto(request.config(), provider.schema().ImpliedType()));
    provider.Validate(context, config, diagnostics);
    return absl::OkStatus();
  });
}

KPROTO_ANSWER(ConfigureProvider) {
  Reply(response, [&](Diagnostics& diagnostics) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(const Value config,
                            FromProto(request.config(), provider.schema().ImpliedType()));
    provider.Configure(context, config, diagnostics);
    return absl::OkStatus();
  });
}

}  // namespace kproto::rpc
