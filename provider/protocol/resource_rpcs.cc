// SPDX-License-Identifier: MPL-2.0
// Calls about managed resources, in the order of a resource's life. What the host would refuse or
// lose (an unknown after a failed apply, a null block, a stored write-only value) is put right
// here once, for all resources.
#include <utility>

#include "base/status_macros.h"
#include "provider/protocol/dynamic_value.h"
#include "provider/protocol/json_value.h"
#include "provider/protocol/reply.h"
#include "provider/protocol/rpcs.h"
#include "provider/protocol/state_shape.h"
#include "provider/runtime/plan.h"

namespace kproto::rpc {
namespace {

absl::StatusOr<AnyResource*> FindResource(const AnyProvider& provider, const std::string& type) {
  return Find(provider.resources(), type, "resource");
}

absl::Status StateToProto(const AnyResource& resource, Value state, tfplugin6::DynamicValue& wire) {
  const Schema& schema = resource.schema();
  return ToProto(ToStoredShape(schema, std::move(state)), schema.ImpliedType(), wire);
}

// State as it was stored, brought to the current version of the schema.
absl::StatusOr<Value> Upgraded(const AnyResource& resource, int64_t version,
                               const tfplugin6::RawState& raw) {
  const Schema& schema = resource.schema();
  if (raw.json().empty()) {
    return absl::FailedPreconditionError(
        "the stored state is in the format of Terraform before 0.12");
  }
  if (version > schema.version) {
    return absl::FailedPreconditionError(
        absl::StrCat("the stored state has version ", version, " of the schema of ",
                     resource.type_name(), ", this provider only knows ", schema.version));
  }
  KPROTO_ASSIGN_OR_RETURN(nlohmann::json json, ParseExactJson(raw.json()));
  if (version < schema.version) {
    KPROTO_ASSIGN_OR_RETURN(json, resource.Upgrade(version, std::move(json)));
  }
  if (!json.is_object()) {
    return absl::InvalidArgumentError("the stored state is no JSON object");
  }
  return FromJson(json, schema.ImpliedType(), Extras::kIgnore);
}

}  // namespace

KPROTO_ANSWER(ValidateResourceConfig) {
  Reply(response, [&](Diagnostics& diagnostics) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(AnyResource * resource, FindResource(provider, request.type_name()));
    KPROTO_ASSIGN_OR_RETURN(const Value config,
                            FromProto(request.config(), resource->schema().ImpliedType()));
    resource->Validate(context, config, diagnostics);
    return absl::OkStatus();
  });
}

KPROTO_ANSWER(UpgradeResourceState) {
  (void)context;
  Reply(response, [&](Diagnostics&) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(AnyResource * resource, FindResource(provider, request.type_name()));
    KPROTO_ASSIGN_OR_RETURN(Value state,
                            Upgraded(*resource, request.version(), request.raw_state()));
    return StateToProto(*resource, std::move(state), *response.mutable_upgraded_state());
  });
}

KPROTO_ANSWER(ReadResource) {
  // Until the read has succeeded, the answer is what the host has.
  *response.mutable_new_state() = request.current_state();
  response.set_private_(request.private_());
  Reply(response, [&](Diagnostics& diagnostics) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(AnyResource * resource, FindResource(provider, request.type_name()));
    KPROTO_ASSIGN_OR_RETURN(const Value current,
                            FromProto(request.current_state(), resource->schema().ImpliedType()));
    StateResult result = resource->Read(context, current, request.private_(), diagnostics);
    if (diagnostics.has_error()) {
      return absl::OkStatus();
    }
    response.set_private_(result.private_state);
    return StateToProto(*resource, std::move(result.state), *response.mutable_new_state());
  });
}

