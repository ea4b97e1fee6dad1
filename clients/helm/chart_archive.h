// SPDX-License-Identifier: MPL-2.0
// What lies in a chart's archive (.tgz): enough to judge values against the chart without running
// helm once for each question. Pure; never extracts anything to disk.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/helm/helm.h"

namespace kproto::helm {

// Files of a gzipped tar by path. InvalidArgument when it is none, ends early, or holds more than
// 64 MiB (a chart may have one).
absl::StatusOr<std::map<std::string, std::string>> ReadTarGz(absl::string_view archive);

// The chart whose folder the archive holds, subcharts included.
absl::StatusOr<ChartContents> ContentsOf(absl::string_view archive);

// Of Chart.yaml.
ChartMetadata MetadataOf(const Json& chart_yaml);

}  // namespace kproto::helm
