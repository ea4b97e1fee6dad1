// SPDX-License-Identifier: MPL-2.0
// Files that hold secrets (keys, tokens, kubeconfigs): never readable by others, not even for the
// moment between creation and chmod, and never half written.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kproto::lab {

// Mode 0600, replaced in one step.
absl::Status WritePrivateFile(const std::string& path, absl::string_view contents);

// NotFound when there is no such file.
absl::StatusOr<std::string> ReadFile(const std::string& path);

// The directory and its parents; the last one only for the owner (0700).
absl::Status MakePrivateDirectory(const std::string& path);

}  // namespace kproto::lab
