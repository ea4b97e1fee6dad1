// SPDX-License-Identifier: MPL-2.0
// The settings of a kproto_cluster beside its name, place and pools: made, read back, changed,
// switched off, found different, imported, and refused.
#include "resources/cluster/settings.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/cluster/checks.h"
#include "tests/resources/cluster/cluster_host.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Pair;
using ::testing::UnorderedElementsAre;

// Every setting, none at its default.
ClusterModel FullySet() {
  ClusterModel cluster = SmallPlatform();
  cluster.maintenance_policy = MaintenancePolicy{.day = "sunday", .start_time = "04:00"};
  cluster.cluster_autoscaler_configuration =
      ClusterAutoscaler{.scale_down_utilization_threshold = 0.65,
                        .scale_down_unneeded_time = "10m",
                        .expanders = ListOf<std::string>{"priority", "least-waste"}};
  cluster.control_plane_firewall = ControlPlaneFirewall{
      .enabled = true, .allowed_addresses = SetOf<std::string>{{"203.0.113.7", "198.51.100.0/24"}}};
  cluster.sso =
      ClusterSso{.enabled = true, .issuer_url = "https://id.example", .client_id = "doks"};
  cluster.plugins = ClusterPlugins{.routing_agent = true,
                                   .amd_gpu_dra_driver = true,
                                   .rdma_shared_device_plugin = true,
                                   .coredns_autoscaler = false};
  cluster.vpc = {};
  cluster.isolated_workers = true;
  (*cluster.node_pools)["primary"]->gpu_partition_mode = "AMD_PARTITION_MODE_DPX_NPS2";
  return cluster;
}

class ClusterSettingsTest : public ::testing::Test {
 protected:
  void Make() { ASSERT_TRUE(host_.Apply(config_)) << Said(); }
  std::string Said() { return Text(host_.said); }
  api::Cluster Live() { return host_.cloud().cloud().clusters.begin()->second; }
  void Drift(const std::function<void(api::Cluster&)>& change) {
    host_.cloud().Edit([&](FakeCloud& now) { change(now.clusters.begin()->second); });
  }
  // Refreshes and plans, as `tofu plan` does.
  ClusterModel Planned() {
    EXPECT_TRUE(host_.Refresh()) << Said();
    last_ = host_.Plan(config_);
    return ClusterModel::Fields().Decode(last_.planned).value_or(ClusterModel());
  }
  void ExpectEmptyPlan() {
    Planned();
    EXPECT_EQ(last_.planned, host_.state) << Said();
    EXPECT_THAT(last_.requires_replace, IsEmpty());
  }
  ClusterPool& Pool(const std::string& name) { return *(*config_.node_pools)[name]; }

  ClusterHost host_;
  ClusterModel config_ = FullySet();
  PlanResult last_;
};

TEST_F(ClusterSettingsTest, EveryArgumentReachesDigitalOceanAndIsReadBack) {
  Make();
  const api::Cluster live = Live();
  EXPECT_EQ(live.maintenance_policy->day, "sunday");
  EXPECT_EQ(live.maintenance_policy->start_time, "04:00");
  EXPECT_EQ(live.cluster_autoscaler_configuration->scale_down_utilization_threshold, 0.65);
  EXPECT_EQ(live.cluster_autoscaler_configuration->scale_down_unneeded_time, "10m");
  EXPECT_THAT(live.cluster_autoscaler_configuration->expanders,
              ElementsAre("priority", "least-waste"));
  EXPECT_TRUE(live.control_plane_firewall->enabled);
  EXPECT_THAT(live.control_plane_firewall->allowed_addresses,
              UnorderedElementsAre("203.0.113.7", "198.51.100.0/24"));
  EXPECT_TRUE(live.sso->enabled);
  EXPECT_FALSE(live.sso->required);
  EXPECT_EQ(live.sso->issuer_url, "https://id.example");
  EXPECT_EQ(live.sso->client_id, "doks");
  EXPECT_THAT(live.plugins,
              ElementsAre(Pair("amd_gpu_device_plugin", false), Pair("amd_gpu_dra_driver", true),
                          Pair("coredns_autoscaler", false), Pair("rdma_shared_dev_plugin", true),
                          Pair("routing_agent", true)))
      << "what is off unless asked for is not mentioned";
  EXPECT_TRUE(live.isolated_workers);
  ExpectEmptyPlan();
}

TEST_F(ClusterSettingsTest, ImportThenPlanIsEmptyWithEverySettingConfigured) {
  Make();
  config_.maintenance_policy->day = "sunday";
  ASSERT_TRUE(host_.Import(Live().id)) << Said();
  ExpectEmptyPlan();
}

