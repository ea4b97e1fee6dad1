// SPDX-License-Identifier: MPL-2.0
// The `timeouts` attribute that every resource with long operations has. Limits are wall time.
#pragma once

#include <string>

#include "absl/time/time.h"
#include "provider/schema/model.h"

namespace kproto {

struct Timeouts {
  Attr<std::string> create, update, remove;  // remove: the attribute `delete`
  static const Table<Timeouts>& Fields();
};

// The limit that `written` says, else `fallback`. Bad text was refused when validating.
absl::Duration TimeoutOr(const Attr<Timeouts>& timeouts, Attr<std::string> Timeouts::*which,
                         absl::Duration fallback);

}  // namespace kproto
