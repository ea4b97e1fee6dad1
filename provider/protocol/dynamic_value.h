// SPDX-License-Identifier: MPL-2.0
// Values as they travel: DynamicValue (MessagePack or JSON) ↔ Value, driven by the type that the
// schema gives. First and last step of every call that carries state or configuration. Decoding is
// strict about shape (each attribute there exactly once) and lenient about spelling (any form of a
// number); every error names the attribute and carries its path. Numbers stay exact throughout.
#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "provider/schema/type.h"
#include "provider/schema/value.h"

namespace tfplugin6 {
class DynamicValue;
}

namespace kproto {

// An empty message is null. InvalidArgument when the bytes do not fit the type.
absl::StatusOr<Value> FromProto(const tfplugin6::DynamicValue& wire, const Type& type);

// Writes MessagePack. Internal when the value does not fit the type: a bug of the provider's.
// Attributes that an object does not have are null.
absl::Status ToProto(const Value& value, const Type& type, tfplugin6::DynamicValue& wire);

absl::StatusOr<Value> DecodeMsgpack(absl::string_view bytes, const Type& type);
absl::StatusOr<std::string> EncodeMsgpack(const Value& value, const Type& type);

}  // namespace kproto
