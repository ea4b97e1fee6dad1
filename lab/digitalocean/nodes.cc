// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/nodes.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lab/digitalocean/droplets.h"
#include "lab/digitalocean/sizes.h"

namespace kproto::lab {
namespace {

std::string State(const Json& node) { return StringField(Field(node, "status"), "state"); }

void SetState(Cloud* cloud, Json* node, const char* state) {
  (*node)["status"] = {{"state", state}};
  (*node)["updated_at"] = cloud->time.Stamp();
  cloud->store.Touch();
}

int64_t DropletId(const Json& node) {
  int64_t id = 0;
  return absl::SimpleAtoi(StringField(node, "droplet_id"), &id) ? id : 0;
}

std::map<std::string, std::string> Labels(const Json& cluster, const Json& pool, const Json& node) {
  const std::string region = StringField(cluster, "region");
  const std::string size = StringField(pool, "size");
  std::map<std::string, std::string> labels = {
      {"doks.digitalocean.com/node-pool", StringField(pool, "name")},
      {"doks.digitalocean.com/node-pool-id", StringField(pool, "id")},
      {"doks.digitalocean.com/node-id", StringField(node, "id")},
      {"doks.digitalocean.com/version", StringField(Field(node, "_"), "version")},
      {"kubernetes.io/hostname", StringField(node, "name")},
      {"kubernetes.io/arch", "amd64"},
      {"kubernetes.io/os", "linux"},
      {"beta.kubernetes.io/arch", "amd64"},
      {"beta.kubernetes.io/os", "linux"},
      {"node.kubernetes.io/instance-type", size},
      {"beta.kubernetes.io/instance-type", size},
      {"topology.kubernetes.io/region", region},
      {"failure-domain.beta.kubernetes.io/region", region},
      {"region", region}};
  for (const auto& [key, value] : Field(pool, "labels").items()) {
    labels[key] = value.is_string() ? value.get<std::string>() : "";
  }
  return labels;
}

NodeSpec Spec(const Json& cluster, const Json& pool, const Json& node) {
  NodeSpec spec;
  spec.name = StringField(node, "name");
  spec.provider_id = "digitalocean://" + StringField(node, "droplet_id");
  spec.labels = Labels(cluster, pool, node);
  for (const Json& taint : Field(pool, "taints")) {
    spec.taints.push_back(
        {StringField(taint, "key"), StringField(taint, "value"), StringField(taint, "effect")});
  }
  if (const Size* size = FindSize(StringField(pool, "size"))) {
    spec.vcpus = size->vcpus;
    spec.memory_mib = size->memory_mib;
  }
  return spec;
}

// Whether Kubernetes has it.
bool HasJoined(const Json& node) {
  return State(node) != "provisioning" || BoolField(Field(node, "_"), "joined");
}

// False when the node is gone.
bool AdvanceNode(Cloud* cloud, const std::string& cluster_id, Json* node) {
  const Json& times = Field(*node, "_");
  const std::string state = State(*node);
  if (!HasJoined(*node) && cloud->time.Passed(IntField(times, "joins_at"))) {
    (*node)["_"]["joined"] = true;
    cloud->store.Touch();
  }
  if (state == "provisioning" && cloud->time.Passed(IntField(times, "ready_at")) &&
      cloud->NodeReady(cluster_id, StringField(*node, "name"))) {
    SetState(cloud, node, "running");
  }
  if (!NodeStays(*node) && cloud->time.Passed(IntField(times, "gone_at"))) {
    RemoveDroplet(cloud, DropletId(*node));
    return false;
  }
  return true;
}

}  // namespace

bool NodeStays(const Json& node) {
  const std::string state = State(node);
  return state != "deleting" && state != "draining";
}

int64_t StayingNodes(const Json& pool) {
  int64_t count = 0;
  for (const Json& node : Field(pool, "nodes")) {
    count += NodeStays(node) ? 1 : 0;
  }
  return count;
}

void RetireNode(Cloud* cloud, Json* node) {
  if (NodeStays(*node)) {
    SetState(cloud, node, "deleting");
    (*node)["_"]["gone_at"] = cloud->time.After(kNodeDraining);
  }
}

void AddNode(Cloud* cloud, const Json& cluster, Json* pool, absl::Duration until_ready) {
  const std::string name = absl::StrCat(StringField(*pool, "name"), "-", cloud->NewNodeSuffix());
  const int64_t droplet =
      AddDroplet(cloud, {name, StringField(cluster, "region"), StringField(*pool, "size"),
                         StringField(cluster, "vpc_uuid"), Field(*pool, "tags"),
                         BoolField(cluster, "isolated_workers") ? DropletSpec::Reach::kPrivate
                                                                : DropletSpec::Reach::kPublic});
  (*pool)["nodes"].push_back({{"id", cloud->NewId()},
                              {"name", name},
                              {"status", {{"state", "provisioning"}}},
                              {"droplet_id", absl::StrCat(droplet)},
                              {"created_at", cloud->time.Stamp()},
                              {"updated_at", cloud->time.Stamp()},
                              {"_",
                               {{"ready_at", cloud->time.After(until_ready)},
                                {"joins_at", cloud->time.After(until_ready - kNodeJoinsBefore)},
                                {"version", StringField(cluster, "version")}}}});
  cloud->store.Touch();
}

void ResizePool(Cloud* cloud, const Json& cluster, Json* pool, int64_t count,
                absl::Duration until_ready) {
  int64_t staying = StayingNodes(*pool);
  for (; staying < count; ++staying) {
    AddNode(cloud, cluster, pool, until_ready);
  }
  Json& nodes = (*pool)["nodes"];
  for (auto it = nodes.rbegin(); it != nodes.rend() && staying > count; ++it) {
    if (NodeStays(*it)) {
      RetireNode(cloud, &*it);
      --staying;
    }
  }
  (*pool)["count"] = count;
  cloud->store.Touch();
}

void ReplaceNodeOfDroplet(Cloud* cloud, int64_t droplet_id) {
  for (Json& cluster : cloud->store.All("clusters")) {
    for (Json& pool : cluster["node_pools"]) {
      Json& nodes = pool["nodes"];
      for (auto it = nodes.begin(); it != nodes.end(); ++it) {
        if (DropletId(*it) == droplet_id) {
          const bool stays = NodeStays(*it);
          nodes.erase(it);
          if (stays) {
            AddNode(cloud, cluster, &pool, kNodeProvisioning);
          }
          cloud->store.Touch();
          return;
        }
      }
    }
  }
}

void AdvanceNodes(Cloud* cloud, Json* cluster) {
  const std::string id = StringField(*cluster, "id");
  for (Json& pool : (*cluster)["node_pools"]) {
    Json& nodes = pool["nodes"];
    for (size_t i = 0; i < nodes.size();) {
      if (AdvanceNode(cloud, id, &nodes[i])) {
        ++i;
      } else {
        nodes.erase(i);
        cloud->store.Touch();
      }
    }
  }
}

std::vector<NodeSpec> NodeSpecs(const Json& cluster) {
  std::vector<NodeSpec> specs;
  for (const Json& pool : Field(cluster, "node_pools")) {
    for (const Json& node : Field(pool, "nodes")) {
      if (NodeStays(node) && HasJoined(node)) {
        specs.push_back(Spec(cluster, pool, node));
      }
    }
  }
  return specs;
}

}  // namespace kproto::lab