TEST_F(ClusterSettingsTest, ImportThenPlanIsEmptyWithNoSettingConfigured) {
  config_ = SmallPlatform();
  config_.vpc = {};
  Make();
  ASSERT_TRUE(host_.Import(Live().id)) << Said();
  ExpectEmptyPlan();
}

TEST_F(ClusterSettingsTest, WhatIsOmittedIsNotSent) {
  config_ = SmallPlatform();
  Make();
  EXPECT_FALSE(Live().control_plane_firewall.has_value());
  EXPECT_FALSE(Live().sso.has_value());
  EXPECT_FALSE(Live().cluster_autoscaler_configuration.has_value());
  EXPECT_THAT(Live().plugins, IsEmpty());
  EXPECT_EQ(host_.cloud().Count("UpdateCluster"), 0);
  EXPECT_FALSE(*host_.model().control_plane_firewall->enabled);
  EXPECT_FALSE(*host_.model().sso->enabled);
  EXPECT_FALSE(*host_.model().plugins->nvidia_gpu_device_plugin);
  EXPECT_TRUE(host_.model().worker_subnet_id.is_null());
  ExpectEmptyPlan();
}

// ---- off is off

TEST_F(ClusterSettingsTest, SurgeUpgradeGoesOff) {
  Make();
  EXPECT_TRUE(Live().surge_upgrade);
  config_.surge_upgrade = false;
  Make();
  EXPECT_FALSE(Live().surge_upgrade);
  ExpectEmptyPlan();
}

TEST_F(ClusterSettingsTest, TheLastTagLabelAndTaintGo) {
  config_.tags = SetOf<std::string>{{"team:a"}};
  Pool("primary").tags = SetOf<std::string>{{"pool:a"}};
  Pool("primary").labels = MapOf<std::string>{{"tier", "web"}};
  Pool("primary").taints = SetOf<PoolTaint>{{PoolTaint{"batch", "yes", "NoSchedule"}}};
  Make();
  config_.tags = {};
  Pool("primary").tags = {};
  Pool("primary").labels = {};
  Pool("primary").taints = {};
  Make();
  EXPECT_THAT(Live().tags, Not(::testing::Contains("team:a")));
  for (const api::NodePool& pool : Live().node_pools) {
    if (pool.name == "primary") {
      EXPECT_THAT(pool.tags, Not(::testing::Contains("pool:a")));
      EXPECT_THAT(pool.labels, IsEmpty());
      EXPECT_THAT(pool.taints, IsEmpty());
    }
  }
  ExpectEmptyPlan();
}

TEST_F(ClusterSettingsTest, APluginGoesOffWithItsAttribute) {
  Make();
  config_.plugins->routing_agent = {};
  EXPECT_FALSE(*Planned().plugins->routing_agent) << "the plan says so";
  Make();
  EXPECT_FALSE(Live().plugins.at("routing_agent"));
  EXPECT_TRUE(Live().plugins.at("amd_gpu_dra_driver"));
  ExpectEmptyPlan();
}

TEST_F(ClusterSettingsTest, PluginsThatWereAskedForGoOffWithTheWholeAttribute) {
  Make();
  config_.plugins = {};
  Make();
  EXPECT_FALSE(Live().plugins.at("routing_agent"));
  EXPECT_FALSE(Live().plugins.at("amd_gpu_dra_driver"));
  EXPECT_TRUE(Live().plugins.at("rdma_shared_dev_plugin"))
      << "DigitalOcean turns it on by itself: it stays";
  ExpectEmptyPlan();
}

TEST_F(ClusterSettingsTest, FirewallSsoAndExpandersGoOffWithTheirAttributes) {
  Make();
  config_.control_plane_firewall = {};
  config_.sso = {};
  config_.cluster_autoscaler_configuration = {};
  Make();
  EXPECT_FALSE(Live().control_plane_firewall->enabled);
  EXPECT_THAT(Live().control_plane_firewall->allowed_addresses, IsEmpty());
  EXPECT_FALSE(Live().sso->enabled);
  EXPECT_THAT(Live().cluster_autoscaler_configuration->expanders, IsEmpty());
  EXPECT_EQ(Live().cluster_autoscaler_configuration->scale_down_utilization_threshold, 0.65)
      << "a number has no off";
  ExpectEmptyPlan();
}

TEST_F(ClusterSettingsTest, AMaintenanceWindowStaysWhenItIsNoLongerConfigured) {
  Make();
  config_.maintenance_policy = {};
  ExpectEmptyPlan();
}

// ---- drift

