// SPDX-License-Identifier: MPL-2.0
// What the values of several charts have in common: for the files of wiring.h.
#pragma once

#include <string>

#include "resources/monitoring_stack/wiring.h"

namespace kproto::monitoring_stack {

std::string StringOf(const Json* value, std::string otherwise = "");
// Said, and so.
bool IsFalse(const Json* value);
bool IsTrue(const Json* value);

// nodeSelector and tolerations for the pool; an empty object without one.
Json Placement(const Wiring& wiring);

Json IngressAnnotations(const IngressWanted& ingress);

}  // namespace kproto::monitoring_stack
