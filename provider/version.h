// SPDX-License-Identifier: MPL-2.0
// The provider's version, set by the build from CMakeLists.txt.
#pragma once

namespace kproto {

inline constexpr char kVersion[] = KPROTO_VERSION;

}  // namespace kproto
