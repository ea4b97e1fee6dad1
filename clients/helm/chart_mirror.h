// SPDX-License-Identifier: MPL-2.0
// Where a chart repository is found when a mirror stands in for the internet (air-gapped sites, the
// lab). Pure; applied to the URL that Helm gets and to the one that Argo CD gets alike.
#pragma once

#include <string>

#include "absl/strings/string_view.h"

namespace kproto::helm {

// `https://argoproj.github.io/argo-helm` under mirror `http://m` is
// `http://m/argoproj.github.io/argo-helm`. An empty mirror, an oci:// URL and a URL already under
// the mirror stay as they are.
std::string MirroredRepository(absl::string_view mirror, absl::string_view repo_url);

}  // namespace kproto::helm
