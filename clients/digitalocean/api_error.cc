// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/api_error.h"

#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "clients/digitalocean/json_view.h"
#include "clients/http/response.h"

namespace kproto::digitalocean {
namespace {

constexpr size_t kMaxText = 2000;

struct ErrorBody {
  std::string id, message, request_id;
};

// Text for a terminal: one line, no control characters, not endless.
std::string Printable(const Json& json, const char* key) {
  const auto member = json.find(key);
  if (member == json.end() || !member->is_string()) {
    return "";
  }
  std::string text = member->get<std::string>().substr(0, kMaxText);
  for (char& c : text) {
    c = absl::ascii_iscntrl(static_cast<unsigned char>(c)) ? ' ' : c;
  }
  return std::string(absl::StripAsciiWhitespace(text));
}

ErrorBody Read(const http::Response& response) {
  const Json json = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  ErrorBody body;
  if (json.is_object()) {
    body = {Printable(json, "id"), Printable(json, "message"), Printable(json, "request_id")};
  }
  if (body.request_id.empty()) {
    body.request_id = http::RequestId(response);
  }
  return body;
}

bool Contains(const ErrorBody& body, absl::string_view words) {
  return absl::StrContains(absl::AsciiStrToLower(body.message), words);
}

// DigitalOcean refuses with 403 and 422 what it merely cannot do now.
bool IsBusy(const ErrorBody& body) {
  return Contains(body, "processes previous actions") || Contains(body, "pending event");
}

absl::StatusCode CodeOf(const http::Response& response, const ErrorBody& body) {
  if ((response.code == 403 || response.code == 422) && IsBusy(body)) {
    return absl::StatusCode::kUnavailable;
  }
  if (response.code == 403 && Contains(body, "with members")) {
    return absl::StatusCode::kAborted;  // documented as 403, seen as 409
  }
  return http::CodeOf(response.code);
}

absl::string_view HintFor(int code) {
  switch (code) {
    case 401:
      return "Set DIGITALOCEAN_TOKEN (or the provider's token) to a DigitalOcean API token that is "
             "neither revoked nor expired.";
    case 403:
      return "Check that the API token has the scopes for this, and that the account is in good "
             "standing.";
    case 429:
      return "The token's request limit (5000 an hour, shared with everything that uses it) is "
             "used up. Wait, or use another token.";
    default:
      return "";
  }
}

}  // namespace

absl::Status ErrorOf(const http::Response& response) {
  const ErrorBody body = Read(response);
  const bool ours = !body.id.empty() || !body.message.empty();
  std::string text = body.message;
  if (!ours) {
    text = response.code >= 400 && response.code < 500
               ? "the answer is not one of DigitalOcean's API"
               : "DigitalOcean's API failed without saying why";
  }
  absl::StrAppend(&text, " (", body.id, body.id.empty() ? "" : ", ", "HTTP ", response.code,
                  body.request_id.empty() ? "" : ", request ", body.request_id, ")",
                  response.note.empty() ? "" : "; ", response.note);
  absl::Status status(CodeOf(response, body), text);
  if (status.code() == absl::StatusCode::kNotFound && !ours) {
    status = absl::FailedPreconditionError(text);
  }
  if (response.code >= 500) {
    status = http::MarkMayHaveTakenEffect(status);
  }
  const absl::string_view hint =
      ours                  ? HintFor(response.code)
      : response.code < 500 ? "Check that DIGITALOCEAN_API_URL, if set, names the API, without /v2."
                            : "";
  return hint.empty() || IsBusy(body) ? status : WithHint(status, hint);
}

bool IsNotThere(const http::Response& response) {
  return response.code == 404 && ErrorOf(response).code() == absl::StatusCode::kNotFound;
}

}  // namespace kproto::digitalocean
