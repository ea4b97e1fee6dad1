// SPDX-License-Identifier: MPL-2.0
// Every reader: a full object, an empty one, and every way to spoil each member of the full one.
#include "clients/digitalocean/read_json.h"

#include <functional>

#include "clients/digitalocean/load_balancers_json.h"
#include "clients/digitalocean/networking_json.h"
#include "clients/digitalocean/rest_projects.h"
#include "clients/digitalocean/rest_registries.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"

namespace kproto::digitalocean {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;

constexpr char kCluster[] = R"({
  "id": "c-1", "name": "k8s", "region": "nyc3", "version": "1.34.1-do.3",
  "cluster_subnet": "10.244.0.0/16", "service_subnet": "10.245.0.0/16", "vpc_uuid": "v-1",
  "worker_subnet_uuid": "w-1", "ipv4": "192.0.2.1", "endpoint": "https://c-1.example",
  "tags": ["k8s", "k8s:c-1", "kproto:abc"],
  "node_pools": [{
    "id": "p-1", "name": "primary", "size": "s-2vcpu-4gb", "count": 2, "tags": ["k8s:worker"],
    "labels": {"node-type": "primary"},
    "taints": [{"key": "dedicated", "value": "primary", "effect": "NoSchedule"}],
    "auto_scale": true, "min_nodes": 1, "max_nodes": 4,
    "gpu_partition_mode": "AMD_PARTITION_MODE_DPX_NPS2",
    "nodes": [{"id": "n-1", "name": "primary-abc", "status": {"state": "running", "message": "m"},
               "droplet_id": "17", "created_at": "t1", "updated_at": "t2"}]
  }],
  "maintenance_policy": {"start_time": "03:00", "duration": "4h0m0s", "day": "sunday"},
  "control_plane_firewall": {"enabled": true, "allowed_addresses": ["198.51.100.0/24"]},
  "cluster_autoscaler_configuration": {"scale_down_utilization_threshold": 0.65,
    "scale_down_unneeded_time": "10m0s", "expanders": ["priority"]},
  "sso": {"enabled": true, "required": true, "issuer_url": "https://id.example",
          "client_id": "doks"},
  "routing_agent": {"enabled": true}, "rdma_shared_dev_plugin": {"enabled": false},
  "auto_upgrade": true, "surge_upgrade": true, "ha": true, "isolated_workers": true,
  "registry_enabled": true,
  "status": {"state": "running", "message": "fine"}, "created_at": "t3", "updated_at": "t4"
})";

constexpr char kLoadBalancer[] = R"({
  "id": "l-1", "name": "a1", "ip": "192.0.2.2", "ipv6": "::2", "status": "active",
  "type": "REGIONAL_NETWORK", "network": "EXTERNAL", "region": {"slug": "nyc3", "name": "New York"},
  "vpc_uuid": "v-1", "project_id": "pr-1", "created_at": "t", "size_unit": 2, "tag": "web",
  "tags": ["k8s:c-1"], "droplet_ids": [1, 2],
  "forwarding_rules": [{"entry_protocol": "tcp", "entry_port": 80, "target_protocol": "tcp",
    "target_port": 30080, "certificate_id": "", "tls_passthrough": true}],
  "subnet_uuid": "s-1", "network_stack": "DUALSTACK", "tls_cipher_policy": "STRONG",
  "health_check": {"protocol": "http", "port": 10256, "path": "/healthz",
    "check_interval_seconds": 3, "response_timeout_seconds": 4, "healthy_threshold": 2,
    "unhealthy_threshold": 6, "proxy_protocol": true},
  "sticky_sessions": {"type": "cookies", "cookie_name": "lb", "cookie_ttl_seconds": 300},
  "redirect_http_to_https": true, "enable_proxy_protocol": true, "enable_backend_keepalive": true,
  "disable_lets_encrypt_dns_records": true, "http_idle_timeout_seconds": 90,
  "firewall": {"allow": ["cidr:10.0.0.0/8"], "deny": ["ip:192.0.2.9"]},
  "domains": [{"name": "example.com", "is_managed": true, "certificate_id": "ce-1",
    "status": "ACTIVE", "verification_error_reasons": ["no record"],
    "ssl_validation_error_reasons": ["expired"]}],
  "glb_settings": {"target_protocol": "http", "target_port": 80, "cdn": {"is_enabled": true},
    "region_priorities": {"nyc3": 1}, "failover_threshold": 50},
  "target_load_balancer_ids": ["l-2"]
})";

