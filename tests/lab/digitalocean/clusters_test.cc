// SPDX-License-Identifier: MPL-2.0
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {
namespace {

using testing::HasSubstr;

class ClustersTest : public SimulatorTest {
 protected:
  std::string Refusal(const Json& body) {
    const Answer answer = Post("/v2/kubernetes/clusters", body);
    EXPECT_EQ(answer.status, 422) << answer.body;
    EXPECT_EQ(StringField(answer.body, "id"), "unprocessable_entity");
    return answer.Message();
  }
};

TEST_F(ClustersTest, HasNoEndpointUntilItRuns) {
  const std::string id = MakeCluster();
  EXPECT_EQ(State(id), "provisioning");
  EXPECT_EQ(StringField(Cluster(id), "endpoint"), "");
  EXPECT_EQ(Get(ClusterPath(id) + "/credentials").status, 412);
  Pass(absl::Seconds(200));
  EXPECT_EQ(State(id), "provisioning");
  Pass(absl::Seconds(45));
  EXPECT_EQ(State(id), "running");
  EXPECT_NE(StringField(Cluster(id), "endpoint"), "");
}

TEST_F(ClustersTest, RunsBeforeAllItsNodesDo) {
  const std::string id = MakeCluster();
  Pass(absl::Seconds(250));
  const auto node_state = [&](int i) {
    return StringField(Field(Cluster(id)["node_pools"][0]["nodes"][i], "status"), "state");
  };
  EXPECT_EQ(State(id), "running");
  EXPECT_EQ(node_state(0), "provisioning");
  Pass(absl::Seconds(30));
  EXPECT_EQ(node_state(0), "running");
  EXPECT_EQ(node_state(1), "running");
}

TEST_F(ClustersTest, TimeFactorMakesItFaster) {
  options_.time_factor = 100;
  const std::string id = MakeCluster();
  now_ += absl::Seconds(2.3);
  EXPECT_EQ(State(id), "provisioning");
  now_ += absl::Seconds(0.2);
  EXPECT_EQ(State(id), "running");
  EXPECT_EQ(Get("/v2/account").headers["x-kproto-lab-time-factor"], "100");
}

TEST_F(ClustersTest, AddsDigitalOceansOwnTags) {
  Json body = ClusterBody();
  body["tags"] = {"mine"};
  const std::string id = MakeCluster(body);
  const Json cluster = Cluster(id);
  EXPECT_EQ(cluster["tags"], Json({"k8s", "k8s:" + id, "mine"}));
  EXPECT_EQ(cluster["node_pools"][0]["tags"], Json({"k8s", "k8s:" + id, "k8s:worker"}));
  EXPECT_EQ(Get("/v2/droplets?tag_name=k8s:" + id).body["meta"]["total"], 2);
}

TEST_F(ClustersTest, TakesAMinorOrLatestOnCreateOnly) {
  Json body = ClusterBody();
  body["version"] = "1.33";
  const std::string id = MakeCluster(body);
  EXPECT_EQ(StringField(Cluster(id), "version"), "1.33.8-do.1");
  body["version"] = "latest";
  EXPECT_EQ(StringField(Cluster(MakeCluster(body)), "version"), "1.34.4-do.1");
  PassProvisioning();
  EXPECT_EQ(Post(ClusterPath(id) + "/upgrade", {{"version", "1.34"}}).status, 422);
}

TEST_F(ClustersTest, RefusesWhatDigitalOceanRefuses) {
  Json body = ClusterBody();
  body["version"] = "1.20.0-do.0";
  EXPECT_EQ(Refusal(body), "validation error: invalid version slug");
  body = ClusterBody();
  body["region"] = "mars1";
  EXPECT_EQ(Refusal(body), "validation error: invalid region");
  body = ClusterBody();
  body["node_pools"][0]["size"] = "s-99vcpu";
  EXPECT_EQ(Refusal(body), "validation error: invalid droplet size");
  body = ClusterBody();
  body["region"] = "syd1";
  body["node_pools"][0]["size"] = "g-2vcpu-8gb";
  EXPECT_EQ(Refusal(body), "validation error: invalid droplet size") << "not sold in syd1";
  body = ClusterBody();
  body["node_pools"].push_back(body["node_pools"][0]);
  EXPECT_THAT(Refusal(body), HasSubstr("unique"));
  body = ClusterBody();
  body.erase("node_pools");
  EXPECT_THAT(Refusal(body), HasSubstr("node pool"));
  body = ClusterBody();
  body["cluster_subnet"] = "10.108.0.0/16";
  EXPECT_THAT(Refusal(body), HasSubstr("overlaps with VPC")) << "nyc3's default VPC is there";
  body = ClusterBody();
  body["isolated_workers"] = true;
  EXPECT_THAT(Refusal(body), HasSubstr("NAT gateway"));
  EXPECT_EQ(Get("/v2/kubernetes/clusters").body["meta"]["total"], 0);
}

TEST_F(ClustersTest, HoldsTheDropletLimit) {
  options_.droplet_limit = 4;
  EXPECT_EQ(Refusal(ClusterBody("big", 5)),
            "validation error: 5 additional nodes but not enough available droplet limit");
  MakeCluster(ClusterBody("fits", 3));
  EXPECT_EQ(Refusal(ClusterBody("more", 2)),
            "validation error: 2 additional nodes but not enough available droplet limit");
  Json body = ClusterBody("scaling", 1);
  body["node_pools"][0].update({{"auto_scale", true}, {"min_nodes", 1}, {"max_nodes", 9}});
  EXPECT_THAT(Refusal(body), HasSubstr("autoscale desired max nodes exceed limits, 9 additional"));
}

TEST_F(ClustersTest, AllowsDuplicateNames) {
  EXPECT_NE(MakeCluster(), MakeCluster());
  EXPECT_EQ(Get("/v2/kubernetes/clusters").body["meta"]["total"], 2);
}

TEST_F(ClustersTest, ListsTwentyFiveAPageNewestFirst) {
  options_.droplet_limit = 100;
  for (int i = 0; i < 27; ++i) {
    MakeCluster(ClusterBody(absl::StrCat("c", i), 1));
  }
  const Json first = Get("/v2/kubernetes/clusters").body;
  ASSERT_EQ(first["kubernetes_clusters"].size(), 25u);
  EXPECT_EQ(first["kubernetes_clusters"][0]["name"], "c26");
  EXPECT_EQ(first["meta"]["total"], 27);
  const Json second = Get("/v2/kubernetes/clusters?page=2").body;
  ASSERT_EQ(second["kubernetes_clusters"].size(), 2u);
  EXPECT_EQ(second["kubernetes_clusters"][1]["name"], "c0");
}

TEST_F(ClustersTest, UpdateKeepsWhatItDoesNotName) {
  Json body = ClusterBody();
  body["auto_upgrade"] = true;
  body["maintenance_policy"] = {{"day", "monday"}, {"start_time", "04:00"}};
  const std::string id = MakeCluster(body);
  const Answer answer =
      Put(ClusterPath(id), {{"name", "renamed"}, {"surge_upgrade", true}, {"tags", {"new"}}});
  EXPECT_EQ(answer.status, 202);
  const Json cluster = Cluster(id);
  EXPECT_EQ(cluster["name"], "renamed");
  EXPECT_EQ(cluster["auto_upgrade"], true);
  EXPECT_EQ(cluster["surge_upgrade"], true);
  EXPECT_EQ(cluster["maintenance_policy"]["day"], "monday");
  EXPECT_EQ(cluster["tags"], Json({"k8s", "k8s:" + id, "new"}));
  EXPECT_EQ(Put(ClusterPath(id), {{"tags", Json::array()}}).status, 422) << "name is required";
}

TEST_F(ClustersTest, SettingsAreKeptChangedAndReset) {
  Json body = ClusterBody();
  body["control_plane_firewall"] = {{"enabled", true}, {"allowed_addresses", {"203.0.113.7"}}};
  body["cluster_autoscaler_configuration"] = {{"scale_down_utilization_threshold", 0.65},
                                              {"scale_down_unneeded_time", "10m"},
                                              {"expanders", {"priority"}}};
  body["sso"] = {{"enabled", true}, {"issuer_url", "https://id.example"}, {"client_id", "doks"}};
  body["routing_agent"] = {{"enabled", true}};
  const std::string id = MakeCluster(body);
  Json cluster = Cluster(id);
  EXPECT_EQ(cluster["control_plane_firewall"]["allowed_addresses"], Json({"203.0.113.7"}));
  EXPECT_EQ(cluster["cluster_autoscaler_configuration"]["scale_down_unneeded_time"], "10m0s");
  EXPECT_EQ(cluster["sso"]["required"], false);
  const Json off = {{"name", "demo"},
                    {"control_plane_firewall", {{"enabled", false}}},
                    {"cluster_autoscaler_configuration",
                     {{"scale_down_unneeded_time", nullptr}, {"expanders", Json::array()}}},
                    {"sso", {{"enabled", false}}},
                    {"routing_agent", {{"enabled", false}}}};
  EXPECT_EQ(Put(ClusterPath(id), off).status, 202);
  cluster = Cluster(id);
  EXPECT_EQ(cluster["control_plane_firewall"]["enabled"], false);
  EXPECT_EQ(cluster["control_plane_firewall"]["allowed_addresses"], Json::array());
  EXPECT_EQ(cluster["cluster_autoscaler_configuration"],
            (Json{{"scale_down_utilization_threshold", 0.65},
                  {"scale_down_unneeded_time", "10m0s"},
                  {"expanders", Json::array()}}));
  EXPECT_EQ(cluster["sso"]["enabled"], false);
  EXPECT_EQ(cluster["routing_agent"]["enabled"], false);
}

TEST_F(ClustersTest, RefusesSettingsThatDigitalOceanRefuses) {
  const std::pair<const char*, Json> cases[] = {
      {"control_plane_firewall", {{"enabled", true}, {"allowed_addresses", {"everywhere"}}}},
      {"cluster_autoscaler_configuration", {{"scale_down_utilization_threshold", 7}}},
      {"cluster_autoscaler_configuration", {{"scale_down_unneeded_time", "soon"}}},
      {"cluster_autoscaler_configuration", {{"expanders", {"cheapest"}}}},
      {"sso", {{"enabled", true}}},
      {"sso", {{"required", true}}},
      {"maintenance_policy", {{"day", "someday"}, {"start_time", "04:00"}}}};
  for (const auto& [name, value] : cases) {
    Json body = ClusterBody();
    body[name] = value;
    EXPECT_THAT(Refusal(body), HasSubstr(std::string("validation error: ") + name)) << value;
  }
  Json body = ClusterBody();
  body["worker_subnet_uuid"] = "subnet";
  EXPECT_THAT(Refusal(body), HasSubstr("worker_subnet_uuid requires vpc_uuid"));
  body = ClusterBody();
  body["node_pools"][0]["gpu_partition_mode"] = "AMD_PARTITION_MODE_SPX_NPS1";
  EXPECT_THAT(Refusal(body), HasSubstr("AMD GPU sizes only"));
}

TEST_F(ClustersTest, AmdGpusBringTheirPluginAndTheirPartition) {
  Json body = ClusterBody("gpu", 1);
  body["node_pools"][0]["size"] = "gpu-mi300x1-192gb";
  body["node_pools"][0]["gpu_partition_mode"] = "AMD_PARTITION_MODE_DPX_NPS2";
  const Json cluster = Cluster(MakeCluster(body));
  EXPECT_EQ(cluster["amd_gpu_device_plugin"]["enabled"], true);
  EXPECT_EQ(cluster["node_pools"][0]["gpu_partition_mode"], "AMD_PARTITION_MODE_DPX_NPS2");
  body["amd_gpu_dra_driver"] = {{"enabled", true}};
  EXPECT_EQ(Cluster(MakeCluster(body))["amd_gpu_device_plugin"]["enabled"], false);
  body["amd_gpu_device_plugin"] = {{"enabled", true}};
  EXPECT_THAT(Refusal(body), HasSubstr("cannot both be enabled"));
}

TEST_F(ClustersTest, HighAvailabilityDependsOnTheVersionAndStaysOn) {
  const std::string plain = MakeCluster();
  EXPECT_EQ(Cluster(plain)["ha"], false);
  EXPECT_EQ(Put(ClusterPath(plain), {{"name", "x"}, {"ha", true}}).status, 202);
  EXPECT_EQ(Put(ClusterPath(plain), {{"name", "x"}, {"ha", false}}).status, 422);
  Admin("POST", "/lab/kubernetes_versions", {{"slug", "1.36.0-do.0"}});
  Json body = ClusterBody();
  body["version"] = "latest";
  EXPECT_EQ(Cluster(MakeCluster(body))["ha"], true);
}

TEST_F(ClustersTest, DeletionTakesTimeAndEndsIn404) {
  const std::string id = MakeCluster();
  PassProvisioning();
  EXPECT_EQ(Delete(ClusterPath(id)).status, 204);
  EXPECT_EQ(State(id), "deleting");
  EXPECT_EQ(Delete(ClusterPath(id)).status, 204) << "deleting twice is no error";
  Pass(absl::Seconds(61));
  const Answer answer = Get(ClusterPath(id));
  EXPECT_EQ(answer.status, 404);
  EXPECT_EQ(answer.Message(), "cluster not found");
  EXPECT_EQ(Get("/v2/droplets").body["meta"]["total"], 0);
  EXPECT_EQ(Delete(ClusterPath(id)).status, 404);
}

TEST_F(ClustersTest, MintsCredentialsWithTheExpiryAskedFor) {
  const std::string id = MakeCluster();
  PassProvisioning();
  const Json week = Get(ClusterPath(id) + "/credentials").body;
  EXPECT_EQ(week["expires_at"], CloudTime::Stamp(now_ + absl::Hours(7 * 24)));
  EXPECT_TRUE(week["client_key_data"].is_null());
  const Json hour = Get(ClusterPath(id) + "/credentials?expiry_seconds=3600").body;
  EXPECT_EQ(hour["expires_at"], CloudTime::Stamp(now_ + absl::Hours(1)));
  EXPECT_THAT(Get(ClusterPath(id) + "/kubeconfig").body.get<std::string>(),
              testing::AllOf(HasSubstr("current-context: do-nyc3-demo"),
                             HasSubstr("name: do-nyc3-demo-admin")));
}

TEST_F(ClustersTest, TellsWhatHappened) {
  const std::string id = MakeCluster();
  const Json before = Get(ClusterPath(id) + "/status_messages").body["messages"];
  PassProvisioning();
  const std::string since = CloudTime::Stamp(now_);
  const Json after = Get(ClusterPath(id) + "/status_messages").body["messages"];
  EXPECT_GT(after.size(), before.size());
  EXPECT_EQ(Get(ClusterPath(id) + "/status_messages?since=" + since).body["messages"].size(), 1u);
}

TEST_F(ClustersTest, AnySortOfBodyGetsAnAnswer) {
  for (const Json& body :
       {Json(1), Json("text"), Json::array({1}), Json{{"name", 5}, {"node_pools", {1, "x"}}},
        Json{{"name", "a"},
             {"region", "nyc3"},
             {"version", "latest"},
             {"node_pools",
              {{{"name", nullptr}, {"count", -3}, {"taints", {5}}, {"labels", "x"}}}}}}) {
    EXPECT_EQ(Post("/v2/kubernetes/clusters", body).status, 422) << body;
  }
}

TEST_F(ClustersTest, ClusterlintTakesTimeAndEachRunHasItsOwnFindings) {
  const std::string id = MakeCluster();
  PassProvisioning();
  const std::string path = ClusterPath(id) + "/clusterlint";
  EXPECT_EQ(Get(path).status, 404) << "there is no run yet";
  const std::string first = StringField(Post(path, Json::object()).body, "run_id");
  EXPECT_TRUE(Get(path).body["completed_at"].is_null()) << "it is under way";
  Pass(absl::Seconds(11));
  EXPECT_EQ(Get(path + "?run_id=" + first).body["diagnostics"], Json::array());
  const Json finding = {{"check_name", "bare-pods"},
                        {"severity", "error"},
                        {"message", "lonely"},
                        {"object", {{"kind", "Pod"}, {"name", "a"}, {"namespace", "b"}}}};
  EXPECT_EQ(
      Admin("POST", "/lab/clusters/" + id + "/clusterlint", {{"diagnostics", {finding}}}).status,
      204);
  const std::string second = StringField(Post(path, Json::object()).body, "run_id");
  EXPECT_NE(second, first);
  Pass(absl::Seconds(11));
  EXPECT_EQ(Get(path).body["run_id"], second) << "the last one";
  EXPECT_EQ(Get(path + "?run_id=" + second).body["diagnostics"], Json::array({finding}));
  EXPECT_EQ(Get(path + "?run_id=" + first).body["diagnostics"], Json::array());
  EXPECT_FALSE(Get(path).body["completed_at"].is_null());
  EXPECT_EQ(Get(path + "?run_id=none").status, 404);
  EXPECT_EQ(Admin("POST", "/lab/clusters/" + id + "/clusterlint", Json::object()).status, 422);
}

}  // namespace
}  // namespace kproto::lab
