// SPDX-License-Identifier: MPL-2.0
// The lab's chart repositories: lab/charts packed by the real Helm under the host and path of the
// official repositories, to be served as static files to whoever sets `chart_mirror`.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace httplib {
class Server;
}

namespace kproto::lab {

// One line of lab/charts/index.
struct ChartEntry {
  std::string repository;  // "argoproj.github.io/argo-helm"
  std::string chart, version, app_version;
  bool deprecated = false;
};

absl::StatusOr<std::vector<ChartEntry>> ParseChartIndex(absl::string_view text);

struct ChartPacking {
  std::string charts;       // the folder lab/charts
  std::string destination;  // becomes the mirror's root
  std::string helm;         // path of the Helm binary
  std::string argocd_crds;  // folder with *-crd.yaml for the argo-cd chart
};

// Packs every chart of the index, unless the destination was packed from the same inputs before.
absl::Status PackCharts(const ChartPacking& packing);

// Serves the packed charts. Only files below `directory` are reachable.
void ServeCharts(httplib::Server& server, const std::string& directory);

}  // namespace kproto::lab
