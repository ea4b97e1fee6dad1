// SPDX-License-Identifier: MPL-2.0
// ApiClient: one API server seen by the lab's own controllers: JSON in, JSON out. The lab must not
// lean on clients/, which it exists to test.
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

// How to reach one API server as cluster admin.
struct AdminAccess {
  std::string server;   // "https://127.0.0.1:port"
  std::string ca_path;  // PEM
  std::string token;
  std::string kubeconfig;  // path, 0600; says the same
};

// Thread-safe; calls of one client are made one after the other. Errors: NotFound (404),
// AlreadyExists (409 on create), Aborted (409 otherwise), Unavailable (no answer), Internal.
class ApiClient {
 public:
  explicit ApiClient(const AdminAccess& access);
  ~ApiClient();

  // Whether GET `path` answers 200, whatever the body.
  bool Answers(const std::string& path);

  absl::StatusOr<nlohmann::json> Get(const std::string& path);
  absl::StatusOr<nlohmann::json> Create(const std::string& path, const nlohmann::json& object);

  // RFC 7386.
  absl::StatusOr<nlohmann::json> MergePatch(const std::string& path, const nlohmann::json& patch);

  // Server-side apply as field manager `kproto-lab`, conflicts overruled.
  absl::StatusOr<nlohmann::json> Apply(const std::string& path, const nlohmann::json& object);

  // What is not there is deleted. `options` is a DeleteOptions body or null.
  absl::Status Delete(const std::string& path, const nlohmann::json& options = nullptr);

 private:
  absl::StatusOr<nlohmann::json> Patch(const std::string& path, const nlohmann::json& body,
                                       const char* content_type);

  absl::Mutex mutex_;
  std::unique_ptr<httplib::Client> http_;
};

}  // namespace kproto::lab