template <typename T>
T Read(const Json& json, T (*read)(const JsonView&), std::string& problem) {
  problem.clear();
  return read(JsonView(json, "thing", problem));
}

template <typename T>
T ReadGood(const char* text, T (*read)(const JsonView&)) {
  std::string problem;
  T value = Read(Json::parse(text), read, problem);
  EXPECT_EQ(problem, "");
  return value;
}

TEST(ReadClusterTest, KeepsEverything) {
  const Cluster cluster = ReadGood(kCluster, ReadCluster);
  EXPECT_EQ(cluster.id, "c-1");
  EXPECT_EQ(cluster.name, "k8s");
  EXPECT_EQ(cluster.region, "nyc3");
  EXPECT_EQ(cluster.version, "1.34.1-do.3");
  EXPECT_EQ(cluster.cluster_subnet, "10.244.0.0/16");
  EXPECT_EQ(cluster.service_subnet, "10.245.0.0/16");
  EXPECT_EQ(cluster.vpc_uuid, "v-1");
  EXPECT_EQ(cluster.worker_subnet_uuid, "w-1");
  EXPECT_EQ(cluster.ipv4, "192.0.2.1");
  EXPECT_EQ(cluster.endpoint, "https://c-1.example");
  EXPECT_THAT(cluster.tags, ElementsAre("k8s", "k8s:c-1", "kproto:abc"));
  EXPECT_EQ(cluster.maintenance_policy->day, "sunday");
  EXPECT_EQ(cluster.maintenance_policy->start_time, "03:00");
  EXPECT_EQ(cluster.maintenance_policy->duration, "4h0m0s");
  EXPECT_TRUE(cluster.control_plane_firewall->enabled);
  EXPECT_THAT(cluster.control_plane_firewall->allowed_addresses, ElementsAre("198.51.100.0/24"));
  EXPECT_EQ(cluster.cluster_autoscaler_configuration->scale_down_utilization_threshold, 0.65);
  EXPECT_EQ(cluster.cluster_autoscaler_configuration->scale_down_unneeded_time, "10m0s");
  EXPECT_THAT(cluster.cluster_autoscaler_configuration->expanders, ElementsAre("priority"));
  EXPECT_TRUE(cluster.sso->enabled && cluster.sso->required);
  EXPECT_EQ(cluster.sso->issuer_url, "https://id.example");
  EXPECT_EQ(cluster.sso->client_id, "doks");
  EXPECT_THAT(cluster.plugins,
              ElementsAre(Pair("rdma_shared_dev_plugin", false), Pair("routing_agent", true)));
  EXPECT_TRUE(cluster.auto_upgrade && cluster.surge_upgrade && cluster.ha);
  EXPECT_TRUE(cluster.isolated_workers && cluster.registry_enabled);
  EXPECT_EQ(cluster.status.state, ClusterState::kRunning);
  EXPECT_EQ(cluster.status.message, "fine");
  EXPECT_EQ(cluster.created_at, "t3");
  EXPECT_EQ(cluster.updated_at, "t4");
}

TEST(ReadClusterTest, KeepsPoolsAndNodes) {
  const Cluster cluster = ReadGood(kCluster, ReadCluster);
  ASSERT_EQ(cluster.node_pools.size(), 1u);
  const NodePool& pool = cluster.node_pools[0];
  EXPECT_EQ(pool.id, "p-1");
  EXPECT_EQ(pool.name, "primary");
  EXPECT_EQ(pool.size, "s-2vcpu-4gb");
  EXPECT_EQ(pool.count, 2);
  EXPECT_THAT(pool.tags, ElementsAre("k8s:worker"));
  EXPECT_THAT(pool.labels, ElementsAre(Pair("node-type", "primary")));
  EXPECT_THAT(pool.taints, ElementsAre(Taint{"dedicated", "primary", "NoSchedule"}));
  EXPECT_TRUE(pool.auto_scale);
  EXPECT_EQ(pool.min_nodes, 1);
  EXPECT_EQ(pool.max_nodes, 4);
  EXPECT_EQ(pool.gpu_partition_mode, "AMD_PARTITION_MODE_DPX_NPS2");
  ASSERT_EQ(pool.nodes.size(), 1u);
  EXPECT_EQ(pool.nodes[0].id, "n-1");
  EXPECT_EQ(pool.nodes[0].name, "primary-abc");
  EXPECT_EQ(pool.nodes[0].state, NodeState::kRunning);
  EXPECT_EQ(pool.nodes[0].message, "m");
  EXPECT_EQ(pool.nodes[0].droplet_id, "17");
  EXPECT_EQ(pool.nodes[0].created_at, "t1");
}

