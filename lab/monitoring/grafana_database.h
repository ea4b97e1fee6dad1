// SPDX-License-Identifier: MPL-2.0
// GrafanaDatabase: what the stand-in for Grafana remembers, on the disk that a real one would have
// its database on: the administrator and his password, and datasources. As in Grafana, the
// environment is asked only when the database is made, whatever a Secret says later; and a
// datasource stays that no file has any more, unless it was to be pruned.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "lab/monitoring/datasources.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {

// Not thread-safe.
class GrafanaDatabase {
 public:
  // Opens the file; where there is none, makes it with this user and password.
  static absl::StatusOr<GrafanaDatabase> Open(const std::string& path, const std::string& user,
                                              const std::string& password);

  bool Accepts(const std::string& user, const std::string& password) const;
  // On disk when they are back.
  absl::Status SetPassword(const std::string& user, const std::string& password);
  absl::Status Provision(const Provisioning& provisioning);

  std::vector<Datasource> Datasources() const;  // by name

 private:
  explicit GrafanaDatabase(std::string path) : path_(std::move(path)) {}

  absl::Status Save() const;

  std::string path_;
  nlohmann::json users_ = nlohmann::json::object();  // name → salt and digest
  std::map<std::string, Datasource> datasources_;    // by name
};

}  // namespace kproto::lab
