// SPDX-License-Identifier: MPL-2.0
// Why an object that was deleted is still there: its finalizers and who set them, or what is left
// in a namespace. For the tail of an error.
#pragma once

#include <string>

#include "clients/kubernetes/kubernetes.h"

namespace kproto::kubernetes {

// "held by example.com/backup (set by backup-operator at 2026-01-02T03:04:05Z)"; for a namespace
// what the API server says is left in it; "" when nothing holds it.
std::string HeldBy(const Json& object);

// Whether a finalizer holds it, and what to do about that.
bool IsHeld(const Json& object);
std::string HintForHeld(const ObjectKey& key);

}  // namespace kproto::kubernetes
