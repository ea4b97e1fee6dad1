// SPDX-License-Identifier: MPL-2.0
// What data sources share: plain lists as attributes, and lists of names in messages. Pure.
#pragma once

#include <string>
#include <vector>

#include "provider/schema/attr.h"

namespace kproto {

ListOf<std::string> ToList(const std::vector<std::string>& texts);

// "a, b, c": for "There are: …". A long list is cut and says how much is left; "none" when empty.
std::string InWords(const std::vector<std::string>& names);

}  // namespace kproto
