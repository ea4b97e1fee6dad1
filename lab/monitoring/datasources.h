// SPDX-License-Identifier: MPL-2.0
// Datasources: what Grafana's provisioning files make of it: where it takes data from, and the
// question by which it finds out whether one works.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace kproto::lab {

struct Datasource {
  std::string uid, name, type, url;
  bool is_default = false;
  bool prune = false;  // goes when no file has it any more; others stay in the database
};

struct Provisioning {
  std::vector<Datasource> datasources;
  std::vector<std::string> removed;  // names that go first
};

// Of the files in /etc/grafana/provisioning/datasources, in their order. InvalidArgument where
// Grafana would not start: no YAML, two defaults, no name or type.
absl::StatusOr<Provisioning> ProvisionedDatasources(
    const std::map<std::string, std::string>& files);

// The uid that Grafana makes of a name where a file says none.
std::string UidOf(const std::string& name);

// What its health check asks at the datasource's URL: a path with a query; "" for a type that has
// no such check.
std::string HealthQuery(const std::string& type);

}  // namespace kproto::lab
