// SPDX-License-Identifier: MPL-2.0
// Directory: the files of a directory that the configuration names.
#pragma once

#include <filesystem>
#include <initializer_list>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kproto::monitoring_stack {

// Those with one of these endings (".yaml"), by name; none is no error. Errors: NotFound (no such
// directory), PermissionDenied.
absl::StatusOr<std::vector<std::filesystem::path>> FilesIn(
    const std::string& dir, std::initializer_list<absl::string_view> endings);

}  // namespace kproto::monitoring_stack
