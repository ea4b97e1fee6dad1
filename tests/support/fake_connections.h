// SPDX-License-Identifier: MPL-2.0
// FakeConnections: the outside worlds for tests of resources that need only DigitalOcean: the cloud
// in memory, a clock that never waits, a journal in a directory of the test's.
#pragma once

#include <memory>
#include <string>

#include "resources/connections.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_digitalocean.h"

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
  absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> Kubernetes(
      const kubernetes::Credentials&) override {
    return absl::UnimplementedError("no Kubernetes here");
  }
  absl::StatusOr<helm::Helm*> Helm() override { return absl::UnimplementedError("no Helm here"); }
  std::string ChartRepository(const std::string& url) override { return url; }
  FakeClock& clock() override { return clock_; }
  Journal& journal() override { return journal_; }

  absl::Status token;  // why there is no DigitalOcean
  FakeDigitalOcean cloud;

 private:
  FakeClock clock_;
  Journal journal_;
};

}  // namespace kproto::testing
