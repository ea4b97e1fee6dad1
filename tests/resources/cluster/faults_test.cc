// SPDX-License-Identifier: MPL-2.0
// Every call of every operation fails once, before or after its effect, alone or as the beginning
// of an outage. Whatever it was, applying again must end where it would have ended, with exactly
// one VPC and one cluster and nothing left behind.
#include <functional>
#include <set>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::IsEmpty;

// How the n-th call fails, and how many after it do, too.
struct Fault {
  FailWhen when;
  int outage;
};
constexpr Fault kFaults[] = {{FailWhen::kBefore, 0},
                             {FailWhen::kAfter, 0},
                             {FailWhen::kAfter, 1},
                             {FailWhen::kBefore, 50},
                             {FailWhen::kAfter, 50}};

void Inject(FakeDigitalOcean& cloud, int n, const Fault& fault) {
  cloud.FailCall(n, absl::UnavailableError("fault"), fault.when);
  for (int i = 1; i <= fault.outage; ++i) {
    cloud.FailCall(n + i, absl::UnavailableError("outage"));
  }
}

// Failures that were not reached must not hit the run that mends.
void EndOutage(FakeDigitalOcean& cloud) {
  for (int i = 0; i < 60; ++i) {
    (void)cloud.GetAccount({});
  }
}

// The pools of the only cluster. A copy: the cloud that is asked for is one as well.
std::vector<api::NodePool> Pools(ClusterHost& host) {
  const FakeCloud cloud = host.cloud().cloud();
  return cloud.clusters.begin()->second.node_pools;
}

int OwnVpcs(const FakeCloud& cloud) {
  int count = 0;
  for (const auto& [id, vpc] : cloud.vpcs) {
    count += vpc.is_default ? 0 : 1;
  }
  return count;
}

void ExpectConverged(ClusterHost& host, const ClusterModel& config) {
  const FakeCloud cloud = host.cloud().cloud();
  ASSERT_EQ(cloud.clusters.size(), 1u);
  EXPECT_EQ(OwnVpcs(cloud), config.vpc.is_known() ? 1 : 0);
  const api::Cluster& cluster = cloud.clusters.begin()->second;
  EXPECT_EQ(host.model().id, cluster.id);
  EXPECT_EQ(cluster.status.text, "running");
  EXPECT_EQ(cluster.node_pools.size(), config.node_pools->size());
  for (const api::NodePool& pool : cluster.node_pools) {
    ASSERT_EQ(config.node_pools->count(pool.name), 1u) << pool.name;
    EXPECT_EQ(pool.size, *config.node_pools->at(pool.name)->size);
    EXPECT_EQ(pool.count, *config.node_pools->at(pool.name)->count);
    EXPECT_EQ(static_cast<int64_t>(pool.nodes.size()), pool.count);
  }
  EXPECT_TRUE(host.Refresh()) << Text(host.said);
  EXPECT_EQ(host.Plan(config).planned, host.state) << "not a plan without changes";
  EXPECT_TRUE(host.model().cluster_ca_certificate.is_known());
  EXPECT_THAT(*host.journal().All(), IsEmpty());
}

using Prepare = std::function<void(ClusterHost&)>;
using Act = std::function<bool(ClusterHost&)>;
using Judge = std::function<void(ClusterHost&)>;

void Sweep(const Prepare& prepare, const Act& act, const Judge& judge) {
  int calls = 0;
  {
    ClusterHost host;
    prepare(host);
    host.cloud().ForgetCalls();
    ASSERT_TRUE(act(host)) << Text(host.said);
    calls = static_cast<int>(host.cloud().calls().size());
    judge(host);
  }
  ASSERT_GT(calls, 3);
  for (int n = 1; n <= calls; ++n) {
    for (const Fault& fault : kFaults) {
      ClusterHost host;
      prepare(host);
      host.cloud().ForgetCalls();
      Inject(host.cloud(), n, fault);
      const bool survived = act(host);
      const std::vector<std::string> seen = host.cloud().calls();
      SCOPED_TRACE(
          absl::StrCat("call ", n, " (", static_cast<int>(seen.size()) >= n ? seen[n - 1] : "?",
                       ") fails ", fault.when == FailWhen::kAfter ? "after" : "before",
                       " its effect, outage ", fault.outage, survived ? ", survived" : ""));
      EndOutage(host.cloud());
      const std::string first = Text(host.said);
      EXPECT_TRUE(act(host)) << "second run: " << Text(host.said) << "first run: " << first;
      judge(host);
      if (::testing::Test::HasFailure()) {
        return;  // One broken place is enough to read.
      }
    }
  }
}

void Nothing(ClusterHost&) {}

void Platform(ClusterHost& host) { ASSERT_TRUE(host.Apply(SmallPlatform())) << Text(host.said); }

TEST(ClusterFaultsTest, CreateIsGoneOnWithAfterAnyFailure) {
  Sweep(
      Nothing, [](ClusterHost& host) { return host.Apply(SmallPlatform()); },
      [](ClusterHost& host) { ExpectConverged(host, SmallPlatform()); });
}

