// SPDX-License-Identifier: MPL-2.0
// MonitoringRunner: watches one cluster for the pods of a Loki and of a Grafana that are ready, and
// has something real stand behind them: Loki itself, and a stand-in for Grafana. Where none is
// installed nothing runs.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "lab/kubernetes/companion.h"
#include "lab/process/spawner.h"
#include "lab/process/tools.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {

// Both must outlive the companions made.
CompanionFactory MonitoringRunner(Spawner* spawner, const Tools* tools);

// The pods of one release of the Loki chart: those that run Loki, by name, and those of its
// gateway.
struct LokiPods {
  std::vector<nlohmann::json> loki, gateway;
};

struct MonitoringPods {
  std::map<std::string, LokiPods> loki;  // by "namespace/release"
  std::vector<nlohmann::json> grafana;
};

// What of a list of pods is ready and not about to go.
MonitoringPods FindMonitoringPods(const nlohmann::json& list);

}  // namespace kproto::lab
