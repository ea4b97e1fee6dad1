// SPDX-License-Identifier: MPL-2.0
// HttpRemotes: Remotes over smart HTTP. It needs no git program and sees no credential helper: a
// plan says the same on every machine.
#pragma once

#include "clients/git/remotes.h"
#include "clients/http/http_client.h"

namespace kproto::git {

class HttpRemotes : public Remotes {
 public:
  // `http` outlives it.
  explicit HttpRemotes(http::HttpClient& http) : http_(http) {}

  absl::StatusOr<Refs> ListRefs(const std::string& url, const std::optional<Login>& login,
                                absl::Time deadline, std::stop_token stop) override;

 private:
  http::HttpClient& http_;
};

}  // namespace kproto::git