TEST(ClusterFaultsTest, CreateInTheDefaultVpcIsGoneOnWithAfterAnyFailure) {
  ClusterModel config = SmallPlatform();
  config.vpc = {};
  Sweep(
      Nothing, [&](ClusterHost& host) { return host.Apply(config); },
      [&](ClusterHost& host) { ExpectConverged(host, config); });
}

TEST(ClusterFaultsTest, CreateThatDoesNotWaitForNodesIsGoneOnWithAfterAnyFailure) {
  ClusterModel config = SmallPlatform();
  config.wait_for_nodes = false;
  Sweep(
      [](ClusterHost& host) {
        host.cloud().Edit([](FakeCloud& cloud) { cloud.polls_until_nodes = 4; });
      },
      [&](ClusterHost& host) { return host.Apply(config); },
      [&](ClusterHost& host) { ExpectConverged(host, config); });
}

TEST(ClusterFaultsTest, AFailureNeverThrowsAwayWhatWasMade) {
  // The cluster that is there in the end is the first one made, whatever failed.
  Sweep(
      Nothing, [](ClusterHost& host) { return host.Apply(SmallPlatform()); },
      [](ClusterHost& host) {
        EXPECT_EQ(host.cloud().Count("DeleteCluster"), 0);
        EXPECT_EQ(host.cloud().Count("DeleteVpc"), 0);
      });
}

ClusterModel Changed() {
  ClusterModel config = SmallPlatform();
  config.version = "1.34";
  config.tags = SetOf<std::string>{{"team:a"}};
  ClusterPool& primary = *(*config.node_pools)["primary"];
  primary.count = 4;
  primary.labels = MapOf<std::string>{{"tier", "web"}};
  (*config.node_pools)["monitoring"]->size = "c-2";  // swaps the pool
  ClusterPool batch;
  batch.size = "c-4";
  batch.count = 1;
  batch.taints = SetOf<PoolTaint>{{PoolTaint{"batch", "yes", "NoSchedule"}}};
  (*config.node_pools)["batch"] = batch;
  return config;
}

TEST(ClusterFaultsTest, EveryUpdateIsGoneOnWithAfterAnyFailure) {
  Sweep(
      Platform, [](ClusterHost& host) { return host.Apply(Changed()); },
      [](ClusterHost& host) {
        ExpectConverged(host, Changed());
        EXPECT_EQ(host.cloud().cloud().clusters.begin()->second.version, "1.34.1-do.0");
      });
}

TEST(ClusterFaultsTest, AnUpgradeOfSeveralHopsIsGoneOnWithAfterAnyFailure) {
  ClusterModel old = SmallPlatform(), target = SmallPlatform();
  old.version = "1.32";
  target.version = "1.34";
  target.preflight = ClusterPreflight{.clusterlint = "error"};
  Sweep([&](ClusterHost& host) { ASSERT_TRUE(host.Apply(old)) << Text(host.said); },
        [&](ClusterHost& host) { return host.Apply(target); },
        [&](ClusterHost& host) {
          ExpectConverged(host, target);
          EXPECT_EQ(host.cloud().cloud().clusters.begin()->second.version, "1.34.1-do.0");
          EXPECT_EQ(*host.model().version, "1.34");
        });
}

// Both pools at once, and their way back while the first swap may not have ended.
TEST(ClusterFaultsTest, ASwapOfEveryPoolIsGoneOnWithAfterAnyFailure) {
  ClusterModel bigger = SmallPlatform();
  for (auto& [name, pool] : *bigger.node_pools) {
    pool->size = "c-4";
  }
  const auto judge = [](const ClusterModel& config) {
    return [config](ClusterHost& host) {
      ExpectConverged(host, config);
      for (const api::NodePool& pool : Pools(host)) {
        if (pool.name == "monitoring") {
          EXPECT_EQ(pool.labels.at("node-type"), "monitoring");
          EXPECT_EQ(pool.taints.size(), 1u);
        }
      }
    };
  };
  Sweep(
      Platform, [&](ClusterHost& host) { return host.Apply(bigger); }, judge(bigger));
}

TEST(ClusterFaultsTest, ASecondSwapWhileTheFirstLeftItsPoolIsGoneOnWithAfterAnyFailure) {
  ClusterModel bigger = SmallPlatform(), other = SmallPlatform();
  (*bigger.node_pools)["primary"]->size = "c-4";
  for (const char* size : {"c-2", "s-2vcpu-4gb"}) {  // a third size, and back to the first
    (*other.node_pools)["primary"]->size = size;
    Sweep(
        [&](ClusterHost& host) {
          Platform(host);
          host.cloud().FailNext("DeleteNodePool", absl::UnavailableError("interrupted"));
          ASSERT_FALSE(host.Apply(bigger));
        },
        [&](ClusterHost& host) { return host.Apply(other); },
        [&](ClusterHost& host) { ExpectConverged(host, other); });
  }
}

