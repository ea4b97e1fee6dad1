// SPDX-License-Identifier: MPL-2.0
// Session: authenticated HTTP with one API server. Turns Credentials into TLS and headers, runs the
// exec plugin when its credential is missing or expired, and retries what may be retried. Knows
// nothing of kinds and paths; RestKubernetes does. Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <string>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "clients/http/curl_client.h"
#include "clients/http/http_client.h"
#include "clients/kubernetes/credentials.h"

namespace kproto::kubernetes {

using HttpFactory =
    std::function<std::unique_ptr<http::HttpClient>(const http::TlsOptions& options)>;

struct Exchange {
  http::Method method = http::Method::kGet;
  std::string path;  // with query, percent-encoded
  std::string content_type;
  std::string body;
  http::Headers headers;
  std::optional<http::Idempotency> idempotency;
  absl::Duration timeout = absl::Seconds(30);  // cut short by the call's deadline
  std::function<http::Flow(absl::string_view piece)> on_piece;
  enum class Tries { kMany, kOne };
  Tries tries = Tries::kMany;
};

class Session {
 public:
  // `clock` must outlive this object.
  Session(Credentials credentials, HttpFactory make_http, Clock* clock);
  ~Session();

  // An HTTP error is a Response. Errors: those of HttpClient, and Unauthenticated from the plugin.
  absl::StatusOr<http::Response> Send(const Exchange& exchange, const Call& call);

 private:
  struct Connection;
  absl::StatusOr<std::shared_ptr<Connection>> Connect(const Call& call);
  void Forget(const std::shared_ptr<Connection>& connection);

  const Credentials credentials_;
  const HttpFactory make_http_;
  Clock* const clock_;
  std::mutex mutex_;
  std::shared_ptr<Connection> connection_;
};

}  // namespace kproto::kubernetes
