// SPDX-License-Identifier: MPL-2.0
// What a failed helm said on stderr → absl::Status. Helm has no machine-readable errors, so this is
// the one place that knows its sentences (those of 3.22 and 4.3). Pure.
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "clients/helm/helm.h"

namespace kproto::helm {

// The sentence after "Error: ", with warnings before and advice about --debug after it cut off;
// a chart's own text is kept whole. The code as listed in helm.h; Unknown for what we do not know.
absl::Status StatusFromStderr(absl::string_view err);

// True for "there is no release of that name".
bool IsReleaseNotFound(const absl::Status& status);

// `text` without the values that a person would call secret: every string in `values` under a key
// such as password, token or key. Charts' schemas quote what they refuse.
std::string RedactValues(std::string text, const Json& values);

}  // namespace kproto::helm
