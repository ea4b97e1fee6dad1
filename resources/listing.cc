// SPDX-License-Identifier: MPL-2.0
#include "resources/listing.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace kproto {
namespace {

// More than fits a screen helps nobody.
constexpr size_t kMostNames = 40;

}  // namespace

ListOf<std::string> ToList(const std::vector<std::string>& texts) {
  return ListOf<std::string>(texts.begin(), texts.end());
}

std::string InWords(const std::vector<std::string>& names) {
  if (names.empty()) {
    return "none";
  }
  if (names.size() <= kMostNames) {
    return absl::StrJoin(names, ", ");
  }
  return absl::StrCat(absl::StrJoin(names.begin(), names.begin() + kMostNames, ", "), " and ",
                      names.size() - kMostNames, " more");
}

}  // namespace kproto
