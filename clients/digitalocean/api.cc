// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/api.h"

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/hint.h"
#include "clients/digitalocean/api_error.h"
#include "clients/http/response.h"
#include "clients/http/url.h"

namespace kproto::digitalocean {
namespace {

constexpr int kPerPage = 200;    // the most DigitalOcean gives
constexpr int kMaxPages = 1000;  // a server that always names a next page is broken

std::string WithoutSlashes(absl::string_view url) {
  while (absl::ConsumeSuffix(&url, "/")) {
  }
  return std::string(url);
}

// An empty or dotted segment would turn a call about one thing into a call about another.
absl::Status CheckPath(absl::string_view path) {
  absl::ConsumePrefix(&path, "/");
  for (const absl::string_view segment : absl::StrSplit(path, '/')) {
    if (segment.empty() || segment == "." || segment == "..") {
      return absl::InvalidArgumentError(
          absl::StrCat("\"", segment, "\" is not an id (in /", path, ")"));
    }
  }
  return absl::OkStatus();
}

std::string Dump(const Json& json) {
  return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

}  // namespace

std::string Segment(absl::string_view id) { return http::PercentEncode(id); }

std::string Under(absl::string_view collection, absl::string_view id, absl::string_view below) {
  return absl::StrCat("/v2/", collection, "/", Segment(id), below);
}

Api::Api(http::HttpClient& client, std::string base_url, SecretString token)
    : client_(client), base_url_(WithoutSlashes(base_url)), token_(std::move(token)) {}

absl::StatusOr<http::Response> Api::Send(const Call& call, std::stop_token stop) const {
  KPROTO_RETURN_IF_ERROR(CheckPath(call.path));
  const absl::string_view token = absl::StripAsciiWhitespace(token_.Reveal());
  if (token.empty()) {
    return WithHint(absl::UnauthenticatedError("no DigitalOcean API token is set"),
                    "Set the environment variable DIGITALOCEAN_TOKEN, or the provider's token.");
  }
  http::Request request;
  request.method = call.method;
  request.url = absl::StrCat(base_url_, call.path, call.query.empty() ? "" : "?", call.query);
  request.idempotency = call.idempotency;
  request.headers = {{"Accept", "application/json"}};
  request.secret_headers.emplace_back("Authorization",
                                      SecretString(absl::StrCat("Bearer ", token)));
  if (call.body) {
    request.headers.emplace_back("Content-Type", "application/json");
    request.body = Dump(*call.body);
  }
  absl::StatusOr<http::Response> response = client_.Send(request, stop);
  if (!response.ok() && HintOf(response.status()).empty() &&
      response.status().code() != absl::StatusCode::kCancelled) {
    return WithHint(response.status(), "Check the network, and DIGITALOCEAN_API_URL if it is set.");
  }
  return response;
}

absl::Status Api::Do(const Call& call, std::stop_token stop) const {
  KPROTO_ASSIGN_OR_RETURN(const http::Response response, Send(call, stop));
  const bool gone = call.method == http::Method::kDelete && NotThere(response);
  return gone || (response.code >= 200 && response.code < 300) ? absl::OkStatus()
                                                               : ErrorOf(response);
}

bool Api::NotThere(const http::Response& response) { return IsNotThere(response); }

absl::StatusOr<Json> Api::Document(const Call& call, const http::Response& response,
                                   const char* key) const {
  if (response.code < 200 || response.code >= 300) {
    return ErrorOf(response);
  }
  const Json json = Json::parse(response.body, nullptr, /*allow_exceptions=*/false);
  if (json.is_discarded()) {
    return NotAsExpected(call, response, "expected JSON");
  }
  if (!json.is_object()) {
    return NotAsExpected(call, response, "expected a JSON object");
  }
  if (*key == '\0') {
    return json;
  }
  const auto member = json.find(key);
  if (member == json.end() || !member->is_object()) {
    return NotAsExpected(call, response, absl::StrCat("expected an object \"", key, "\""));
  }
  return *member;
}

absl::StatusOr<Json> Api::Page(const std::string& path, const char* key, int page,
                               std::stop_token stop) const {
  const Call call{.path = path, .query = absl::StrCat("page=", page, "&per_page=", kPerPage)};
  if (page > kMaxPages) {
    return Unreadable(path, "the list does not end");
  }
  KPROTO_ASSIGN_OR_RETURN(const http::Response response, Send(call, stop));
  KPROTO_ASSIGN_OR_RETURN(Json json, Document(call, response, ""));
  // A missing list is not an empty one: better no answer than "nothing is there".
  const auto list = json.find(key);
  if (list == json.end() || !(list->is_array() || list->is_null())) {
    return NotAsExpected(call, response, absl::StrCat("expected a list \"", key, "\""));
  }
  return json;
}

bool Api::HasNextPage(const Json& json) {
  const auto links = json.find("links");
  if (links == json.end() || !links->is_object()) {
    return false;
  }
  const auto pages = links->find("pages");
  if (pages == links->end() || !pages->is_object()) {
    return false;
  }
  // Only whether there is one: the address itself could lead anywhere.
  const auto next = pages->find("next");
  return next != pages->end() && next->is_string() && !next->get_ref<const std::string&>().empty();
}

absl::Status Api::Unreadable(const std::string& what, const std::string& problem) {
  return absl::DataLossError(
      absl::StrCat("DigitalOcean's answer to ", what, " is not as expected: ", problem));
}

absl::Status Api::NotAsExpected(const Call& call, const http::Response& response,
                                const std::string& problem) {
  const std::string id = http::RequestId(response);
  absl::Status status = Unreadable(
      absl::StrCat(http::MethodName(call.method), " ", call.path),
      absl::StrCat(problem, " (HTTP ", response.code, id.empty() ? "" : ", request ", id, ")"));
  return call.method == http::Method::kGet ? status : http::MarkMayHaveTakenEffect(status);
}

}  // namespace kproto::digitalocean