TEST(ClusterFaultsTest, NodesAreReplacedAfterAnyFailure) {
  std::set<std::string> old;
  ClusterModel labelled = SmallPlatform(), config = SmallPlatform();
  (*labelled.node_pools)["primary"]->labels = MapOf<std::string>{{"tier", "web"}};
  (*config.node_pools)["primary"]->label_strategy = "rolling";
  Sweep(
      [&](ClusterHost& host) {
        ASSERT_TRUE(host.Apply(labelled)) << Text(host.said);
        old.clear();
        for (const api::NodePool& pool : Pools(host)) {
          for (const api::Node& node : pool.nodes) {
            old.insert(node.id);
            if (pool.name == "monitoring") {
              config.replace_nodes = SetOf<std::string>{{node.id}};
            }
          }
        }
      },
      [&](ClusterHost& host) { return host.Apply(config); },
      [&](ClusterHost& host) {
        ExpectConverged(host, config);
        for (const api::NodePool& pool : Pools(host)) {
          for (const api::Node& node : pool.nodes) {
            EXPECT_EQ(old.count(node.id), 0u) << node.name;
          }
        }
      });
}

TEST(ClusterFaultsTest, PoolsGoAfterAnyFailure) {
  ClusterModel smaller = SmallPlatform();
  smaller.node_pools->erase("primary");
  Sweep(
      Platform, [&](ClusterHost& host) { return host.Apply(smaller); },
      [&](ClusterHost& host) { ExpectConverged(host, smaller); });
}

TEST(ClusterFaultsTest, DestroyIsGoneOnWithAfterAnyFailure) {
  Sweep(
      [](ClusterHost& host) {
        Platform(host);
        host.cloud().Edit([](FakeCloud& cloud) {
          const api::Cluster& cluster = cloud.clusters.begin()->second;
          cloud.load_balancers["lb-1"] = {
              .id = "lb-1", .name = "web", .vpc_uuid = cluster.vpc_uuid};
          cloud.associated[cluster.id].load_balancers.push_back({"lb-1", "web"});
        });
      },
      [](ClusterHost& host) { return host.Destroy(); },
      [](ClusterHost& host) {
        const FakeCloud cloud = host.cloud().cloud();
        EXPECT_TRUE(host.state.is_null());
        EXPECT_THAT(cloud.clusters, IsEmpty());
        EXPECT_EQ(OwnVpcs(cloud), 0);
        EXPECT_THAT(cloud.load_balancers, IsEmpty());
        EXPECT_THAT(*host.journal().All(), IsEmpty());
      });
}

TEST(ClusterFaultsTest, ADestroyOfEverythingIsGoneOnWithAfterAnyFailure) {
  ClusterModel config = SmallPlatform();
  config.vpc = {};  // whatever is left, no VPC keeps the state alive
  config.on_destroy = OnDestroy{.volumes = "delete", .volume_snapshots = "delete"};
  Sweep(
      [&](ClusterHost& host) {
        ASSERT_TRUE(host.Apply(config)) << Text(host.said);
        host.cloud().OnCall([&host](const std::string& call) {
          if (call.rfind("DeleteCluster ", 0) == 0) {
            host.cloud().Edit([](FakeCloud& cloud) {  // while it goes: left for afterwards
              if (cloud.clusters.empty()) {
                return;
              }
              const std::string mark = "k8s:" + cloud.clusters.begin()->first;
              cloud.load_balancers["lb-1"] = {.id = "lb-1", .name = "web", .tags = {mark}};
              cloud.volumes["v-1"] = {.id = "v-1", .name = "data", .tags = {mark}};
              cloud.snapshots["s-1"] = {.id = "s-1",
                                        .name = "nightly",
                                        .resource_id = "v-1",
                                        .resource_type = "volume",
                                        .tags = {mark}};
            });
          }
        });
      },
      [](ClusterHost& host) { return host.Destroy(); },
      [](ClusterHost& host) {
        const FakeCloud cloud = host.cloud().cloud();
        EXPECT_TRUE(host.state.is_null());
        EXPECT_THAT(cloud.clusters, IsEmpty());
        EXPECT_THAT(cloud.load_balancers, IsEmpty());
        EXPECT_THAT(cloud.volumes, IsEmpty());
        EXPECT_THAT(cloud.snapshots, IsEmpty());
      });
}

TEST(ClusterFaultsTest, AReplacementIsGoneOnWithAfterAnyFailure) {
  ClusterModel elsewhere = SmallPlatform();
  elsewhere.vpc->ip_range = "10.20.0.0/20";
  Sweep(
      Platform, [&](ClusterHost& host) { return host.Apply(elsewhere); },
      [&](ClusterHost& host) {
        ExpectConverged(host, elsewhere);
        for (const auto& [id, vpc] : host.cloud().cloud().vpcs) {
          EXPECT_NE(vpc.ip_range, "10.10.0.0/20");
        }
      });
}

}  // namespace
}  // namespace kproto::testing
