// SPDX-License-Identifier: MPL-2.0
#include "clients/git/refs.h"

#include <algorithm>
#include <cstddef>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"

namespace kproto::git {
namespace {

constexpr absl::string_view kPrefixes[] = {"refs/heads/", "refs/tags/"};
constexpr size_t kHeader = 4;  // hexadecimal digits of a line's length, themselves included

absl::Status NoRepository() { return absl::InvalidArgumentError("it is no Git repository"); }

// The next line; "" for a flush.
absl::StatusOr<absl::string_view> TakeLine(absl::string_view& rest) {
  size_t length = 0;
  for (size_t i = 0; i < kHeader; ++i) {
    if (rest.size() < kHeader || !absl::ascii_isxdigit(static_cast<unsigned char>(rest[i]))) {
      return NoRepository();
    }
    const char digit = absl::ascii_tolower(static_cast<unsigned char>(rest[i]));
    length = length * 16 + static_cast<size_t>(digit <= '9' ? digit - '0' : digit - 'a' + 10);
  }
  if (length == 0) {
    rest.remove_prefix(kHeader);
    return absl::string_view();
  }
  if (length < kHeader || length > rest.size()) {
    return NoRepository();
  }
  const absl::string_view line = rest.substr(kHeader, length - kHeader);
  rest.remove_prefix(length);
  return absl::StripSuffix(line, "\n");
}

bool IsHexadecimal(const std::string& text) {
  return std::all_of(text.begin(), text.end(),
                     [](unsigned char c) { return absl::ascii_isxdigit(c) != 0; });
}

}  // namespace

absl::StatusOr<Refs> ParseAdvertisement(absl::string_view body) {
  KPROTO_ASSIGN_OR_RETURN(const absl::string_view service, TakeLine(body));
  if (service != "# service=git-upload-pack") {
    return NoRepository();
  }
  Refs refs;
  while (!body.empty()) {
    KPROTO_ASSIGN_OR_RETURN(absl::string_view line, TakeLine(body));
    line = line.substr(0, line.find('\0'));  // the first names the server's capabilities, too
    const size_t space = line.find(' ');
    if (space != absl::string_view::npos) {
      refs[std::string(line.substr(space + 1))] = std::string(line.substr(0, space));
    }
  }
  refs.erase("capabilities^{}");  // of a repository without a commit
  return refs;
}

bool MayHave(const Refs& refs, const std::string& revision) {
  const bool range = revision.find_first_of("*^~<>= ") != std::string::npos;
  const bool commit = revision.size() >= 7 && revision.size() <= 40 && IsHexadecimal(revision);
  return range || commit || revision == "HEAD" || refs.count(revision) > 0 ||
         std::any_of(std::begin(kPrefixes), std::end(kPrefixes), [&](absl::string_view prefix) {
           return refs.count(absl::StrCat(prefix, revision)) > 0;
         });
}

std::vector<std::string> ShortNames(const Refs& refs) {
  std::vector<std::string> names;
  for (const auto& [name, commit] : refs) {
    for (const absl::string_view prefix : kPrefixes) {
      if (absl::StartsWith(name, prefix) && !absl::EndsWith(name, "^{}")) {
        names.push_back(name.substr(prefix.size()));
      }
    }
  }
  return names;
}

}  // namespace kproto::git
