// SPDX-License-Identifier: MPL-2.0
// Checks a configuration against its schema: what the host leaves to the provider (required and
// read-only attributes, write-only support) and every attribute's validators. Unknown values pass.
#pragma once

#include "provider/runtime/any.h"
#include "provider/runtime/diagnostics.h"
#include "provider/schema/schema.h"

namespace kproto {

void ValidateConfig(const Schema& schema, const Value& config, const ClientCapabilities& client,
                    Diagnostics& diagnostics);

}  // namespace kproto
