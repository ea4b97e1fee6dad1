// SPDX-License-Identifier: MPL-2.0
#include "clients/git/http_remotes.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "clients/http/response.h"

namespace kproto::git {
namespace {

// A repository that is there answers at once; a plan does not wait long for one that is away.
constexpr absl::Duration kTimeout = absl::Seconds(15);
constexpr absl::Duration kConnectTimeout = absl::Seconds(5);

http::Request RequestFor(const std::string& url, const std::optional<Login>& login,
                         absl::Time deadline) {
  http::Request request;
  request.url = absl::StrCat(absl::StripSuffix(url, "/"), "/info/refs?service=git-upload-pack");
  // Some servers answer nothing else by Git's protocol.
  request.headers = {{"User-Agent", "git/kproto"}};
  request.timeout = std::min(kTimeout, deadline - absl::Now());
  request.connect_timeout = kConnectTimeout;
  if (login) {
    request.secret_headers.emplace_back(
        "Authorization",
        SecretString(absl::StrCat("Basic ", absl::Base64Escape(absl::StrCat(
                                                login->username, ":", login->password.Reveal())))));
  }
  return request;
}

// What a code means for a repository, in place of what it means for an API.
absl::Status Refused(const http::Response& response, const std::optional<Login>& login) {
  if (response.code / 100 == 3) {
    return absl::FailedPreconditionError(
        absl::StrCat("it has moved to ", response.Header("location")));
  }
  if (response.code == 401) {
    return absl::UnauthenticatedError(login ? "it refuses this username and password"
                                            : "it asks for a username and a password");
  }
  if (response.code == 403) {
    return absl::PermissionDeniedError("it does not let this user in");
  }
  if (response.code == 404) {
    return absl::NotFoundError(login ? "there is no such repository for this user"
                                     : "there is no such repository, or not without a password");
  }
  return http::AsStatus(response);
}

}  // namespace

absl::StatusOr<Refs> HttpRemotes::ListRefs(const std::string& url,
                                           const std::optional<Login>& login, absl::Time deadline,
                                           std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(const http::Response response,
                          http_.Send(RequestFor(url, login, deadline), std::move(stop)));
  if (response.code != 200) {
    return Refused(response, login);
  }
  absl::StatusOr<Refs> refs = ParseAdvertisement(response.body);
  return refs.ok() ? std::move(refs) : absl::FailedPreconditionError(refs.status().message());
}

}  // namespace kproto::git
