// SPDX-License-Identifier: MPL-2.0
#include "clients/helm/release_json.h"

#include <algorithm>
#include <utility>

#include "absl/strings/ascii.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::helm {

using kubernetes::IntAt;
using kubernetes::StringAt;

absl::StatusOr<Release> ReleaseFromRecord(absl::string_view out, const ReleaseKey& key) {
  const Json record = Json::parse(out.begin(), out.end(), nullptr, false);
  Release release;
  release.key = key;
  release.revision = IntAt(record, "/version");
  release.status = ParseReleaseStatus(StringAt(record, "/info/status"));
  release.description = StringAt(record, "/info/description");
  release.chart_name = StringAt(record, "/chart/metadata/name");
  release.chart_version = StringAt(record, "/chart/metadata/version");
  release.app_version = StringAt(record, "/chart/metadata/appVersion");
  if (release.revision == 0) {
    return absl::DataLossError("helm's answer is not a release record");
  }
  return release;
}

absl::StatusOr<std::vector<Release>> ReleasesFromHistory(absl::string_view out,
                                                         const ReleaseKey& key) {
  const Json history = Json::parse(out.begin(), out.end(), nullptr, false);
  if (!history.is_array()) {
    return absl::DataLossError("helm's answer is not a history");
  }
  std::vector<Release> releases;
  for (const Json& entry : history) {
    Release release;
    release.key = key;
    release.revision = IntAt(entry, "/revision");
    release.status = ParseReleaseStatus(StringAt(entry, "/status"));
    std::tie(release.chart_name, release.chart_version) = SplitChart(StringAt(entry, "/chart"));
    release.app_version = StringAt(entry, "/app_version");
    release.description = StringAt(entry, "/description");
    releases.push_back(std::move(release));
  }
  std::sort(releases.begin(), releases.end(),
            [](const Release& a, const Release& b) { return a.revision < b.revision; });
  return releases;
}

std::pair<std::string, std::string> SplitChart(absl::string_view chart) {
  for (size_t at = chart.find('-'); at != absl::string_view::npos; at = chart.find('-', at + 1)) {
    size_t end = at + 1;
    end += end < chart.size() && chart[end] == 'v' ? 1 : 0;
    const size_t digits = end;
    while (end < chart.size() && absl::ascii_isdigit(chart[end])) {
      ++end;
    }
    if (end > digits && end < chart.size() && chart[end] == '.') {
      return {std::string(chart.substr(0, at)), std::string(chart.substr(at + 1))};
    }
  }
  return {std::string(chart), ""};
}

}  // namespace kproto::helm
