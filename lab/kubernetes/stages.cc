// SPDX-License-Identifier: MPL-2.0
#include "lab/kubernetes/stages.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"

namespace kproto::lab {
namespace {

// The regular expression by which stages.yaml tells images that cannot be pulled.
constexpr char kMissing[] = ":missing$";
constexpr char kOfImages[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-/:@";

}  // namespace

absl::StatusOr<std::string> WithImagesRefused(absl::string_view stages,
                                              const std::vector<std::string>& parts) {
  std::string images = kMissing;
  for (const std::string& part : parts) {
    if (part.empty() || part.find_first_not_of(kOfImages) != std::string::npos) {
      return absl::InvalidArgumentError(absl::StrCat("no image has '", part, "' in its name"));
    }
    absl::StrAppend(&images, "|", part);
  }
  std::string text(stages);
  if (absl::StrReplaceAll({{kMissing, images}}, &text) == 0) {
    return absl::InternalError("the stages do not tell which images cannot be pulled");
  }
  return text;
}

}  // namespace kproto::lab
