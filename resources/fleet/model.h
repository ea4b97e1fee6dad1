// SPDX-License-Identifier: MPL-2.0
// What a user may write in, and read from, a kproto_fleet. The tables in model.cc are the one
// declaration of every attribute.
#pragma once

#include <string>

#include "provider/schema/model.h"
#include "resources/timeouts.h"

namespace kproto {

// Which chart a part of the stack is.
struct FleetStackChart {
  Attr<std::string> chart_repository, chart_version;
  static const Table<FleetStackChart>& Fields();
};

// A chart beside the stack.
struct FleetChart {
  Attr<std::string> chart, chart_repository, chart_version, values;
  static const Table<FleetChart>& Fields();
};

// One ApplicationSet as Argo CD has it.
struct FleetApplication {
  Attr<std::string> chart, chart_version, digest;
  friend bool operator==(const FleetApplication&, const FleetApplication&) = default;
  static const Table<FleetApplication>& Fields();
};

struct FleetModel {
  Attr<std::string> id, name, hub_cluster_id, argocd_ns;
  Attr<std::string> ns;  // the attribute `namespace`
  Attr<bool> stack;
  Attr<std::string> environment, values_dir, collector;
  Attr<FleetStackChart> grafana, loki, promtail, alloy;
  Attr<MapOf<FleetChart>> charts;
  Attr<std::string> kubernetes_version;
  Attr<MapOf<std::string>> checks;
  Attr<Timeouts> timeouts;

  Attr<MapOf<FleetApplication>> applications;
  static const Table<FleetModel>& Fields();
};

}  // namespace kproto
