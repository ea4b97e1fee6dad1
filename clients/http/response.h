// SPDX-License-Identifier: MPL-2.0
// From HTTP answers to absl::Status, and the one question a caller has about a failed request that
// changes something: can it have been executed all the same?
#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "clients/http/http_client.h"

namespace kproto::http {

// 2xx OK · 400, 422 InvalidArgument · 401 Unauthenticated · 403 PermissionDenied · 404 NotFound ·
// 408 DeadlineExceeded · 409 Aborted · 410 OutOfRange · 412 and other 4xx FailedPrecondition ·
// 405, 501 Unimplemented · 429 ResourceExhausted · other 5xx Unavailable · anything else Unknown.
absl::StatusCode CodeOf(int http_code);

// OK for 2xx; otherwise `message` (or the code's usual reason when empty) followed by the HTTP code
// and what identifies the request, as in "no such cluster (HTTP 404, request 1a2b)". A 5xx is
// marked as possibly executed.
absl::Status AsStatus(const Response& response, absl::string_view message = "");

// The server's name for this exchange: x-request-id, or Kubernetes' audit-id; "" when it gave none.
std::string RequestId(const Response& response);

// Retry-After as seconds or as an HTTP date; zero when absent, unreadable or in the past.
absl::Duration RetryAfter(const Response& response, absl::Time now);

// A failed request carries this mark when its bytes may have reached the server and no answer says
// that nothing was done. Whoever created something must then look for it before trying again.
bool MayHaveTakenEffect(const absl::Status& status);
absl::Status MarkMayHaveTakenEffect(absl::Status status);

}  // namespace kproto::http
