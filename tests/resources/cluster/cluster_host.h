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
#include "tests/support/fake_connections.h"
#include "tests/support/temp_dir.h"

namespace kproto::testing {

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
