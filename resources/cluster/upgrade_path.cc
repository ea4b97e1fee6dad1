// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/upgrade_path.h"

#include <algorithm>
#include <optional>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "resources/cluster/version.h"

namespace kproto {
namespace {

// The newest of `slugs` of this minor that is above `floor`; slugs that cannot be read do not
// count.
std::optional<std::string> NewestOf(int minor, const std::vector<std::string>& slugs,
                                    VersionSlug floor) {
  std::optional<std::string> newest;
  for (const std::string& slug : slugs) {
    const absl::StatusOr<VersionSlug> version = ParseVersion(slug);
    if (version.ok() && version->minor == minor && floor < *version) {
      newest = slug;
      floor = *version;
    }
  }
  return newest;
}

bool Lists(const std::vector<std::string>& slugs, const std::string& slug) {
  return std::find(slugs.begin(), slugs.end(), slug) != slugs.end();
}

absl::Status NoWay(const std::string& current, const std::string& target,
                   const std::vector<std::string>& next, const std::string& why) {
  return WithHint(absl::FailedPreconditionError(
                      absl::StrCat("no upgrade leads from ", current, " to ", target, ": ", why)),
                  next.empty()
                      ? std::string("DigitalOcean offers this cluster no upgrade at present.")
                      : absl::StrCat("Possible now: ", absl::StrJoin(next, ", "), "."));
}

}  // namespace

absl::StatusOr<std::string> NextHop(const std::string& current, const std::string& target,
                                    const std::vector<std::string>& next) {
  KPROTO_ASSIGN_OR_RETURN(const VersionSlug from, ParseVersion(current));
  KPROTO_ASSIGN_OR_RETURN(const VersionSlug to, ParseVersion(target));
  if (to <= from) {
    return NoWay(current, target, next, "a cluster is never downgraded");
  }
  if (to.minor == from.minor) {
    return Lists(next, target) ? absl::StatusOr<std::string>(target)
                               : NoWay(current, target, next,
                                       "DigitalOcean does not list it among the upgrades of this "
                                       "cluster");
  }
  if (const auto patch = NewestOf(from.minor, next, from)) {
    return *patch;
  }
  if (to.minor == from.minor + 1 && Lists(next, target)) {
    return target;
  }
  const auto newest = NewestOf(from.minor + 1, next, from);
  if (newest && to.minor > from.minor + 1) {
    return *newest;
  }
  return NoWay(current, target, next,
               newest ? absl::StrCat("of 1.", to.minor, " only ", *newest, " is offered to it")
                      : absl::StrCat("it would have to pass 1.", from.minor + 1,
                                     ", which is not offered to it"));
}

absl::StatusOr<std::vector<std::string>> UpgradePath(const std::string& current,
                                                     const std::string& target,
                                                     const std::vector<std::string>& next,
                                                     const std::vector<std::string>& offered) {
  std::vector<std::string> path;
  if (current == target) {
    return path;
  }
  KPROTO_ASSIGN_OR_RETURN(const VersionSlug to, ParseVersion(target));
  KPROTO_ASSIGN_OR_RETURN(std::string at, NextHop(current, target, next));
  path.push_back(at);
  while (at != target) {
    KPROTO_ASSIGN_OR_RETURN(const VersionSlug here, ParseVersion(at));
    if (here.minor + 1 >= to.minor) {
      at = target;
    } else if (const auto newest = NewestOf(here.minor + 1, offered, here)) {
      at = *newest;
    } else {
      return NoWay(current, target, next,
                   absl::StrCat("it would have to pass 1.", here.minor + 1,
                                ", which DigitalOcean no longer offers"));
    }
    path.push_back(at);
  }
  return path;
}

}  // namespace kproto
