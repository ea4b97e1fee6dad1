// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/version.h"

#include <algorithm>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"

namespace kproto {
namespace {

constexpr char kLatest[] = "latest";
constexpr char kLatestPatch[] = "latest-patch";

// One condition of a constraint. `parts` says how many numbers of the version were written, and so
// how exactly others are compared with it.
struct Bound {
  std::string op;  // = != < <= > >= ~>
  VersionSlug version;
  int parts = 0;  // 2: minor, 3: patch, 4: build
};

VersionSlug Shortened(VersionSlug version, int parts) {
  version.patch = parts < 3 ? 0 : version.patch;
  version.build = parts < 4 ? 0 : version.build;
  return version;
}

// Whether the version is beyond what the bound allows: such a cluster cannot be brought back.
bool TooNew(const VersionSlug& version, const Bound& bound) {
  const VersionSlug shortened = Shortened(version, bound.parts);
  if (bound.op == "<") {
    return shortened >= bound.version;
  }
  if (bound.op == "~>") {
    return bound.parts == 2 ? version.major > bound.version.major
                            : Shortened(version, 2) > Shortened(bound.version, 2);
  }
  return (bound.op == "=" || bound.op == "<=") && shortened > bound.version;
}

bool Satisfies(const VersionSlug& version, const Bound& bound) {
  const VersionSlug shortened = Shortened(version, bound.parts);
  if (TooNew(version, bound)) {
    return false;
  }
  if (bound.op == "!=") {
    return shortened != bound.version;
  }
  if (bound.op == ">") {
    return shortened > bound.version;
  }
  return bound.op == "<" || bound.op == "<=" ||
         (bound.op == "=" ? shortened == bound.version : shortened >= bound.version);
}

absl::StatusOr<Bound> ParseBound(absl::string_view text) {
  text = absl::StripAsciiWhitespace(text);
  Bound bound{.op = "="};
  for (const char* op : {"~>", ">=", "<=", "!=", ">", "<", "="}) {
    if (absl::ConsumePrefix(&text, op)) {
      bound.op = op;
      break;
    }
  }
  text = absl::StripLeadingAsciiWhitespace(text);
  KPROTO_ASSIGN_OR_RETURN(bound.version, ParseVersion(text));
  const auto dots = std::count(text.begin(), text.end(), '.');
  bound.parts = absl::StrContains(text, "-do.") ? 4 : static_cast<int>(dots) + 1;
  // A build belongs to a patch.
  if (bound.parts == 4 && dots != 3) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not a version"));
  }
  return bound;
}

absl::StatusOr<std::vector<Bound>> ParseBounds(const std::string& configured) {
  std::vector<Bound> bounds;
  for (const absl::string_view part : absl::StrSplit(configured, ',')) {
    KPROTO_ASSIGN_OR_RETURN(bounds.emplace_back(), ParseBound(part));
  }
  return bounds;
}

bool SatisfiesAll(const VersionSlug& version, const std::vector<Bound>& bounds) {
  return std::all_of(bounds.begin(), bounds.end(),
                     [&](const Bound& bound) { return Satisfies(version, bound); });
}

// The newest of `slugs` that satisfies; "" when none does.
std::string Newest(const std::vector<std::string>& slugs, const std::vector<Bound>& bounds) {
  std::string newest;
  VersionSlug best;
  for (const std::string& slug : slugs) {
    const absl::StatusOr<VersionSlug> version = ParseVersion(slug);
    if (version.ok() && SatisfiesAll(*version, bounds) && (newest.empty() || best < *version)) {
      newest = slug;
      best = *version;
    }
  }
  return newest;
}

// Offered versions, those nearest to `wanted` first: by minor, then the newest.
std::vector<std::string> NearestFirst(const VersionSlug& wanted, std::vector<std::string> offered) {
  std::stable_sort(offered.begin(), offered.end(), [&](const std::string& a, const std::string& b) {
    const VersionSlug x = ParseVersion(a).value_or(VersionSlug());
    const VersionSlug y = ParseVersion(b).value_or(VersionSlug());
    const int to_x = std::abs(x.minor - wanted.minor);
    const int to_y = std::abs(y.minor - wanted.minor);
    return to_x != to_y ? to_x < to_y : x > y;
  });
  return offered;
}

absl::Status NotOffered(const std::string& configured, const std::vector<Bound>& bounds,
                        const std::vector<std::string>& offered) {
  const VersionSlug wanted = bounds.empty() ? VersionSlug() : bounds.front().version;
  const std::string newest = Newest(offered, {});
  const bool one = bounds.size() == 1 && bounds.front().op == "=";
  const bool old = one && !newest.empty() && wanted < ParseVersion(newest).value_or(VersionSlug());
  return absl::InvalidArgumentError(
      absl::StrCat("version \"", configured, "\" ",
                   old   ? "is not offered by DigitalOcean any more"
                   : one ? "is not offered by DigitalOcean"
                         : "leaves none of the versions that DigitalOcean offers",
                   "; offered: ", absl::StrJoin(NearestFirst(wanted, offered), ", ")));
}

std::string NewestPatchOf(const std::string& current, const std::vector<std::string>& offered) {
  const absl::StatusOr<Bound> minor = ParseBound(MinorOf(current));
  const std::string newest = minor.ok() ? Newest(offered, {*minor}) : "";
  const absl::StatusOr<VersionSlug> a = ParseVersion(current), b = ParseVersion(newest);
  return a.ok() && b.ok() && *a < *b ? newest : current;
}

}  // namespace

