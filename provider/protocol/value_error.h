// SPDX-License-Identifier: MPL-2.0
// The form of every error about a value's shape: "<path>: <what>", with the path attached so that
// the diagnostic points at the attribute.
#pragma once

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "provider/runtime/diagnostics.h"
#include "provider/schema/path.h"

namespace kproto {

inline absl::Status ValueError(const Path& path, absl::string_view what) {
  const std::string where = path.empty() ? "value" : path.ToString();
  return WithPath(absl::InvalidArgumentError(absl::StrCat(where, ": ", what)), path);
}

}  // namespace kproto
