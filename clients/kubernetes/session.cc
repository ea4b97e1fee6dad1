// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/session.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "clients/http/retrying_client.h"

namespace kproto::kubernetes {
namespace {

// Short waits: an API server that is away for longer is the caller's business, who has a deadline.
http::RetryPolicy Policy() {
  http::RetryPolicy policy;
  policy.max_attempts = 4;
  policy.initial_backoff = absl::Milliseconds(500);
  policy.max_backoff = absl::Seconds(5);
  policy.max_retry_after = absl::Seconds(30);
  return policy;
}

}  // namespace

struct Session::Connection {
  Connection(ResolvedCredentials r, std::unique_ptr<http::HttpClient> client, Clock* clock)
      : resolved(std::move(r)), once(std::move(client)), retrying(*once, *clock, Policy()) {}

  const ResolvedCredentials resolved;
  const std::unique_ptr<http::HttpClient> once;
  http::RetryingClient retrying;
};

Session::Session(Credentials credentials, HttpFactory make_http, Clock* clock)
    : credentials_(std::move(credentials)), make_http_(std::move(make_http)), clock_(clock) {}

Session::~Session() = default;

absl::StatusOr<std::shared_ptr<Session::Connection>> Session::Connect(const Call& call) {
  std::lock_guard lock(mutex_);
  constexpr absl::Duration kMargin = absl::Seconds(30);
  if (connection_ != nullptr && connection_->resolved.expires > clock_->Now() + kMargin) {
    return connection_;
  }
  KPROTO_ASSIGN_OR_RETURN(ResolvedCredentials resolved, Resolve(credentials_, call));
  http::TlsOptions tls;
  tls.ca_pem = resolved.credentials.cluster_ca_certificate;
  tls.client_certificate_pem = resolved.credentials.client_certificate;
  tls.client_key_pem = resolved.credentials.client_key;
  std::unique_ptr<http::HttpClient> client = make_http_(tls);
  connection_ = std::make_shared<Connection>(std::move(resolved), std::move(client), clock_);
  return connection_;
}

void Session::Forget(const std::shared_ptr<Connection>& connection) {
  std::lock_guard lock(mutex_);
  if (connection_ == connection) {
    connection_.reset();
  }
}

absl::StatusOr<http::Response> Session::Send(const Exchange& exchange, const Call& call) {
  for (int attempt = 1;; ++attempt) {
    KPROTO_ASSIGN_OR_RETURN(const std::shared_ptr<Connection> connection, Connect(call));
    const absl::Duration left = call.deadline - clock_->Now();
    if (left <= absl::ZeroDuration()) {
      return absl::DeadlineExceededError("no time left to ask the cluster");
    }
    const Credentials& credentials = connection->resolved.credentials;
    http::Request request;
    request.method = exchange.method;
    request.url = absl::StrCat(absl::StripSuffix(credentials.host, "/"), exchange.path);
    request.headers = exchange.headers;
    request.headers.emplace_back("Accept", "application/json");
    if (!exchange.content_type.empty()) {
      request.headers.emplace_back("Content-Type", exchange.content_type);
    }
    if (!credentials.token.empty()) {
      request.secret_headers.emplace_back(
          "Authorization", SecretString(absl::StrCat("Bearer ", credentials.token.Reveal())));
    }
    request.body = exchange.body;
    request.idempotency = exchange.idempotency;
    request.timeout = std::min(exchange.timeout, left);
    request.on_piece = exchange.on_piece;
    http::HttpClient& client = exchange.tries == Exchange::Tries::kMany
                                   ? static_cast<http::HttpClient&>(connection->retrying)
                                   : *connection->once;
    absl::StatusOr<http::Response> response = client.Send(request, call.stop);
    // The credential of a plugin may be revoked before it expires: ask for another one, once.
    const bool again =
        response.ok() && response->code == 401 && credentials_.exec.has_value() && attempt == 1;
    if (!again) {
      return response;
    }
    Forget(connection);
  }
}

}  // namespace kproto::kubernetes
