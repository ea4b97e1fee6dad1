// SPDX-License-Identifier: MPL-2.0
// Function size_for: the cheapest of given sizes that is large enough. Pure: it takes what
// data.kproto_sizes read rather than a table of its own, which would be wrong the day prices or
// regions change.
#pragma once

#include <memory>

#include "provider/runtime/any.h"

namespace kproto {

std::unique_ptr<AnyFunction> MakeSizeFor();

}  // namespace kproto
