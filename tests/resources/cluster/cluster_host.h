// SPDX-License-Identifier: MPL-2.0
// ClusterHost: OpenTofu in small around a kproto_cluster: keeps the state, refreshes, plans, and
// applies, replaces and taints as the host does, and holds every plan and result against the host's
// rules. The cloud is the one in memory; time passes by looking.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "resources/cluster/resource.h"
#include "tests/support/fake_clock.h"
#include "tests/support/fake_digitalocean.h"
#include "tests/support/fake_kubernetes.h"
#include "tests/support/temp_dir.h"

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
    return absl::UnimplementedError("a cluster needs no Helm");
  }
  std::string ChartRepository(const std::string& url) override { return url; }
  FakeClock& clock() override { return clock_; }
  Journal& journal() override { return journal_; }

  absl::Status token;  // why there is no DigitalOcean
  std::function<absl::Status()> api_server = [] { return absl::OkStatus(); };
  std::vector<std::string> reached;                    // API servers that were tried
  std::shared_ptr<kubernetes::Kubernetes> kubernetes;  // of every cluster; null: empty, as below
  FakeDigitalOcean cloud;

 private:
  FakeClock clock_;
  Journal journal_;
};

class ClusterHost {
 public:
  ClusterHost();

  // `tofu plan`, without refreshing.
  PlanResult Plan(const ClusterModel& config);
  // `tofu apply`, `tofu destroy`, `tofu refresh`, `tofu import`: each a new run of the host. False
  // when there was an error; what was said is in `said`.
  bool Apply(const ClusterModel& config);
  bool Destroy();
  bool Refresh();
  bool Import(const std::string& id);
  // Makes every journal entry one of a host process that has ended.
  void BeginRun();

  FakeDigitalOcean& cloud() { return connections_.cloud; }
  FakeClock& clock() { return connections_.clock(); }
  Journal& journal() { return connections_.journal(); }
  FakeConnections& connections() { return connections_; }
  const Schema& schema() const { return resource_->schema(); }
  ClusterModel model() const;  // the state; it must be there

  Value state;
  PrivateState private_state;
  bool tainted = false;
  Diagnostics said;
  RequestContext context;

 private:
  bool Create(const Value& config);
  bool Delete(const PrivateState& planned_private);
  PlanResult PlanFrom(const Value& prior, const Value& config);

  TempDir dir_;
  FakeConnections connections_{dir_ / "journal"};
  const std::unique_ptr<AnyResource> resource_ = std::make_unique<ClusterResource>(connections_);
};

// A good configuration: its own VPC, a pool for anything and one that is dedicated.
ClusterModel SmallPlatform();
// The summaries and details of what was said, a line each.
std::string Text(const Diagnostics& diagnostics);

}  // namespace kproto::testing
