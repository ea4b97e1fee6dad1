// SPDX-License-Identifier: MPL-2.0
// The toy provider: the smallest that has one of everything. See toy_thing.h.
#pragma once

#include <memory>

#include "provider/runtime/any.h"

namespace kproto::toy {

std::unique_ptr<AnyProvider> MakeProvider();

}  // namespace kproto::toy
