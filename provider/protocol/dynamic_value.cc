// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/dynamic_value.h"

#include <utility>

#include "base/status_macros.h"
#include "proto/tfplugin6.pb.h"
#include "provider/protocol/json_value.h"

namespace kproto {

absl::StatusOr<Value> FromProto(const tfplugin6::DynamicValue& wire, const Type& type) {
  if (!wire.msgpack().empty()) {
    return DecodeMsgpack(wire.msgpack(), type);
  }
  if (wire.json().empty()) {
    return Value::Null();
  }
  KPROTO_ASSIGN_OR_RETURN(const nlohmann::json json, ParseExactJson(wire.json()));
  return FromJson(json, type, Extras::kRefuse);
}

absl::Status ToProto(const Value& value, const Type& type, tfplugin6::DynamicValue& wire) {
  KPROTO_ASSIGN_OR_RETURN(*wire.mutable_msgpack(), EncodeMsgpack(value, type));
  return absl::OkStatus();
}

}  // namespace kproto