KPROTO_ANSWER(PlanResourceChange) {
  Reply(response, [&](Diagnostics& diagnostics) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(AnyResource * resource, FindResource(provider, request.type_name()));
    const Type type = resource->schema().ImpliedType();
    PlanRequest plan{.prior_private = request.prior_private()};
    KPROTO_ASSIGN_OR_RETURN(plan.prior, FromProto(request.prior_state(), type));
    KPROTO_ASSIGN_OR_RETURN(plan.proposed, FromProto(request.proposed_new_state(), type));
    KPROTO_ASSIGN_OR_RETURN(plan.config, FromProto(request.config(), type));
    PlanResult result = resource->Plan(context, plan, diagnostics);
    if (diagnostics.has_error()) {
      return absl::OkStatus();
    }
    for (const Path& path : result.requires_replace) {
      ToProto(path, *response.add_requires_replace());
    }
    response.set_planned_private(result.planned_private);
    Value planned = plan.proposed.is_null() ? Value::Null() : std::move(result.planned);
    return StateToProto(*resource, std::move(planned), *response.mutable_planned_state());
  });
}

KPROTO_ANSWER(ApplyResourceChange) {
  Reply(response, [&](Diagnostics& diagnostics) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(AnyResource * resource, FindResource(provider, request.type_name()));
    const Type type = resource->schema().ImpliedType();
    ApplyRequest apply{.planned_private = request.planned_private()};
    KPROTO_ASSIGN_OR_RETURN(apply.prior, FromProto(request.prior_state(), type));
    KPROTO_ASSIGN_OR_RETURN(apply.planned, FromProto(request.planned_state(), type));
    KPROTO_ASSIGN_OR_RETURN(apply.config, FromProto(request.config(), type));
    StateResult result = resource->Apply(context, apply, diagnostics);
    if (diagnostics.has_error()) {
      // The host keeps what is here: all that is known, and for a failed delete the object.
      const bool is_delete = apply.planned.is_null();
      const Value& left = is_delete && result.state.is_null() ? apply.prior : result.state;
      result.state = WithoutUnknowns(left, Value::Null());
    }
    response.set_private_(result.private_state);
    return StateToProto(*resource, std::move(result.state), *response.mutable_new_state());
  });
}

KPROTO_ANSWER(ImportResourceState) {
  Reply(response, [&](Diagnostics& diagnostics) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(AnyResource * resource, FindResource(provider, request.type_name()));
    if (request.id().empty()) {
      return absl::FailedPreconditionError("an import needs an id; identities are not supported");
    }
    StateResult result = resource->Import(context, request.id(), diagnostics);
    if (diagnostics.has_error()) {
      return absl::OkStatus();
    }
    tfplugin6::ImportResourceState::ImportedResource& imported = *response.add_imported_resources();
    imported.set_type_name(request.type_name());
    imported.set_private_(result.private_state);
    return StateToProto(*resource, std::move(result.state), *imported.mutable_state());
  });
}

KPROTO_ANSWER(MoveResourceState) {
  (void)context;
  Reply(response, [&](Diagnostics&) -> absl::Status {
    const auto target = FindResource(provider, request.target_type_name());
    KPROTO_RETURN_IF_ERROR(target.status());
    return absl::FailedPreconditionError(absl::StrCat(
        "a ", request.source_type_name(), " of ", request.source_provider_address(),
        " cannot become a ", request.target_type_name(),
        "; import the object into a new resource instead, and forget the old one with a "
        "\"removed\" block"));
  });
}

KPROTO_ANSWER(GenerateResourceConfig) {
  (void)context;
  Reply(response, [&](Diagnostics&) -> absl::Status {
    KPROTO_ASSIGN_OR_RETURN(AnyResource * resource, FindResource(provider, request.type_name()));
    const Schema& schema = resource->schema();
    KPROTO_ASSIGN_OR_RETURN(Value state, FromProto(request.state(), schema.ImpliedType()));
    return ToProto(ToConfigShape(schema, std::move(state)), schema.ImpliedType(),
                   *response.mutable_config());
  });
}

}  // namespace kproto::rpc
