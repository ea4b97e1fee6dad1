// SPDX-License-Identifier: MPL-2.0
// GrafanaStandIn: stands behind the pod of a Grafana, which no registry serves as something to
// build. It is not Grafana: it answers the calls of Grafana's HTTP API that kproto and a look
// around need (health, login, change of password, datasources and whether they work), with its
// semantics, and says what it is to whoever opens it in a browser.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "lab/monitoring/datasources.h"
#include "lab/monitoring/grafana_database.h"
#include "lab/servers/http_listener.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {

class GrafanaStandIn {
 public:
  struct Options {
    std::string admin_user, admin_password;  // count when there is no database yet
    std::string database;                    // a file
    Provisioning provisioning;
    // What the pod gets from a URL. Called from many threads at once.
    std::function<absl::StatusOr<nlohmann::json>(const std::string& url)> get;
  };

  static absl::StatusOr<std::unique_ptr<GrafanaStandIn>> Start(Options options);

  int port() const { return listener_->port(); }

 private:
  GrafanaStandIn(Options options, GrafanaDatabase database)
      : options_(std::move(options)), database_(std::move(database)) {}

  void Serve(httplib::Server& server);
  void LogIn(const httplib::Request& request, httplib::Response& response);
  void ChangePassword(const httplib::Request& request, httplib::Response& response);
  void ListDatasources(httplib::Response& response);
  void CheckDatasource(const std::string& uid, httplib::Response& response);
  std::vector<Datasource> Datasources();
  // Whose request it is, by his session or his password; "" for nobody's.
  std::string UserOf(const httplib::Request& request);

  const Options options_;
  absl::Mutex mutex_;
  GrafanaDatabase database_ ABSL_GUARDED_BY(mutex_);
  std::map<std::string, std::string> sessions_ ABSL_GUARDED_BY(mutex_);  // cookie → user
  std::unique_ptr<HttpListener> listener_;  // last: its threads use the above
};

}  // namespace kproto::lab
