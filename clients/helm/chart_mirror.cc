// SPDX-License-Identifier: MPL-2.0
#include "clients/helm/chart_mirror.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"

namespace kproto::helm {

std::string MirroredRepository(absl::string_view mirror, absl::string_view repo_url) {
  while (absl::ConsumeSuffix(&mirror, "/")) {
  }
  absl::string_view place = repo_url;
  const bool http =
      absl::ConsumePrefix(&place, "https://") || absl::ConsumePrefix(&place, "http://");
  const bool there = repo_url == mirror || absl::StartsWith(repo_url, absl::StrCat(mirror, "/"));
  if (mirror.empty() || !http || there) {
    return std::string(repo_url);
  }
  return absl::StrCat(mirror, "/", place);
}

}  // namespace kproto::helm
