// SPDX-License-Identifier: MPL-2.0
// What to do about an error, carried beside the message of an absl::Status so that code which only
// passes a status on need not know it. The one translator (provider/runtime/diagnostics) prints it.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace kproto {

// A copy of `status` with advice attached; an OK status is returned as it is.
absl::Status WithHint(absl::Status status, absl::string_view hint);

// The advice, or "".
std::string HintOf(const absl::Status& status);

// A copy of `status` whose message starts with "`context`: "; code and payloads are kept.
absl::Status Annotate(const absl::Status& status, absl::string_view context);

}  // namespace kproto
