// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/api.h"

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lab/digitalocean/ids.h"

namespace kproto::lab {
namespace {

const char* ErrorId(int status) {
  switch (status) {
    case 400:
      return "bad_request";
    case 401:
      return "unauthorized";
    case 403:
      return "forbidden";
    case 404:
      return "not_found";
    case 405:
      return "method_not_allowed";
    case 409:
      return "conflict";
    case 412:
      return "precondition_failed";
    case 413:
      return "request_entity_too_large";
    case 422:
      return "unprocessable_entity";
    case 429:
      return "too_many_requests";
    case 503:
      return "service_unavailable";
    default:
      return status >= 500 ? "server_error" : "bad_request";
  }
}

}  // namespace

const std::string& ApiRequest::Param(const std::string& name) const {
  static const std::string& empty = *new std::string();
  auto it = params.find(name);
  return it == params.end() ? empty : it->second;
}

std::string ApiRequest::Query(const std::string& name, absl::string_view fallback) const {
  auto it = query.find(name);
  return it == query.end() ? std::string(fallback) : it->second;
}

std::vector<std::string> ApiRequest::QueryAll(const std::string& name) const {
  std::vector<std::string> values;
  for (auto [it, end] = query.equal_range(name); it != end; ++it) {
    values.push_back(it->second);
  }
  return values;
}

int64_t ApiRequest::QueryInt(const std::string& name, int64_t fallback) const {
  int64_t value;
  auto it = query.find(name);
  return it != query.end() && absl::SimpleAtoi(it->second, &value) ? value : fallback;
}

ApiResponse Error(int status, absl::string_view message) {
  return {status, Json{{"id", ErrorId(status)},
                       {"message", std::string(message)},
                       {"request_id", RandomUuid()}}};
}

ApiResponse NotFound(absl::string_view message) { return Error(404, message); }
ApiResponse Unprocessable(absl::string_view message) { return Error(422, message); }
ApiResponse Invalid(absl::string_view message) {
  return Error(422, absl::StrCat("validation error: ", message));
}

}  // namespace kproto::lab