TEST(ReadClusterTest, ABareObjectIsEnough) {
  const Cluster cluster = ReadGood(R"({"id":"c-1","node_pools":null,"tags":null,
      "maintenance_policy":null,"control_plane_firewall":null})",
                                   ReadCluster);
  EXPECT_EQ(cluster.status.state, ClusterState::kUnknown);
  EXPECT_FALSE(cluster.maintenance_policy.has_value());
  EXPECT_FALSE(cluster.control_plane_firewall.has_value());
  EXPECT_TRUE(cluster.plugins.empty());
}

TEST(ReadClusterTest, UnknownStatesAreKeptAsText) {
  for (const auto& [text, state] :
       std::map<std::string, ClusterState>{{"provisioning", ClusterState::kProvisioning},
                                           {"running", ClusterState::kRunning},
                                           {"degraded", ClusterState::kDegraded},
                                           {"error", ClusterState::kError},
                                           {"upgrading", ClusterState::kUpgrading},
                                           {"deleting", ClusterState::kDeleting},
                                           {"deleted", ClusterState::kDeleted},
                                           {"invalid", ClusterState::kInvalid},
                                           {"hibernating", ClusterState::kUnknown},
                                           {"", ClusterState::kUnknown}}) {
    const std::string json = R"({"id":"c","status":{"state":")" + text + R"("}})";
    const Cluster cluster = ReadGood(json.c_str(), ReadCluster);
    EXPECT_EQ(cluster.status.state, state);
    EXPECT_EQ(cluster.status.text, text);
  }
}

TEST(ReadLoadBalancerTest, KeepsEverything) {
  const LoadBalancer balancer = ReadGood(kLoadBalancer, ReadLoadBalancer);
  EXPECT_EQ(balancer.ip, "192.0.2.2");
  EXPECT_EQ(balancer.state, LoadBalancerState::kActive);
  EXPECT_EQ(balancer.region, "nyc3");
  EXPECT_EQ(balancer.size_unit, 2);
  EXPECT_THAT(balancer.droplet_ids, ElementsAre(1, 2));
  ASSERT_EQ(balancer.forwarding_rules.size(), 1u);
  EXPECT_EQ(balancer.forwarding_rules[0].target_port, 30080);
  EXPECT_TRUE(balancer.forwarding_rules[0].tls_passthrough);
  EXPECT_EQ(balancer.network_stack, "DUALSTACK");
  EXPECT_EQ(balancer.tls_cipher_policy, "STRONG");
  EXPECT_EQ(balancer.health_check->unhealthy_threshold, 6);
  EXPECT_EQ(balancer.sticky_sessions.cookie_ttl_seconds, 300);
  EXPECT_TRUE(balancer.redirect_http_to_https && balancer.enable_proxy_protocol);
  EXPECT_TRUE(balancer.enable_backend_keepalive && balancer.disable_lets_encrypt_dns_records);
  EXPECT_EQ(balancer.http_idle_timeout_seconds, 90);
  EXPECT_THAT(balancer.firewall.deny, ElementsAre("ip:192.0.2.9"));
  EXPECT_THAT(balancer.domains.at(0).verification_error_reasons, ElementsAre("no record"));
  EXPECT_THAT(balancer.glb_settings->region_priorities, ElementsAre(Pair("nyc3", 1)));
  EXPECT_TRUE(balancer.glb_settings->cdn);
  EXPECT_THAT(balancer.target_load_balancer_ids, ElementsAre("l-2"));
}

// The same body both ways: what a PUT leaves out falls back to the default.
TEST(WriteLoadBalancerTest, SendsBackEverythingThatWasRead) {
  Json json = Json::parse(kLoadBalancer);
  json["type"] = "GLOBAL";
  json["tag"] = "";
  const LoadBalancer read = ReadGood(json.dump().c_str(), ReadLoadBalancer);
  for (const char* not_sent : {"id", "ipv6", "status", "created_at", "tag", "size_unit"}) {
    json.erase(not_sent);
  }
  json["region"] = "nyc3";
  json["forwarding_rules"][0].erase("certificate_id");
  for (const char* not_sent :
       {"status", "verification_error_reasons", "ssl_validation_error_reasons"}) {
    json["domains"][0].erase(not_sent);
  }
  EXPECT_EQ(WriteLoadBalancer(read), json);
  json.erase("ip");
  json.erase("subnet_uuid");
  EXPECT_EQ(WriteLoadBalancerUpdate(read), json);
}

