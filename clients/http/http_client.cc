// SPDX-License-Identifier: MPL-2.0
#include "clients/http/http_client.h"

namespace kproto::http {

absl::string_view MethodName(Method method) {
  switch (method) {
    case Method::kGet:
      return "GET";
    case Method::kPost:
      return "POST";
    case Method::kPut:
      return "PUT";
    case Method::kPatch:
      return "PATCH";
    case Method::kDelete:
      return "DELETE";
  }
  return "GET";
}

Idempotency IdempotencyOf(const Request& request) {
  if (request.idempotency) {
    return *request.idempotency;
  }
  return request.method == Method::kPost || request.method == Method::kPatch
             ? Idempotency::kNonIdempotent
             : Idempotency::kIdempotent;
}

absl::string_view Response::Header(absl::string_view name) const {
  for (const auto& [key, value] : headers) {
    if (key == name) {
      return value;
    }
  }
  return "";
}

}  // namespace kproto::http
