// SPDX-License-Identifier: MPL-2.0
// Random names: nonces that mark what an apply is about to make, and names of temporary things.
#pragma once

#include <cstddef>
#include <string>

namespace kproto {

// `bytes` bytes from the kernel as 2 * bytes lower-case hexadecimal digits. Thread-safe.
std::string RandomHex(size_t bytes);

}  // namespace kproto