TEST(WriteLoadBalancerTest, SendsDropletsOrTheirTag) {
  LoadBalancer balancer{.id = "l", .size_unit = 2, .tag = "web", .droplet_ids = {1}};
  EXPECT_FALSE(WriteLoadBalancerUpdate(balancer).contains("droplet_ids"));
  EXPECT_EQ(WriteLoadBalancerUpdate(balancer)["size_unit"], 2);
  balancer.tag = "";
  EXPECT_EQ(WriteLoadBalancerUpdate(balancer)["droplet_ids"], Json({1}));
}

TEST(ReadCredentialsTest, DecodesCertificates) {
  const Credentials credentials = ReadGood(
      R"({"server":"https://s","certificate_authority_data":"LS0tQ0EtLS0=",
          "client_certificate_data":null,"client_key_data":null,"token":"t0ken",
          "expires_at":"2026-01-01T00:00:00Z"})",
      ReadCredentials);
  EXPECT_EQ(credentials.server, "https://s");
  EXPECT_EQ(credentials.certificate_authority_pem, "---CA---");
  EXPECT_EQ(credentials.token.Reveal(), "t0ken");
  EXPECT_TRUE(credentials.client_key_pem.empty());
  std::string problem;
  Read(Json::parse(R"({"server":"s","certificate_authority_data":"*"})"), ReadCredentials, problem);
  EXPECT_EQ(problem, "thing.certificate_authority_data: expected base64, got string");
}

TEST(ReadSmallThingsTest, KeepEverything) {
  const Size size = ReadGood(
      R"({"slug":"c-2","memory":4096,"vcpus":2,"disk":25,"price_monthly":42.0,
          "price_hourly":0.0625,"regions":["nyc3"],"available":true,"description":"CPU"})",
      ReadSize);
  EXPECT_EQ(size.memory_mib, 4096);
  EXPECT_EQ(size.price_monthly, 42);
  EXPECT_EQ(size.price_hourly, 0.0625);
  EXPECT_THAT(size.regions, ElementsAre("nyc3"));
  const Vpc vpc = ReadGood(
      R"({"id":"v","urn":"do:vpc:v","name":"n","description":"kproto:1","region":"nyc3",
          "ip_range":"10.10.0.0/20","default":true,"created_at":"t"})",
      ReadVpc);
  EXPECT_TRUE(vpc.is_default);
  EXPECT_EQ(vpc.description, "kproto:1");
  const Volume volume = ReadGood(
      R"({"id":"vol","name":"pvc-1","region":{"slug":"nyc3"},"size_gigabytes":50,
          "droplet_ids":[7],"tags":["k8s:c"]})",
      ReadVolume);
  EXPECT_EQ(volume.size_gib, 50);
  EXPECT_EQ(volume.region, "nyc3");
  EXPECT_EQ(ReadGood(R"({"id":"vol","region":"ams3"})", ReadVolume).region, "ams3");
  const Account account = ReadGood(R"({"droplet_limit":25,"status":"active"})", ReadAccount);
  EXPECT_EQ(account.droplet_limit, 25);
  const KubernetesOptions options = ReadGood(
      R"({"regions":[{"name":"New York 3","slug":"nyc3"}],"sizes":[{"name":"s","slug":"s-1"}],
          "versions":[{"slug":"1.34.1-do.0","kubernetes_version":"1.34.1",
                       "supported_features":["ha"]}]})",
      ReadKubernetesOptions);
  EXPECT_EQ(options.regions[0].slug, "nyc3");
  EXPECT_EQ(options.versions[0].kubernetes_version, "1.34.1");
  EXPECT_EQ(ReadGood(R"({"name":"t","resources":{"count":3}})", ReadTag).resource_count, 3);
  EXPECT_TRUE(ReadGood(R"({"id":"p","is_default":true})", ReadProject).is_default);
  EXPECT_EQ(ReadGood(R"({"urn":"u","status":"not_found"})", ReadAssignment).status, "not_found");
  const AssociatedResources associated =
      ReadGood(R"({"load_balancers":[{"id":"1","name":"a"}],"volumes":null,"volume_snapshots":[]})",
               ReadAssociatedResources);
  EXPECT_THAT(associated.load_balancers, ElementsAre(NamedId{"1", "a"}));
}

