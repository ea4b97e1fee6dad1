// SPDX-License-Identifier: MPL-2.0
#include "tests/sweep/operation.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"

namespace kproto::testing {
namespace {

using lab::Json;

constexpr char kAddress[] = "kproto_cluster.this";

Json Platform() {
  return Json::parse(R"({
    "name": "k8s", "region": "nyc3", "version": "1.33", "vpc": {"ip_range": "10.10.0.0/20"},
    "node_pools": {
      "primary": {"size": "s-2vcpu-4gb", "count": 2},
      "monitoring": {"size": "s-4vcpu-8gb", "count": 1, "dedicated": true}}})");
}

std::vector<std::string> Names(const Json& things) {
  std::vector<std::string> names;
  for (const Json& thing : things) {
    names.push_back(lab::StringField(thing, "name"));
  }
  return names;
}

class Complaints {
 public:
  template <typename T>
  void Expect(const std::string& what, const T& seen, const T& wanted) {
    if (!(seen == wanted)) {
      absl::StrAppend(&text_, what, " is ", Show(seen), ", not ", Show(wanted), "\n");
    }
  }
  void Add(const std::string& what) { absl::StrAppend(&text_, what, "\n"); }
  const std::string& text() const { return text_; }

 private:
  static std::string Show(const std::string& text) { return text; }
  static std::string Show(int64_t number) { return absl::StrCat(number); }
  static std::string Show(const std::vector<std::string>& names) {
    return absl::StrCat("[", absl::StrJoin(names, ", "), "]");
  }
  std::string text_;
};

std::string Text(const Value& value) {
  return value.kind() == Value::Kind::kString ? value.string() : "";
}

// "primary s-2vcpu-4gb × 2", sorted.
std::vector<std::string> PoolsOf(const Json& pools, const std::string& name_member) {
  std::vector<std::string> lines;
  for (const auto& [key, pool] : pools.items()) {
    const std::string name = name_member.empty() ? key : lab::StringField(pool, "name");
    lines.push_back(absl::StrCat(name, " ", lab::StringField(pool, "size"), " × ",
                                 lab::IntField(pool, "count")));
  }
  std::sort(lines.begin(), lines.end());
  return lines;
}

void JudgeCluster(const Json& wanted, FaultyCloud& cloud, ProviderHost& host, const Json& there,
                  Complaints& wrong) {
  if (there["clusters"].size() != 1) {
    return;  // said already
  }
  const std::string id = lab::StringField(there["clusters"][0], "id");
  const Json answer = cloud.Call("GET", "/v2/kubernetes/clusters/" + id);
  const Json& cluster = lab::Field(answer, "kubernetes_cluster");
  wrong.Expect<std::string>("state", lab::StringField(lab::Field(cluster, "status"), "state"),
                            "running");
  wrong.Expect<std::string>("version", lab::StringField(cluster, "version").substr(0, 4),
                            lab::StringField(wanted, "version"));
  wrong.Expect("pools", PoolsOf(lab::Field(cluster, "node_pools"), "name"),
               PoolsOf(lab::Field(wanted, "node_pools"), ""));
  int64_t nodes = 0;
  for (const auto& [name, pool] : lab::Field(wanted, "node_pools").items()) {
    nodes += lab::IntField(pool, "count");
  }
  wrong.Expect<int64_t>("number of Droplets", static_cast<int64_t>(there["droplets"].size()),
                        nodes);
  const auto resource = host.resources.find(kAddress);
  if (resource == host.resources.end()) {
    wrong.Add("the state does not hold the cluster");
    return;
  }
  const Value& state = resource->second.state;
  wrong.Expect("id in the state", Text(state["id"]), id);
  wrong.Expect("VPC in the state", Text(state["vpc_id"]), lab::StringField(cluster, "vpc_uuid"));
  if (resource->second.tainted) {
    wrong.Add("the cluster is still tainted");
  }
}

// What a cluster's workloads make: a load balancer for a Service, a volume for a claim, and a
// snapshot of it.
void FurnishWithWorkloads(FaultyCloud& cloud) {
  const Json cluster = cloud.Call("GET", "/v2/kubernetes/clusters")["kubernetes_clusters"][0];
  const Json tags = {absl::StrCat("k8s:", cluster["id"].get<std::string>())};
  cloud.Call("POST", "/v2/load_balancers",
             {{"name", "web"},
              {"region", "nyc3"},
              {"vpc_uuid", cluster["vpc_uuid"]},
              {"tags", tags},
              {"forwarding_rules",
               {{{"entry_protocol", "tcp"},
                 {"entry_port", 80},
                 {"target_protocol", "tcp"},
                 {"target_port", 30080}}}}});
  const Json volume =
      cloud.Call("POST", "/v2/volumes",
                 {{"name", "pvc-data"}, {"region", "nyc3"}, {"size_gigabytes", 1}, {"tags", tags}});
  const std::string id = lab::StringField(lab::Field(volume, "volume"), "id");
  cloud.Call("POST", absl::StrCat("/v2/volumes/", id, "/snapshots"), {{"name", "nightly"}});
  const Json there = cloud.simulator().Inventory();
  for (const char* kind : {"load_balancers", "volumes", "snapshots"}) {
    EXPECT_EQ(there[kind].size(), 1u) << kind;
  }
}

}  // namespace

