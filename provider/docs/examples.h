// SPDX-License-Identifier: MPL-2.0
// The example configurations as the documentation uses them: which folder shows what, so that a
// page needs no example of its own and every example shown is one that the tests apply.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace kproto {

struct Example {
  std::string folder;     // its name
  std::string main;       // text of main.tf
  std::string import_sh;  // text of import.sh; empty when it has none
};

// One for each folder of `directory` that has a main.tf, by name. Error: NotFound.
absl::StatusOr<std::vector<Example>> ReadExamples(const std::string& directory);

// The shortest example that has this text, such as `resource "toy_thing"` or
// `provider::toy::join(`; nullptr when none has.
const Example* SimplestWith(const std::vector<Example>& examples, const std::string& text);

// The example of this folder; nullptr when there is none.
const Example* Named(const std::vector<Example>& examples, const std::string& folder);

}  // namespace kproto
