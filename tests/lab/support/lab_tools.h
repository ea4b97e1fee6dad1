// SPDX-License-Identifier: MPL-2.0
// The lab's real tools for tests that need them.
#pragma once

#include <string>

#include "lab/process/tools.h"

namespace kproto::lab::testing {

// Found or built once for the whole process; fails the test when they cannot be had.
const Tools& RealTools();

// The repository's lab/ folder.
std::string LabFolder();

}  // namespace kproto::lab::testing
