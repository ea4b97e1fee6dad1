// SPDX-License-Identifier: MPL-2.0
#include "provider/schema/path.h"

#include "absl/strings/str_cat.h"

namespace kproto {

std::string Path::ToString() const {
  std::string text;
  for (const Step& step : steps_) {
    if (const auto* attribute = std::get_if<AttributeName>(&step)) {
      absl::StrAppend(&text, text.empty() ? "" : ".", attribute->name);
    } else if (const auto* key = std::get_if<std::string>(&step)) {
      absl::StrAppend(&text, "[\"", *key, "\"]");
    } else {
      absl::StrAppend(&text, "[", std::get<int64_t>(step), "]");
    }
  }
  return text;
}

}  // namespace kproto
