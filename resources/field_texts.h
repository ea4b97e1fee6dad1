// SPDX-License-Identifier: MPL-2.0
// Texts that attributes of several resources take.
#pragma once

#include "provider/schema/model.h"

namespace kproto {

// The name of a Kubernetes namespace.
Validator NamespaceText();
// The URL of a Helm chart repository.
Validator ChartRepositoryText();

}  // namespace kproto