// --- Whatever comes --------------------------------------------------------------------------

// Calls `visit` with a copy of `good` for every place in it and every value put there.
void SpoilEachPlace(const Json& good, const std::function<void(const Json&)>& visit) {
  const std::vector<Json> spoils = {nullptr,
                                    true,
                                    -1,
                                    1.5,
                                    "text",
                                    "",
                                    UINT64_MAX,
                                    Json::array(),
                                    Json::object(),
                                    Json::array({nullptr}),
                                    Json::array({Json::array()}),
                                    {{"id", 7}, {"status", "x"}},
                                    std::string(100000, 'x')};
  const Json flat = good.flatten();
  for (const auto& [pointer, leaf] : flat.items()) {
    // The leaf and everything above it.
    for (Json::json_pointer place(pointer);; place = place.parent_pointer()) {
      for (const Json& spoil : spoils) {
        Json bad = good;
        bad[place] = spoil;
        visit(bad);
      }
      if (place.empty()) {
        break;
      }
      Json without = good;
      Json& parent = without[place.parent_pointer()];
      if (parent.is_object()) {
        parent.erase(place.back());
        visit(without);
      }
    }
  }
}

template <typename T>
int Survives(const char* good, T (*read)(const JsonView&)) {
  int problems = 0;
  SpoilEachPlace(Json::parse(good), [&](const Json& bad) {
    std::string problem;
    Read(bad, read, problem);
    problems += problem.empty() ? 0 : 1;
    EXPECT_LT(problem.size(), 300u) << problem;  // never the value itself
  });
  return problems;
}

TEST(ReadAnythingTest, NoShapeOfAnswerDoesHarm) {
  EXPECT_GT(Survives(kCluster, ReadCluster), 100);
  EXPECT_GT(Survives(kLoadBalancer, ReadLoadBalancer), 50);
  EXPECT_GT(Survives(R"({"id":"p","name":"n","count":1,"labels":{"a":"b"},"taints":[{"key":"k"}],
                         "nodes":[{"id":"n","status":{"state":"running"}}]})",
                     ReadNodePool),
            20);
  EXPECT_GT(Survives(R"({"server":"s","certificate_authority_data":"QQ==","token":"t"})",
                     ReadCredentials),
            5);
  EXPECT_GT(Survives(R"({"regions":[{"slug":"a"}],"versions":[{"slug":"b"}],
                         "sizes":[{"slug":"c"}]})",
                     ReadKubernetesOptions),
            10);
  EXPECT_GT(Survives(R"({"slug":"s","price_monthly":1.0,"regions":["a"]})", ReadSize), 5);
  EXPECT_GT(Survives(R"({"slug":"s","features":["a"]})", ReadRegion), 5);
  EXPECT_GT(Survives(R"({"uuid":"u","droplet_limit":3})", ReadAccount), 5);
  EXPECT_GT(Survives(R"({"id":"v","default":true})", ReadVpc), 5);
  EXPECT_GT(Survives(R"({"urn":"u","name":"n"})", ReadVpcMember), 5);
  EXPECT_GT(Survives(R"({"id":"v","region":{"slug":"a"},"droplet_ids":[1],"size_gigabytes":1})",
                     ReadVolume),
            5);
  EXPECT_GT(Survives(R"({"name":"t","resources":{"count":1}})", ReadTag), 5);
  EXPECT_GT(Survives(R"({"id":"p","is_default":true})", ReadProject), 5);
  EXPECT_GT(Survives(R"({"urn":"u","status":"ok"})", ReadAssignment), 5);
  EXPECT_GT(Survives(R"({"name":"r","storage_usage_bytes":1})", ReadRegistry), 5);
  EXPECT_GT(Survives(R"({"tier":{"slug":"basic","monthly_price_in_cents":500}})",
                     ReadRegistrySubscription),
            5);
  EXPECT_GT(Survives(R"({"load_balancers":[{"id":"1","name":"a"}]})", ReadAssociatedResources), 5);
  EXPECT_GT(Survives(R"({"message":"m","timestamp":"t"})", ReadStatusMessage), 5);
  EXPECT_GT(Survives(R"({"run_id":"r","requested_at":"a","completed_at":"b","diagnostics":[
      {"check_name":"c","severity":"error","message":"m","object":{"kind":"Pod","name":"n"}}]})",
                     ReadClusterlintRun),
            20);
}

}  // namespace
}  // namespace kproto::digitalocean
