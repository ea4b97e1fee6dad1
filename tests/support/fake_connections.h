// SPDX-License-Identifier: MPL-2.0
// FakeConnections: a resource's outside world for tests: the cloud in memory, a clock that does not
// wait, API servers that answer or do not, a journal of the test's own; no Helm.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "resources/connections.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_digitalocean.h"
#include "tests/support/fake_kubernetes.h"

namespace kproto::testing {

class FakeConnections : public Connections {
 public:
  explicit FakeConnections(const std::string& journal_directory) : journal_(journal_directory) {}

  absl::StatusOr<digitalocean::DigitalOcean*> DigitalOcean() override {
    if (!token.ok()) {
      return token;
    }
    return &cloud;
  }
  // Every connection is a new one: what reaches the API server is asked each time.
  absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> Kubernetes(
      const kubernetes::Credentials& credentials) override {
    if (kubernetes != nullptr) {
      return std::shared_ptr<kubernetes::Kubernetes>(kubernetes);
    }
    auto fresh = std::make_shared<FakeKubernetes>();
    reached.push_back(credentials.host);
    if (const absl::Status status = api_server(); !status.ok()) {
      fresh->log.FailMatching("version", status);
    }
    return std::shared_ptr<kubernetes::Kubernetes>(fresh);
  }
  absl::StatusOr<helm::Helm*> Helm() override {
    return absl::UnimplementedError("there is no Helm here");
  }
  absl::StatusOr<git::Git*> Git() override {
    return absl::UnimplementedError("there is no git here");
  }
  std::string ChartRepository(const std::string& url) override { return url; }
  FakeClock& clock() override { return clock_; }
  Journal& journal() override { return journal_; }

  absl::Status token;  // why there is no DigitalOcean
  std::function<absl::Status()> api_server = [] { return absl::OkStatus(); };
  std::vector<std::string> reached;                    // API servers that were tried
  std::shared_ptr<kubernetes::Kubernetes> kubernetes;  // of every cluster; null: empty, as above
  FakeDigitalOcean cloud;

 private:
  FakeClock clock_;
  Journal journal_;
};

}  // namespace kproto::testing
