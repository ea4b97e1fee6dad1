// SPDX-License-Identifier: MPL-2.0
#include "clients/http/response.h"

#include <algorithm>
#include <cstdint>

#include "absl/strings/ascii.h"
#include "absl/strings/cord.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace kproto::http {
namespace {

constexpr char kEffectUrl[] = "kproto/may-have-taken-effect";
constexpr size_t kMaxRequestId = 128;

absl::string_view Reason(int http_code) {
  switch (http_code) {
    case 400:
      return "bad request";
    case 401:
      return "not authenticated";
    case 403:
      return "not allowed";
    case 404:
      return "not found";
    case 408:
      return "the server timed out";
    case 409:
      return "conflict";
    case 410:
      return "gone";
    case 422:
      return "refused as invalid";
    case 429:
      return "too many requests";
    default:
      return http_code >= 500   ? "the server failed"
             : http_code >= 400 ? "refused"
                                : "unexpected answer";
  }
}

}  // namespace

absl::StatusCode CodeOf(int http_code) {
  switch (http_code) {
    case 400:
    case 422:
      return absl::StatusCode::kInvalidArgument;
    case 401:
      return absl::StatusCode::kUnauthenticated;
    case 403:
      return absl::StatusCode::kPermissionDenied;
    case 404:
      return absl::StatusCode::kNotFound;
    case 405:
    case 501:
      return absl::StatusCode::kUnimplemented;
    case 408:
      return absl::StatusCode::kDeadlineExceeded;
    case 409:
      return absl::StatusCode::kAborted;
    case 410:
      return absl::StatusCode::kOutOfRange;
    case 429:
      return absl::StatusCode::kResourceExhausted;
    default:
      break;
  }
  if (http_code >= 200 && http_code < 300) {
    return absl::StatusCode::kOk;
  }
  if (http_code >= 400 && http_code < 500) {
    return absl::StatusCode::kFailedPrecondition;
  }
  return http_code >= 500 && http_code < 600 ? absl::StatusCode::kUnavailable
                                             : absl::StatusCode::kUnknown;
}

absl::Status AsStatus(const Response& response, absl::string_view message) {
  const absl::StatusCode code = CodeOf(response.code);
  if (code == absl::StatusCode::kOk) {
    return absl::OkStatus();
  }
  const std::string id = RequestId(response);
  absl::Status status(code,
                      absl::StrCat(message.empty() ? Reason(response.code) : message, " (HTTP ",
                                   response.code, id.empty() ? "" : ", request ", id, ")",
                                   response.note.empty() ? "" : "; ", response.note));
  return response.code >= 500 ? MarkMayHaveTakenEffect(std::move(status)) : status;
}

std::string RequestId(const Response& response) {
  for (const char* name : {"x-request-id", "audit-id"}) {
    const absl::string_view id = absl::StripAsciiWhitespace(response.Header(name));
    const bool printable =
        std::all_of(id.begin(), id.end(), [](unsigned char c) { return absl::ascii_isprint(c); });
    if (!id.empty() && printable) {
      return std::string(id.substr(0, kMaxRequestId));
    }
  }
  return "";
}

absl::Duration RetryAfter(const Response& response, absl::Time now) {
  const absl::string_view text = absl::StripAsciiWhitespace(response.Header("retry-after"));
  int64_t seconds = 0;
  if (absl::SimpleAtoi(text, &seconds)) {
    return absl::Seconds(std::clamp<int64_t>(seconds, 0, 7 * 24 * 3600));
  }
  absl::Time at;
  if (absl::ParseTime("%a, %d %b %Y %H:%M:%S GMT", text, &at, nullptr)) {
    return std::clamp(at - now, absl::ZeroDuration(), absl::Hours(7 * 24));
  }
  return absl::ZeroDuration();
}

bool MayHaveTakenEffect(const absl::Status& status) {
  return status.GetPayload(kEffectUrl).has_value();
}

absl::Status MarkMayHaveTakenEffect(absl::Status status) {
  if (!status.ok()) {
    status.SetPayload(kEffectUrl, absl::Cord("yes"));
  }
  return status;
}

}  // namespace kproto::http
