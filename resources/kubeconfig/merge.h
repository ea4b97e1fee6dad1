// SPDX-License-Identifier: MPL-2.0
// Function kubeconfig_merge: several kubeconfigs as one, text in and text out. Pure: no file is
// read, and entries that name files stay as they are. No error repeats a value.
#pragma once

#include <memory>

#include "provider/runtime/any.h"

namespace kproto {

std::unique_ptr<AnyFunction> MakeKubeconfigMerge();

}  // namespace kproto
