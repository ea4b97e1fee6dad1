// SPDX-License-Identifier: MPL-2.0
// CloudApi: the simulated DigitalOcean API as a cluster's own controllers call it: over HTTP like
// everybody, with a token of their own, so that the user's limits, faults and call list stay
// theirs.
#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "absl/synchronization/mutex.h"
#include "nlohmann/json.hpp"

namespace httplib {
class Client;
class Result;
}  // namespace httplib

namespace kproto::lab {

// Thread-safe. Errors: NotFound (404), PermissionDenied (403: busy, or a quota),
// Unavailable (no answer), Internal with DigitalOcean's message.
class CloudApi {
 public:
  CloudApi(const std::string& url, const std::string& token);
  ~CloudApi();

  absl::StatusOr<nlohmann::json> Get(const std::string& path);
  absl::StatusOr<nlohmann::json> Post(const std::string& path, const nlohmann::json& body);
  absl::StatusOr<nlohmann::json> Put(const std::string& path, const nlohmann::json& body);
  absl::Status Delete(const std::string& path);  // what is not there is deleted

 private:
  absl::Mutex mutex_;
  std::unique_ptr<httplib::Client> http_;
};

}  // namespace kproto::lab