TEST_F(ClusterSettingsTest, EveryDriftIsSeenAndMended) {
  Make();
  const Value made = host_.state;
  const std::vector<std::function<void(api::Cluster&)>> drifts = {
      [](api::Cluster& c) { c.maintenance_policy->start_time = "05:00"; },
      [](api::Cluster& c) { c.cluster_autoscaler_configuration->expanders = {"random"}; },
      [](api::Cluster& c) {
        c.cluster_autoscaler_configuration->scale_down_utilization_threshold = 0.1;
      },
      [](api::Cluster& c) {
        c.cluster_autoscaler_configuration->scale_down_unneeded_time = "1m0s";
      },
      [](api::Cluster& c) { c.control_plane_firewall->enabled = false; },
      [](api::Cluster& c) { c.control_plane_firewall->allowed_addresses.push_back("0.0.0.0/0"); },
      [](api::Cluster& c) { c.control_plane_firewall.reset(); },
      [](api::Cluster& c) { c.sso->required = true; },
      [](api::Cluster& c) { c.sso->issuer_url = "https://other.example"; },
      [](api::Cluster& c) { c.sso.reset(); },
      [](api::Cluster& c) { c.plugins["routing_agent"] = false; },
      [](api::Cluster& c) { c.plugins["p2p_oci_registry_plugin"] = true; },
      [](api::Cluster& c) { c.plugins["coredns_autoscaler"] = true; },
      [](api::Cluster& c) { c.plugins.clear(); },
      [](api::Cluster& c) { c.surge_upgrade = false; },
  };
  for (size_t i = 0; i < drifts.size(); ++i) {
    Drift(drifts[i]);
    Planned();
    EXPECT_NE(host_.state, made) << "drift " << i << " is not seen";
    EXPECT_NE(last_.planned, host_.state) << "drift " << i << " is not to be mended";
    Make();
    EXPECT_EQ(host_.state, made) << "drift " << i << " is not mended";
    ExpectEmptyPlan();
  }
}

TEST_F(ClusterSettingsTest, AnotherSpellingIsNoDriftAndNoChange) {
  Make();
  Drift([](api::Cluster& c) {
    c.cluster_autoscaler_configuration->scale_down_unneeded_time = "10m0s";
    c.cluster_autoscaler_configuration->expanders = {"priority", "least_waste"};
    c.control_plane_firewall->allowed_addresses = {"198.51.100.0/24", "203.0.113.7/32"};
  });
  ExpectEmptyPlan();
  config_.cluster_autoscaler_configuration->scale_down_unneeded_time = "600s";
  config_.control_plane_firewall->allowed_addresses =
      SetOf<std::string>{{"203.0.113.7/32", "198.51.100.0/24"}};
  ExpectEmptyPlan();
}

TEST_F(ClusterSettingsTest, NullsOfTheApiAreTheDefaults) {
  config_ = SmallPlatform();
  Make();
  Drift([](api::Cluster& c) {
    c.maintenance_policy.reset();
    c.control_plane_firewall.reset();
    c.sso.reset();
    c.cluster_autoscaler_configuration.reset();
    c.plugins.clear();
  });
  ASSERT_TRUE(host_.Refresh()) << Said();
  EXPECT_TRUE(host_.model().maintenance_policy.is_null());
  ExpectEmptyPlan();
}

TEST_F(ClusterSettingsTest, AnAcceptedChangeThatNeverShowsIsNoSuccess) {
  Make();
  host_.cloud().Edit([](FakeCloud& now) { now.plugin_changes = PluginChanges::kIgnored; });
  config_.plugins->routing_agent = false;
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(), HasSubstr("accepted the change of plugins.routing_agent and still reports"));
  EXPECT_TRUE(*host_.model().plugins->routing_agent) << "the state says what is";
}

TEST_F(ClusterSettingsTest, AnAcceptedChangeThatShowsLaterIsWaitedFor) {
  Make();
  host_.cloud().Edit([](FakeCloud& now) { now.plugin_changes = PluginChanges::kIgnored; });
  config_.plugins->routing_agent = false;
  int looks = 0;
  host_.cloud().OnCall([&](const std::string& call) {
    if (call.rfind("GetCluster", 0) == 0 && ++looks == 5) {
      Drift([](api::Cluster& c) { c.plugins["routing_agent"] = false; });
    }
  });
  EXPECT_TRUE(host_.Apply(config_)) << Said();
  host_.cloud().OnCall({});
}

// ---- what changes what

