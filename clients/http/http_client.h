// SPDX-License-Identifier: MPL-2.0
// HttpClient: one HTTP exchange. Everything kproto says to the world passes here: CurlClient does
// it, RetryingClient repeats what may be repeated, the clients above know paths and JSON.
// An HTTP error (404, 503) is a Response, not an error Status; AsStatus() in response.h maps it.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/secret.h"

namespace kproto::http {

enum class Method { kGet, kPost, kPut, kPatch, kDelete };
absl::string_view MethodName(Method method);

// Whether doing it twice is the same as doing it once.
enum class Idempotency { kIdempotent, kNonIdempotent };

// What a receiver of a streamed body wants next.
enum class Flow { kContinue, kStop };

using Headers = std::vector<std::pair<std::string, std::string>>;

struct Request {
  Method method = Method::kGet;
  std::string url;  // http:// or https://, path and query already percent-encoded
  Headers headers;
  // Sent like the others but never logged and never part of an error.
  std::vector<std::pair<std::string, SecretString>> secret_headers;
  std::string body;  // never logged; sent when not empty, and always with POST, PUT and PATCH

  // nullopt: GET, PUT and DELETE are idempotent, POST and PATCH are not.
  std::optional<Idempotency> idempotency;

  absl::Duration timeout = absl::Seconds(60);  // of the whole exchange; infinite for a watch
  absl::Duration connect_timeout = absl::Seconds(10);

  // When set, the body of a 2xx answer is handed over piece by piece as it arrives (on the thread
  // that called Send) instead of being collected. kStop ends the exchange without an error.
  std::function<Flow(absl::string_view piece)> on_piece;
};

Idempotency IdempotencyOf(const Request& request);

struct Response {
  int code = 0;     // of the final answer, e.g. 200
  Headers headers;  // names in lower case
  std::string body;
  std::string note;  // for people: why a failed request was not tried (again); mostly ""

  // The value of the first header of that name (lower case), or "".
  absl::string_view Header(absl::string_view name) const;
};

// Thread-safe: any number of Sends may run at once.
class HttpClient {
 public:
  virtual ~HttpClient() = default;

  // Errors, all without an HTTP answer: Unavailable (no connection, connection lost),
  // DeadlineExceeded (timeout), Cancelled (stop), FailedPrecondition (TLS refused, no libcurl),
  // InvalidArgument (URL), DataLoss (answer too large or not HTTP). MayHaveTakenEffect() in
  // response.h tells whether the request can have reached the server.
  virtual absl::StatusOr<Response> Send(const Request& request, std::stop_token stop) = 0;
};

}  // namespace kproto::http
