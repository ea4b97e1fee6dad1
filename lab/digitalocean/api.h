// SPDX-License-Identifier: MPL-2.0
// One call of the simulated API as its handlers see it, and the answer they give. The transport
// (http_server), the faults and the rate limit stay outside.
#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/string_view.h"
#include "lab/digitalocean/json_fields.h"

namespace kproto::lab {

struct ApiRequest {
  std::string method;
  std::string path;    // decoded, without the query
  std::string origin;  // "http://127.0.0.1:8080": paging links start with it
  std::multimap<std::string, std::string> query;  // decoded
  std::map<std::string, std::string> params;      // what the route's {names} matched
  Json body;                                      // null when there is none
  std::string forced_error;  // a fault: what is made here ends in state "error"

  const std::string& Param(const std::string& name) const;
  std::string Query(const std::string& name, absl::string_view fallback = "") const;
  std::vector<std::string> QueryAll(const std::string& name) const;
  int64_t QueryInt(const std::string& name, int64_t fallback) const;
};

struct ApiResponse {
  int status = 200;
  Json body;         // null: no body
  std::string text;  // sent instead of body when not empty
  std::string content_type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers;
};

inline ApiResponse Ok(Json body) { return {200, std::move(body)}; }
inline ApiResponse Created(Json body) { return {201, std::move(body)}; }
inline ApiResponse Accepted(Json body = nullptr) { return {202, std::move(body)}; }
inline ApiResponse NoContent() { return {204, nullptr}; }

// DigitalOcean's error body {id, message, request_id}; the id follows from the status.
ApiResponse Error(int status, absl::string_view message);
ApiResponse NotFound(absl::string_view message = "The resource you requested could not be found.");
ApiResponse Unprocessable(absl::string_view message);
// 422 as the Kubernetes service words it.
ApiResponse Invalid(absl::string_view message);

}  // namespace kproto::lab
