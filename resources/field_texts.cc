// SPDX-License-Identifier: MPL-2.0
#include "resources/field_texts.h"

#include "provider/schema/validators.h"

namespace kproto {

Validator NamespaceText() {
  return Matches("[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?",
                 "must have 1 to 63 lower-case letters, digits and dashes, no dash at either end");
}

Validator ChartRepositoryText() {
  return Matches("(https?|oci)://.+", "must be the URL of a chart repository");
}

}  // namespace kproto