TEST_F(ClusterSettingsTest, SettingsChangeInPlaceAndPlacementReplaces) {
  Make();
  config_.maintenance_policy->day = "monday";
  config_.sso->client_id = "other";
  Planned();
  EXPECT_THAT(last_.requires_replace, IsEmpty());
  config_.isolated_workers = false;
  Planned();
  EXPECT_THAT(last_.requires_replace, ElementsAre(Path("isolated_workers")));
  config_ = FullySet();
  config_.worker_subnet_id = "subnet";
  config_.vpc = ClusterVpc{.id = *host_.model().vpc_id};
  Planned();
  EXPECT_THAT(last_.requires_replace, ElementsAre(Path("worker_subnet_id")));
}

TEST_F(ClusterSettingsTest, AStateOfAnOlderProviderIsNoReasonToReplace) {
  config_ = SmallPlatform();
  Make();
  Value::Map old = host_.state.map();
  for (const char* name : {"isolated_workers", "worker_subnet_id", "control_plane_firewall", "sso",
                           "plugins", "maintenance_policy"}) {
    old[name] = Value::Null();
  }
  host_.state = Value::OfMap(std::move(old));
  const PlanResult without_refresh = host_.Plan(config_);
  EXPECT_THAT(without_refresh.requires_replace, IsEmpty());
  ExpectEmptyPlan();
}

TEST_F(ClusterSettingsTest, AnotherGpuPartitionSwapsThePoolAndKeepsTheCluster) {
  Make();
  const std::string cluster = Live().id;
  const std::string pool = *host_.model().node_pools->at("primary")->id;
  Pool("primary").gpu_partition_mode = "AMD_PARTITION_MODE_SPX_NPS1";
  EXPECT_TRUE(Planned().node_pools->at("primary")->id.is_unknown());
  EXPECT_THAT(last_.requires_replace, IsEmpty());
  Make();
  EXPECT_EQ(Live().id, cluster);
  EXPECT_NE(*host_.model().node_pools->at("primary")->id, pool);
  Pool("primary").gpu_partition_mode = {};
  ExpectEmptyPlan();
}

TEST_F(ClusterSettingsTest, ADriverKeepsItsDevicePluginOff) {
  Make();
  EXPECT_FALSE(*host_.model().plugins->amd_gpu_device_plugin);
  config_.plugins->amd_gpu_dra_driver = {};
  config_.plugins->amd_gpu_device_plugin = true;
  Make();
  EXPECT_TRUE(Live().plugins.at("amd_gpu_device_plugin"));
  EXPECT_FALSE(Live().plugins.at("amd_gpu_dra_driver"));
}

// ---- counts and the autoscaler

TEST_F(ClusterSettingsTest, TheCountOfAScalingPoolIsOnlyObserved) {
  Pool("primary").auto_scale = true;
  Pool("primary").count = {};
  Pool("primary").min_nodes = 1;
  Pool("primary").max_nodes = 6;
  Make();
  Drift([](api::Cluster& c) {
    for (api::NodePool& pool : c.node_pools) {
      if (pool.name == "primary") {  // what the autoscaler does
        for (pool.count = 1; pool.count < 5; ++pool.count) {
          pool.nodes.push_back(pool.nodes.front());
        }
      }
    }
  });
  ExpectEmptyPlan();
  EXPECT_EQ(*host_.model().node_pools->at("primary")->count, 5);
  Pool("primary").max_nodes = 8;
  Make();
  EXPECT_EQ(*host_.model().node_pools->at("primary")->count, 5) << "other bounds, same nodes";
  Pool("primary").max_nodes = 5;
  Pool("primary").min_nodes = 2;
  Make();
  EXPECT_EQ(*host_.model().node_pools->at("primary")->count, 5);
}

TEST_F(ClusterSettingsTest, BoundsNeverTakeAwayRunningNodes) {
  Pool("primary").auto_scale = true;
  Pool("primary").count = {};
  Pool("primary").min_nodes = 4;
  Pool("primary").max_nodes = 6;
  Make();
  Pool("primary").min_nodes = 1;
  Pool("primary").max_nodes = 3;
  Planned();
  EXPECT_THAT(Said(), AllOf(HasSubstr("Fewer nodes than are running"),
                            HasSubstr("grown the pool to 4 nodes"), HasSubstr("Write at least 4"),
                            HasSubstr("[node_pools[\"primary\"].max_nodes]")));
  // Grown after the plan: the apply looks again.
  host_.said = Diagnostics();
  Pool("primary").max_nodes = 5;
  bool grown = false;
  host_.cloud().OnCall([&](const std::string& call) {
    if (call.rfind("GetKubernetesOptions", 0) == 0 && !grown) {
      grown = true;
      Drift([](api::Cluster& c) {
        for (api::NodePool& pool : c.node_pools) {
          if (pool.name == "primary") {
            pool.count = 6;
            pool.nodes.resize(6, pool.nodes.front());
          }
        }
      });
    }
  });
  EXPECT_FALSE(host_.Apply(config_));
  EXPECT_THAT(Said(),
              AllOf(HasSubstr("has grown it to 6 nodes"), HasSubstr("[node_pools[\"primary\"]]")));
  host_.cloud().OnCall({});
  EXPECT_EQ(host_.cloud().Count("UpdateNodePool"), 0);
}

