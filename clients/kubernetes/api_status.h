// SPDX-License-Identifier: MPL-2.0
// The API server's failures as absl::Status: its `Status` objects (kind Status: reason, message,
// details) over plain HTTP, in answers and inside watch streams.
#pragma once

#include "absl/status/status.h"
#include "clients/http/http_client.h"
#include "nlohmann/json.hpp"

namespace kproto::kubernetes {

// True for the server's own "this object (namespace, …) is not there", false for a 404 that any web
// server may give: nobody's state may be dropped on the word of a stray proxy.
bool IsObjectNotFound(const http::Response& response);

// OK for 2xx. Codes as listed in kubernetes.h; the message is the server's, with HTTP code and
// request id.
absl::Status StatusOf(const http::Response& response);

// Of a `Status` object itself, as a watch's ERROR event carries it.
absl::Status StatusOfObject(const nlohmann::json& status);

}  // namespace kproto::kubernetes
