// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/version.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "base/status_macros.h"

namespace kproto {
namespace {

bool IsSlug(absl::string_view text) { return absl::StrContains(text, "-do."); }

bool Satisfies(const std::string& slug, const std::string& configured) {
  return configured == "latest" || slug == configured || MinorOf(slug) == configured;
}

// The newest of `slugs` that satisfies; "" when none does.
std::string Newest(const std::vector<std::string>& slugs, const std::string& configured) {
  std::string newest;
  VersionSlug best;
  for (const std::string& slug : slugs) {
    const absl::StatusOr<VersionSlug> version = ParseVersion(slug);
    if (version.ok() && Satisfies(slug, configured) && (newest.empty() || best < *version)) {
      newest = slug;
      best = *version;
    }
  }
  return newest;
}

}  // namespace

absl::StatusOr<VersionSlug> ParseVersion(absl::string_view text) {
  const std::vector<absl::string_view> parts = absl::StrSplit(text, "-do.");
  const std::vector<absl::string_view> numbers = absl::StrSplit(parts[0], '.');
  VersionSlug version;
  const bool good = parts.size() <= 2 && numbers.size() >= 2 && numbers.size() <= 3 &&
                    absl::SimpleAtoi(numbers[0], &version.major) &&
                    absl::SimpleAtoi(numbers[1], &version.minor) &&
                    (numbers.size() < 3 || absl::SimpleAtoi(numbers[2], &version.patch)) &&
                    (parts.size() < 2 || absl::SimpleAtoi(parts[1], &version.build));
  if (!good) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not a version"));
  }
  return version;
}

std::string MinorOf(absl::string_view slug) {
  const std::vector<absl::string_view> numbers = absl::StrSplit(slug, '.');
  return numbers.size() < 2 ? std::string(slug) : absl::StrCat(numbers[0], ".", numbers[1]);
}

absl::StatusOr<std::string> ResolveVersion(const std::string& configured,
                                           const std::string& current,
                                           const std::vector<std::string>& offered) {
  if (!current.empty() && Satisfies(current, configured)) {
    return current;
  }
  if (!current.empty() && configured != "latest") {
    KPROTO_ASSIGN_OR_RETURN(const VersionSlug wanted, ParseVersion(configured));
    KPROTO_ASSIGN_OR_RETURN(VersionSlug running, ParseVersion(current));
    if (!IsSlug(configured)) {
      running.patch = running.build = 0;
    }
    if (wanted < running) {
      return current;
    }
  }
  const std::string newest = Newest(offered, configured);
  if (newest.empty()) {
    return absl::InvalidArgumentError(
        absl::StrCat("version \"", configured,
                     "\" is not offered by DigitalOcean; offered: ", absl::StrJoin(offered, ", ")));
  }
  return newest;
}

}  // namespace kproto
