// SPDX-License-Identifier: MPL-2.0
// Container: what a container of a simulated pod would find inside, had a kubelet started it: the
// files and variables that come from ConfigMaps and Secrets, and the disk behind a path. A process
// that stands behind the pod is given the same.
#pragma once

#include <map>
#include <string>

#include "absl/status/statusor.h"
#include "lab/kubernetes/api_client.h"
#include "nlohmann/json.hpp"

namespace kproto::lab {

// Errors of its methods: those of ApiClient; NotFound also for a key that an object has not.
class Container {
 public:
  // `api` and `pod` outlive it. Of a name that the pod has not it finds nothing.
  Container(ApiClient* api, const nlohmann::json* pod, const std::string& name);

  bool exists() const { return !container_->is_null(); }
  const nlohmann::json& spec() const { return *container_; }

  // Path → contents.
  absl::StatusOr<std::map<std::string, std::string>> Files();
  absl::StatusOr<std::map<std::string, std::string>> Environment();

  // One name for each disk: the uid of the claim mounted at `path`; that of the pod, with which an
  // emptyDir begins and ends, where there is none.
  absl::StatusOr<std::string> DiskAt(const std::string& path);

  // 0 without one.
  int Port(const std::string& name) const;

 private:
  using Data = std::map<std::string, std::string>;

  absl::StatusOr<const Data*> DataOf(const std::string& plural, const std::string& name);
  absl::StatusOr<std::string> ValueOf(const nlohmann::json& variable);
  const nlohmann::json& Volume(const std::string& name) const;

  ApiClient* const api_;
  const nlohmann::json* const pod_;
  const nlohmann::json* container_;
  std::map<std::string, Data> read_;  // by path
};

}  // namespace kproto::lab
