// SPDX-License-Identifier: MPL-2.0
// Validators: checks of one value that need nothing else. Each message completes "<path> …" and
// says what is wrong and what is valid. Checks across attributes belong to Resource::Validate.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "provider/schema/schema.h"

namespace kproto {

Validator WholeNumber();
Validator Between(int64_t low, int64_t high);  // inclusive
Validator AtLeast(int64_t low);
Validator OneOf(std::vector<std::string> choices);
Validator LengthBetween(size_t low, size_t high);  // of a string in bytes, or of a collection
Validator NotEmpty();
// RE2 pattern for the whole string; `rule` says it in words: "must be lower-case letters…".
Validator Matches(std::string pattern, std::string rule);
Validator DurationText();                    // "90s", "30m", "1h30m"
Validator Cidr(int min_bits, int max_bits);  // IPv4 network in CIDR form with bits in that range
Validator EachKey(Validator validator);      // of a map: every key, as a string
Validator EachElement(Validator validator);

}  // namespace kproto
