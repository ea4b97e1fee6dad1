// SPDX-License-Identifier: MPL-2.0
// toy_thing: a resource with every kind of attribute, for the conformance tests. The "cloud" is a
// folder: each thing is one file in it, which tests may look at, change and remove.
#pragma once

#include <memory>
#include <string>

#include "provider/runtime/any.h"

namespace kproto::toy {

// Where things live; set by the provider's configuration.
struct Store {
  std::string directory;
};

std::unique_ptr<AnyResource> MakeThing(const Store& store);
std::unique_ptr<AnyDataSource> MakeThingData(const Store& store);

}  // namespace kproto::toy