Operation CreateOperation() { return {"create", {}, {{kAddress, Platform()}}, nullptr}; }

Operation UpdateOperation() {
  Json changed = Platform();
  changed["tags"] = {"team:a"};
  changed["auto_upgrade"] = true;
  Json& pools = changed["node_pools"];
  pools["primary"]["count"] = 3;
  pools["primary"]["labels"] = {{"tier", "web"}};
  pools.erase("monitoring");
  pools["batch"] = Json::parse(
      R"({"size": "c-2", "count": 1,
          "taints": [{"key": "batch", "value": "yes", "effect": "NoSchedule"}]})");
  return {"update", {{kAddress, Platform()}}, {{kAddress, changed}}, nullptr, true};
}

Operation UpgradeOperation() {
  Json changed = Platform();
  changed["version"] = "1.34";
  return {"upgrade", {{kAddress, Platform()}}, {{kAddress, changed}}, nullptr, true};
}

Operation SwapOperation() {
  Json changed = Platform();
  changed["node_pools"]["primary"]["size"] = "s-4vcpu-8gb";
  return {"swap", {{kAddress, Platform()}}, {{kAddress, changed}}, nullptr, true};
}

Operation RollOperation() {
  Json labelled = Platform(), bare = Platform();
  labelled["node_pools"]["primary"]["labels"] = {{"tier", "web"}};
  for (Json* block : {&labelled, &bare}) {
    (*block)["node_pools"]["primary"]["label_strategy"] = "rolling";
  }
  return {"roll", {{kAddress, labelled}}, {{kAddress, bare}}, nullptr, true};
}

Operation DestroyOperation() {
  // The load balancer would keep the VPC; what holds data stays.
  return {"destroy", {{kAddress, Platform()}},
          {},        FurnishWithWorkloads,
          false,     {{"volumes", {"pvc-data"}}, {"snapshots", {"nightly"}}}};
}

Operation SelectiveDestroyOperation() {
  Json block = Platform();
  block["on_destroy"] = {{"volumes", "delete"}, {"volume_snapshots", "delete"}};
  return {"selective destroy", {{kAddress, block}}, {}, FurnishWithWorkloads};
}

ProviderHost::Options HostOptions(const FaultyCloud& cloud, const std::string& data_dir) {
  return {.binary = KPROTO_PROVIDER,
          .data_dir = data_dir,
          .configuration = {{"token", "user"}, {"api_url", cloud.url()}}};
}

Beginning Begin(const Operation& operation) {
  TempDir dir;
  Beginning beginning;
  if (operation.before.empty()) {
    return beginning;
  }
  {
    FaultyCloud cloud(dir / "cloud.json", kSweepTimeFactor);
    ProviderHost host(HostOptions(cloud, dir / "data"));
    EXPECT_TRUE(host.Apply(operation.before)) << host.said();
    host.End();
    EXPECT_EQ(host.Plan(operation.before), 0) << host.said();
    if (operation.furnish) {
      operation.furnish(cloud);
    }
    beginning.resources = host.resources;
  }
  beginning.cloud = dir.Read("cloud.json");
  return beginning;
}

std::string WhatIsWrong(const Operation& operation, FaultyCloud& cloud, ProviderHost& host,
                        const std::string& data_dir) {
  Complaints wrong;
  const Json there = cloud.simulator().Inventory();
  using Strings = std::vector<std::string>;
  Strings clusters, vpcs;
  for (const auto& [address, block] : operation.after) {
    clusters.push_back(lab::StringField(block, "name"));
    vpcs.push_back(clusters.back() + "-vpc");
  }
  wrong.Expect("list of clusters", Names(there["clusters"]), clusters);
  wrong.Expect("list of VPCs", Names(there["vpcs"]), vpcs);
  for (const char* kind : {"load_balancers", "volumes", "snapshots"}) {
    const auto left = operation.left.find(kind);
    wrong.Expect(absl::StrCat("list of ", kind), Names(there[kind]),
                 left == operation.left.end() ? Strings() : left->second);
  }
  if (operation.after.empty()) {
    wrong.Expect<int64_t>("number of Droplets", static_cast<int64_t>(there["droplets"].size()), 0);
    wrong.Expect<int64_t>("resources in the state", static_cast<int64_t>(host.resources.size()), 0);
  } else {
    JudgeCluster(operation.after.begin()->second, cloud, host, there, wrong);
  }
  const std::optional<int> changes = host.Plan(operation.after);
  if (changes != 0) {
    wrong.Add(
        absl::StrCat("the next plan ", changes ? "is not empty" : "fails", ": ", host.said()));
  }
  host.End();
  std::error_code error;
  for (const auto& file : std::filesystem::directory_iterator(data_dir + "/kproto", error)) {
    if (file.path().extension() == ".json") {
      wrong.Add("the journal still holds " + file.path().filename().string());
    }
  }
  return wrong.text();
}

}  // namespace kproto::testing
