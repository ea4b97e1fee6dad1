// SPDX-License-Identifier: MPL-2.0
// What DigitalOcean means by an answer that is not 2xx: its own message first, then what support
// will ask for, and a hint where there is something the user can do.
#pragma once

#include "absl/status/status.h"
#include "clients/http/http_client.h"

namespace kproto::digitalocean {

// As in "cluster not found (not_found, HTTP 404, request 4851a473)"; the codes are those of
// digitalocean.h. The answer must not be 2xx.
absl::Status ErrorOf(const http::Response& response);

// Whether a 404 says that the thing is not there. A 404 that is not DigitalOcean's (a wrong URL, a
// proxy) says nothing about the thing.
bool IsNotThere(const http::Response& response);

}  // namespace kproto::digitalocean
