// SPDX-License-Identifier: MPL-2.0
// Schemas and function signatures on their way to the host (GetProviderSchema, GetFunctions).
#pragma once

#include "proto/tfplugin6.pb.h"
#include "provider/runtime/any.h"
#include "provider/schema/schema.h"

namespace kproto {

// Descriptions are Markdown. A default makes an optional attribute computed as well: without that
// the host would not accept the default in a plan.
void ToProto(const Schema& schema, tfplugin6::Schema& wire);
void ToProto(const AnyFunction& function, tfplugin6::Function& wire);

}  // namespace kproto