// ---- refused before anybody is asked

std::string Checked(const std::function<void(ClusterModel&)>& change) {
  ClusterModel cluster = FullySet();
  change(cluster);
  Diagnostics diagnostics;
  CheckModel(cluster, diagnostics);
  return Text(diagnostics);
}

TEST(SettingsChecksTest, AGoodClusterPassesAndUnknownValuesDoToo) {
  EXPECT_EQ(Checked([](ClusterModel&) {}), "");
  EXPECT_EQ(Checked([](ClusterModel& c) {
              c.control_plane_firewall->allowed_addresses = Attr<SetOf<std::string>>::Unknown();
              c.sso->issuer_url = Attr<std::string>::Unknown();
              c.plugins->amd_gpu_device_plugin = Attr<bool>::Unknown();
              c.vpc = Attr<ClusterVpc>::Unknown();
              c.worker_subnet_id = "s";
            }),
            "");
  EXPECT_EQ(Checked([](ClusterModel& c) {
              c.control_plane_firewall = Attr<ControlPlaneFirewall>::Unknown();
              c.sso = Attr<ClusterSso>::Unknown();
              c.plugins = Attr<ClusterPlugins>::Unknown();
            }),
            "");
}

TEST(SettingsChecksTest, AFirewallForNobodyIsRefusedUnlessAskedFor) {
  const auto nobody = [](ClusterModel& c) {
    c.control_plane_firewall = ControlPlaneFirewall{.enabled = true};
  };
  EXPECT_THAT(Checked(nobody), AllOf(HasSubstr("Nobody could reach the API server"),
                                     HasSubstr("allow_lockout = true"),
                                     HasSubstr("[control_plane_firewall.allowed_addresses]")));
  EXPECT_EQ(Checked([&](ClusterModel& c) {
              nobody(c);
              c.control_plane_firewall->allow_lockout = true;
            }),
            "");
  EXPECT_EQ(Checked([&](ClusterModel& c) {
              nobody(c);
              c.control_plane_firewall->enabled = false;
            }),
            "");
}

TEST(SettingsChecksTest, ADriverAndItsDevicePluginExcludeEachOther) {
  EXPECT_THAT(Checked([](ClusterModel& c) { c.plugins->amd_gpu_device_plugin = true; }),
              AllOf(HasSubstr("plugins.amd_gpu_dra_driver and plugins.amd_gpu_device_plugin"),
                    HasSubstr("[plugins.amd_gpu_dra_driver]")));
  EXPECT_THAT(Checked([](ClusterModel& c) {
                c.plugins =
                    ClusterPlugins{.nvidia_gpu_device_plugin = true, .nvidia_gpu_dra_driver = true};
              }),
              HasSubstr("[plugins.nvidia_gpu_dra_driver]"));
}

TEST(SettingsChecksTest, SingleSignOnIsWhole) {
  EXPECT_THAT(Checked([](ClusterModel& c) { c.sso->issuer_url = {}; }),
              AllOf(HasSubstr("sso.issuer_url is missing"), HasSubstr("[sso.issuer_url]")));
  EXPECT_THAT(Checked([](ClusterModel& c) { c.sso->client_id = {}; }),
              HasSubstr("[sso.client_id]"));
  EXPECT_THAT(
      Checked([](ClusterModel& c) { c.sso = ClusterSso{.enabled = false, .required = true}; }),
      HasSubstr("needs sso.enabled = true"));
  EXPECT_THAT(Checked([](ClusterModel& c) { c.sso->required = true; }),
              AllOf(HasSubstr("Only single sign-on will be accepted"),
                    HasSubstr("kproto_monitoring_stack cannot work")));
}

TEST(SettingsChecksTest, ASubnetNeedsItsVpc) {
  EXPECT_THAT(Checked([](ClusterModel& c) { c.worker_subnet_id = "s"; }),
              AllOf(HasSubstr("Subnet without its VPC"), HasSubstr("[worker_subnet_id]")));
}

}  // namespace
}  // namespace kproto::testing