absl::StatusOr<VersionSlug> ParseVersion(absl::string_view text) {
  const auto number = [](absl::string_view digits, int* value) {  // no signs, no blanks
    return digits.find_first_not_of("0123456789") == digits.npos && absl::SimpleAtoi(digits, value);
  };
  const std::vector<absl::string_view> parts = absl::StrSplit(text, "-do.");
  const std::vector<absl::string_view> numbers = absl::StrSplit(parts[0], '.');
  VersionSlug version;
  const bool good = parts.size() <= 2 && numbers.size() >= 2 && numbers.size() <= 3 &&
                    number(numbers[0], &version.major) && number(numbers[1], &version.minor) &&
                    (numbers.size() < 3 || number(numbers[2], &version.patch)) &&
                    (parts.size() < 2 || number(parts[1], &version.build));
  if (!good) {
    return absl::InvalidArgumentError(absl::StrCat("\"", text, "\" is not a version"));
  }
  return version;
}

std::string MinorOf(absl::string_view slug) {
  const std::vector<absl::string_view> numbers = absl::StrSplit(slug, '.');
  return numbers.size() < 2 ? std::string(slug) : absl::StrCat(numbers[0], ".", numbers[1]);
}

absl::Status CheckVersionText(const std::string& configured) {
  if (configured == kLatest || configured == kLatestPatch || ParseBounds(configured).ok()) {
    return absl::OkStatus();
  }
  return absl::InvalidArgumentError(
      absl::StrCat("must be a minor version such as \"1.34\", a slug such as \"1.34.1-do.0\", "
                   "constraints such as \"~> 1.32\" or \">= 1.32, < 1.35\", \"latest\" or "
                   "\"latest-patch\", got \"",
                   configured, "\""));
}

bool SatisfiesVersion(const std::string& slug, const std::string& configured) {
  if (configured == kLatest || configured == kLatestPatch || slug == configured) {
    return true;
  }
  const auto bounds = ParseBounds(configured);
  const auto version = ParseVersion(slug);
  return bounds.ok() && version.ok() && SatisfiesAll(*version, *bounds);
}

absl::StatusOr<std::string> ResolveVersion(const std::string& configured,
                                           const std::string& current,
                                           const std::vector<std::string>& offered) {
  if (!current.empty() && configured == kLatestPatch) {
    return NewestPatchOf(current, offered);
  }
  if (!current.empty() && SatisfiesVersion(current, configured)) {
    return current;
  }
  std::vector<Bound> bounds;
  if (configured != kLatest && configured != kLatestPatch) {
    KPROTO_ASSIGN_OR_RETURN(bounds, ParseBounds(configured));
  }
  VersionSlug running;
  if (!current.empty()) {
    KPROTO_ASSIGN_OR_RETURN(running, ParseVersion(current));
    if (std::any_of(bounds.begin(), bounds.end(),
                    [&](const Bound& bound) { return TooNew(running, bound); })) {
      return current;
    }
  }
  const std::string newest = Newest(offered, bounds);
  if (newest.empty()) {
    return NotOffered(configured, bounds, offered);
  }
  return current.empty() || running < *ParseVersion(newest) ? newest : current;
}

}  // namespace kproto
