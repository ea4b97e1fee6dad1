// SPDX-License-Identifier: MPL-2.0
// Grafana: the few calls of Grafana's HTTP API (https://grafana.com/docs/grafana/latest/developers/
// http_api/) that kproto needs, to one in a cluster, over the API server's service proxy: it need
// not be exposed, and no port-forward is held. The proxy drops the Authorization header, so a login
// is a session cookie. Passwords reach request bodies and nothing else. Thread-safe.
//
// Errors: Unavailable (no pod answers yet), Unauthenticated (a password is refused),
// FailedPrecondition (Grafana says no: its own words), those of clients/kubernetes/kubernetes.h.
#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/secret.h"
#include "clients/kubernetes/kubernetes.h"

namespace kproto::grafana {

using kubernetes::Call;

struct Datasource {
  std::string uid, name, type;
};

// A user's login; ends when his password changes.
struct Session {
  SecretString cookie;
};

class Grafana {
 public:
  // Of the Service `ns`/`service` at `port` (number or name). `kubernetes` outlives it.
  Grafana(kubernetes::Kubernetes* kubernetes, std::string ns, std::string service,
          std::string port);

  // OK when Grafana answers and reaches its database.
  absl::Status CheckHealth(const Call& call);

  absl::StatusOr<Session> Login(const std::string& user, const SecretString& password,
                                const Call& call);
  // Of the session's user.
  absl::Status ChangePassword(const Session& session, const SecretString& from,
                              const SecretString& to, const Call& call);

  absl::StatusOr<std::vector<Datasource>> Datasources(const Session& session, const Call& call);
  // Whether Grafana gets through to it. OK too for a type that has no such check.
  absl::Status CheckDatasource(const Session& session, const Datasource& datasource,
                               const Call& call);

 private:
  absl::StatusOr<kubernetes::ServiceResponse> Send(kubernetes::ServiceRequest::Method method,
                                                   const std::string& path, const Session* session,
                                                   const nlohmann::json& body, const Call& call);

  kubernetes::Kubernetes* const kubernetes_;
  const std::string ns_, service_, port_;
};

}  // namespace kproto::grafana
