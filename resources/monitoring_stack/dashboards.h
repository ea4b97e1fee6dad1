// SPDX-License-Identifier: MPL-2.0
// Dashboards: JSON files beside the configuration, brought to Grafana as ConfigMaps that its pod
// mounts. Nothing is downloaded when it starts, and what it shows is what was planned. No cluster,
// no network.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "nlohmann/json.hpp"

namespace kproto::monitoring_stack {

struct Dashboard {
  std::string name;  // of the file without its ending; part of the ConfigMap's
  std::string file;  // as it was found
  std::string text;  // what Grafana reads
  nlohmann::json json;
};

// Every *.json of a directory, by name. Errors: NotFound (directory), PermissionDenied, and
// InvalidArgument "<file>: line l, column c: …" or why Grafana or Kubernetes would not take it.
absl::StatusOr<std::vector<Dashboard>> ReadDashboards(const std::string& dir);

// Digest of all of them; "" when there are none.
std::string DigestOf(const std::vector<Dashboard>& dashboards);

// A dashboard that was exported for others asks for its datasources when a person imports it. Here
// nobody does: each is taken from `grafana`, the values of Grafana's chart, where there is one of
// that type with a uid.
std::vector<Dashboard> WithInputs(std::vector<Dashboard> dashboards, const nlohmann::json& grafana);
// Datasource types that WithInputs() found nobody for.
std::vector<std::string> OpenInputs(const Dashboard& dashboard);

// What Grafana's chart has to be told of them.
nlohmann::json DashboardValues(const std::vector<Dashboard>& dashboards,
                               const nlohmann::json& user);

std::vector<nlohmann::json> DashboardObjects(const std::vector<Dashboard>& dashboards,
                                             const std::string& ns);

}  // namespace kproto::monitoring_stack
