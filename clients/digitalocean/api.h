// SPDX-License-Identifier: MPL-2.0
// Api: one call to DigitalOcean's API and its answer as JSON. Knows the token, the base URL, pages
// and errors; knows nothing of clusters or VPCs. RestDigitalOcean is written on it.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/secret.h"
#include "base/status_macros.h"
#include "clients/digitalocean/json_view.h"
#include "clients/http/http_client.h"

namespace kproto::digitalocean {

struct Call {
  http::Method method = http::Method::kGet;
  std::string path;   // "/v2/…"; variable segments through Segment()
  std::string query;  // "a=b&c=d", encoded
  std::optional<Json> body;
  std::optional<http::Idempotency> idempotency;  // nullopt: by the method
};

// Makes an id a path segment.
std::string Segment(absl::string_view id);
// "/v2/<collection>/<id><below>": the path of one thing, or of what lies below it.
std::string Under(absl::string_view collection, absl::string_view id, absl::string_view below = "");

// Thread-safe.
class Api {
 public:
  // `client` must outlive this object. `base_url` without /v2.
  Api(http::HttpClient& client, std::string base_url, SecretString token);

  // Any answer that DigitalOcean gave. Errors: those of HttpClient, Unauthenticated without a
  // token, InvalidArgument when an id in the path is empty or not an id.
  absl::StatusOr<http::Response> Send(const Call& call, std::stop_token stop) const;

  // For calls without an answer to read. DELETE of what is not there is OK.
  absl::Status Do(const Call& call, std::stop_token stop) const;

  // The member `key` of the answer, read by `read`; DataLoss names what was expected when the
  // answer is something else. For a request that changed something it may have taken effect.
  template <typename T>
  absl::StatusOr<T> Fetch(const Call& call, const char* key, T (*read)(const JsonView&),
                          std::stop_token stop) const {
    KPROTO_ASSIGN_OR_RETURN(const http::Response response, Send(call, stop));
    return Read(call, response, key, read);
  }

  // As Fetch; nullopt when the API says that it is not there.
  template <typename T>
  absl::StatusOr<std::optional<T>> Find(const Call& call, const char* key,
                                        T (*read)(const JsonView&), std::stop_token stop) const {
    KPROTO_ASSIGN_OR_RETURN(const http::Response response, Send(call, stop));
    if (NotThere(response)) {
      return std::nullopt;
    }
    KPROTO_ASSIGN_OR_RETURN(T value, Read(call, response, key, read));
    return std::optional<T>(std::move(value));
  }

  // The member `key`, a list, over all pages.
  template <typename T>
  absl::StatusOr<std::vector<T>> FetchAll(const std::string& path, const char* key,
                                          T (*read)(const JsonView&), std::stop_token stop) const {
    std::vector<T> all;
    for (int page = 1;; ++page) {
      KPROTO_ASSIGN_OR_RETURN(const Json json, Page(path, key, page, stop));
      std::string problem;
      std::vector<T> items = JsonView(json, path, problem).List(key, read);
      if (!problem.empty()) {
        return Unreadable(path, problem);
      }
      const bool last = items.empty() || !HasNextPage(json);
      std::move(items.begin(), items.end(), std::back_inserter(all));
      if (last) {
        return all;
      }
    }
  }

 private:
  template <typename T>
  absl::StatusOr<T> Read(const Call& call, const http::Response& response, const char* key,
                         T (*read)(const JsonView&)) const {
    KPROTO_ASSIGN_OR_RETURN(const Json json, Document(call, response, key));
    std::string problem;
    T value = read(JsonView(json, key, problem));
    if (!problem.empty()) {
      return NotAsExpected(call, response, problem);
    }
    return value;
  }

  // The member `key` of a 2xx answer, an object; the whole answer when `key` is "".
  absl::StatusOr<Json> Document(const Call& call, const http::Response& response,
                                const char* key) const;
  absl::StatusOr<Json> Page(const std::string& path, const char* key, int page,
                            std::stop_token stop) const;
  static bool HasNextPage(const Json& json);
  static bool NotThere(const http::Response& response);
  static absl::Status Unreadable(const std::string& what, const std::string& problem);
  static absl::Status NotAsExpected(const Call& call, const http::Response& response,
                                    const std::string& problem);

  http::HttpClient& client_;
  const std::string base_url_;
  const SecretString token_;
};

}  // namespace kproto::digitalocean
