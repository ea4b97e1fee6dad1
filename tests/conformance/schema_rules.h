// SPDX-License-Identifier: MPL-2.0
// The rules that hosts check in every schema before they use it (a violation makes them call the
// whole provider buggy), as one function over what GetProviderSchema answers.
#pragma once

#include <string>
#include <vector>

#include "proto/tfplugin6.pb.h"

namespace kproto::testing {

// One line for each violation, with where it is; empty when all is well.
std::vector<std::string> BrokenSchemaRules(const tfplugin6::GetProviderSchema::Response& schema);

// A configuration for the schema in MessagePack: every attribute that can be set is unknown, there
// are no blocks.
std::string UnknownConfig(const tfplugin6::Schema& schema);

}  // namespace kproto::testing
