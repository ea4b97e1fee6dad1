// SPDX-License-Identifier: MPL-2.0
// What KWOK does in the kubelet's place is written in stages.yaml; here it is bent for a scene.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace kproto::lab {

// `stages` in which an image cannot be pulled that has one of `parts` in its name, beside those
// tagged `missing`. InvalidArgument when a part has characters that no image has.
absl::StatusOr<std::string> WithImagesRefused(absl::string_view stages,
                                              const std::vector<std::string>& parts);

}  // namespace kproto::lab
