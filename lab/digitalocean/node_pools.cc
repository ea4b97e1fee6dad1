// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/node_pools.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lab/digitalocean/clusters.h"
#include "lab/digitalocean/droplets.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/nodes.h"
#include "lab/digitalocean/paging.h"
#include "lab/digitalocean/regions.h"
#include "lab/digitalocean/sizes.h"
#include "lab/digitalocean/tags.h"

namespace kproto::lab {
namespace {

constexpr int64_t kMaxNodes = 512;  // per pool and cluster

std::string ParseTaints(const Json& taints, Json* parsed) {
  *parsed = Json::array();
  for (const Json& taint : taints) {
    const Json& key = FieldIgnoringCase(taint, "key");
    const Json& value = FieldIgnoringCase(taint, "value");
    const Json& effect = FieldIgnoringCase(taint, "effect");
    if (!key.is_string() || key == "") {
      return "taint key must not be empty";
    }
    if (effect != "NoSchedule" && effect != "PreferNoSchedule" && effect != "NoExecute") {
      return "taint effect must be one of NoSchedule, PreferNoSchedule, NoExecute";
    }
    parsed->push_back(
        {{"key", key}, {"value", value.is_string() ? value : Json("")}, {"effect", effect}});
  }
  return "";
}

std::string WhyNotName(const Json& cluster, const std::string& name, const std::string& own_id) {
  const bool valid =
      !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), [](char c) {
        return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '-' || c == '_' || c == '.';
      });
  if (!valid) {
    return "node pool name is invalid";
  }
  for (const Json& pool : Field(cluster, "node_pools")) {
    if (StringField(pool, "name") == name &&
        (own_id.empty() || StringField(pool, "id") != own_id)) {
      return "node pool name must be unique in the cluster";
    }
  }
  return "";
}

// Counts and autoscaling; min and max come back as 0 when it is off.
std::string ParseCounts(const Json& body, Json* pool) {
  const bool scales = BoolField(body, "auto_scale", BoolField(*pool, "auto_scale"));
  const int64_t least = IntField(body, "min_nodes", IntField(*pool, "min_nodes"));
  const int64_t most = IntField(body, "max_nodes", IntField(*pool, "max_nodes"));
  int64_t count = IntField(body, "count", IntField(*pool, "count", -1));
  if (scales) {
    if (least < 1) {
      return "worker_node_pool_spec.min nodes must be greater than or equal to 1";
    }
    if (most < least) {
      return "worker_node_pool_spec.max nodes must be greater than or equal to min nodes";
    }
    count = std::clamp(count, least, most);
  }
  if (count < 0) {
    return "worker_node_pool_spec.count must be greater than or equal to 0";
  }
  if (count > kMaxNodes || most > kMaxNodes) {
    return absl::StrCat("worker_node_pool_spec.count must be at most ", kMaxNodes);
  }
  (*pool)["auto_scale"] = scales;
  (*pool)["min_nodes"] = scales ? least : 0;
  (*pool)["max_nodes"] = scales ? most : 0;
  (*pool)["count"] = count;
  return "";
}

std::string ParseMarks(const Json& cluster, const Json& body, Json* pool) {
  if (const Json& labels = Field(body, "labels"); labels.is_object()) {
    (*pool)["labels"] = labels;
  }
  if (const Json& taints = Field(body, "taints"); taints.is_array()) {
    if (std::string error = ParseTaints(taints, &(*pool)["taints"]); !error.empty()) {
      return error;
    }
  }
  if (Field(body, "tags").is_array() || !pool->contains("tags")) {
    for (const std::string& tag : StringList(body, "tags")) {
      if (!TagIsValid(tag)) {
        return absl::StrCat("tag \"", tag, "\" is invalid");
      }
    }
    (*pool)["tags"] = WorkerTags(StringField(cluster, "id"), Json(StringList(body, "tags")));
  }
  return "";
}

// How AMD GPUs are divided: said when the pool is made, and never changed.
std::string ParseGpuPartition(const Json& body, Json* pool) {
  const std::string mode = StringField(body, "gpu_partition_mode");
  if (mode.empty()) {
    return "";
  }
  if (mode != "AMD_PARTITION_MODE_SPX_NPS1" && mode != "AMD_PARTITION_MODE_DPX_NPS2") {
    return "worker_node_pool_spec.gpu_partition_mode is invalid";
  }
  const Size* size = FindSize(StringField(*pool, "size"));
  if (size == nullptr || !HasAmdGpu(*size)) {
    return "worker_node_pool_spec.gpu_partition_mode is for AMD GPU sizes only";
  }
  (*pool)["gpu_partition_mode"] = mode;
  return "";
}

Json* FindPool(Json* cluster, const std::string& id) {
  for (Json& pool : (*cluster)["node_pools"]) {
    if (StringField(pool, "id") == id) {
      return &pool;
    }
  }
  return nullptr;
}

// How far pools may yet grow by themselves.
int64_t Growth(const Json& parsed, int64_t staying) {
  return std::max(IntField(parsed, "count"), IntField(parsed, "max_nodes")) - staying;
}

ApiResponse CreatePool(Cloud* cloud, Json* cluster, const ApiRequest& request) {
  std::string error;
  Json parsed = ParsePool(*cluster, request.body, Json(), &error);
  if (error.empty()) {
    error = WhyNotMoreWorkers(cloud, IntField(parsed, "count"), Growth(parsed, 0));
  }
  if (!error.empty()) {
    return Invalid(error);
  }
  Json& pools = (*cluster)["node_pools"];
  pools.push_back(MakePool(cloud, *cluster, std::move(parsed), kNodeProvisioning));
  cloud->store.Touch();
  return Created({{"node_pool", Public(pools.back())}});
}

ApiResponse UpdatePool(Cloud* cloud, Json* cluster, Json* pool, const ApiRequest& request) {
  const int64_t staying = StayingNodes(*pool);
  std::string error;
  const Json parsed = ParsePool(*cluster, request.body, *pool, &error);
  if (error.empty()) {
    error = WhyNotMoreWorkers(cloud, IntField(parsed, "count") - staying, Growth(parsed, staying));
  }
  if (!error.empty()) {
    return Invalid(error);
  }
  for (const auto& [field, value] : parsed.items()) {
    (*pool)[field] = value;
  }
  ResizePool(cloud, *cluster, pool, IntField(parsed, "count"), kNodeProvisioning);
  NoteTags(cloud, Field(*pool, "tags"));
  (*cluster)["updated_at"] = cloud->time.Stamp();
  return Accepted({{"node_pool", Public(*pool)}});
}

ApiResponse DeletePool(Cloud* cloud, Json* cluster, Json* pool) {
  if (!Field(Field(*pool, "_"), "gone_at").is_null()) {
    return NoContent();  // it is on its way out already
  }
  int64_t others = -1;
  for (const Json& each : Field(*cluster, "node_pools")) {
    others += Field(Field(each, "_"), "gone_at").is_null() ? 1 : 0;
  }
  if (others < 1) {
    return Invalid("cluster must have at least one node pool");
  }
  for (Json& node : (*pool)["nodes"]) {
    RetireNode(cloud, &node);
  }
  (*pool)["_"]["gone_at"] = cloud->time.After(kNodeDraining);
  (*pool)["count"] = 0;
  cloud->store.Touch();
  return NoContent();
}

ApiResponse DeleteNode(Cloud* cloud, Json* cluster, Json* pool, const ApiRequest& request) {
  for (Json& node : (*pool)["nodes"]) {
    if (StringField(node, "id") != request.Param("node")) {
      continue;
    }
    if (!NodeStays(node)) {
      return Accepted();  // it is on its way out already, and another one comes once at most
    }
    RetireNode(cloud, &node);
    if (request.Query("skip_drain") == "1") {
      node["_"]["gone_at"] = cloud->time.Micros();
    }
    if (request.Query("replace") == "1") {
      AddNode(cloud, *cluster, pool, kNodeProvisioning);
    } else {
      (*pool)["count"] = std::max<int64_t>(IntField(*pool, "count") - 1, 0);
    }
    cloud->store.Touch();
    return Accepted();
  }
  return NotFound("node not found");
}

ApiResponse RecycleNodes(Cloud* cloud, Json* cluster, Json* pool, const ApiRequest& request) {
  for (const std::string& id : StringList(request.body, "nodes")) {
    ApiRequest one = request;
    one.params["node"] = id;
    one.query.emplace("replace", "1");
    if (const ApiResponse response = DeleteNode(cloud, cluster, pool, one);
        response.status >= 400) {
      return response;
    }
  }
  return Accepted();
}

// What a node of the pool would be: godo has this call, DigitalOcean's specification has not.
ApiResponse PoolTemplate(Json* cluster, const ApiRequest& request) {
  for (const Json& pool : Field(*cluster, "node_pools")) {
    const Size* size = FindSize(StringField(pool, "size"));
    if (StringField(pool, "name") != request.Param("pool") || size == nullptr) {
      continue;
    }
    const Json resources = {{"cpu", size->vcpus},
                            {"cpu_milli_cores", size->vcpus * 1000},
                            {"memory", absl::StrCat(size->memory_mib, "Mi")},
                            {"pods", 110}};
    Json taints = Json::array();  // as kubectl writes them, unlike in the pool itself
    for (const Json& taint : Field(pool, "taints")) {
      taints.push_back(absl::StrCat(StringField(taint, "key"), "=", StringField(taint, "value"),
                                    ":", StringField(taint, "effect")));
    }
    return Ok({{"Template",
                {{"cluster_uuid", StringField(*cluster, "id")},
                 {"name", StringField(pool, "name")},
                 {"slug", size->slug},
                 {"capacity", resources},
                 {"allocatable", resources},
                 {"labels", Field(pool, "labels")},
                 {"taints", taints}}}});
  }
  return NotFound("node pool not found");
}

}  // namespace

Json WorkerTags(const std::string& cluster_id, const Json& user_tags) {
  Json tags = {"k8s", "k8s:" + cluster_id, "k8s:worker"};
  for (const Json& tag : user_tags) {
    if (std::find(tags.begin(), tags.end(), tag) == tags.end()) {
      tags.push_back(tag);
    }
  }
  return tags;
}

Json ParsePool(const Json& cluster, const Json& body, const Json& former, std::string* error) {
  Json pool =
      former.is_object() ? former : Json{{"labels", Json::object()}, {"taints", Json::array()}};
  pool.erase("nodes");
  pool.erase("_");
  pool["name"] = StringField(body, "name", StringField(pool, "name"));
  *error = WhyNotName(cluster, StringField(pool, "name"), StringField(pool, "id"));
  if (!former.is_object()) {
    const std::string slug = StringField(body, "size");
    const Size* size = FindSize(slug);
    const Region* region = FindRegion(StringField(cluster, "region"));
    if (size == nullptr || region == nullptr || !FitsKubernetes(*size) ||
        !SizeInRegion(*size, *region)) {
      *error = "invalid droplet size";
    }
    pool["size"] = slug;
  }
  if (error->empty() && !former.is_object()) {
    *error = ParseGpuPartition(body, &pool);
  }
  if (error->empty()) {
    *error = ParseCounts(body, &pool);
  }
  if (error->empty()) {
    *error = ParseMarks(cluster, body, &pool);
  }
  return pool;
}

std::string WhyNotMoreWorkers(Cloud* cloud, int64_t more, int64_t most) {
  const int64_t left = DropletsLeft(cloud);
  if (more > left) {
    return absl::StrCat(more, " additional nodes but not enough available droplet limit");
  }
  if (most > left && most > more) {
    return absl::StrCat("autoscale desired max nodes exceed limits, ", most,
                        " additional nodes but not enough available droplet limit");
  }
  return "";
}

Json MakePool(Cloud* cloud, const Json& cluster, Json parsed, absl::Duration until_ready) {
  parsed["id"] = cloud->NewId();
  parsed["nodes"] = Json::array();
  NoteTags(cloud, Field(parsed, "tags"));
  ResizePool(cloud, cluster, &parsed, IntField(parsed, "count"), until_ready);
  return parsed;
}

void ServeNodePools(Cloud* cloud, Router* router) {
  const std::string base = "/v2/kubernetes/clusters/{id}/node_pools";
  // Looks the cluster, and the pool where the path names one, up for a handler.
  using PoolHandler = std::function<ApiResponse(Json * cluster, Json * pool, const ApiRequest&)>;
  const auto add = [&](const char* method, const std::string& path, PoolHandler handler) {
    router->Add(method, path, [cloud, handler](const ApiRequest& request) {
      Json* cluster = FindCluster(cloud, request.Param("id"));
      if (cluster == nullptr) {
        return NotFound("cluster not found");
      }
      Json* pool = FindPool(cluster, request.Param("pool"));
      if (!request.Param("pool").empty() && pool == nullptr) {
        return NotFound("node pool not found");
      }
      if (request.method != "GET" && ClusterState(*cluster) == "deleting") {
        return Error(412, "cluster is being deleted");
      }
      return handler(cluster, pool, request);
    });
  };
  add("GET", base, [](Json* cluster, Json*, const ApiRequest& request) {
    return Page(request, "node_pools", Field(*cluster, "node_pools"));
  });
  add("POST", base, [cloud](Json* cluster, Json*, const ApiRequest& request) {
    return CreatePool(cloud, cluster, request);
  });
  add("GET", base + "/{pool}", [](Json*, Json* pool, const ApiRequest&) {
    return Ok({{"node_pool", Public(*pool)}});
  });
  add("PUT", base + "/{pool}", [cloud](Json* cluster, Json* pool, const ApiRequest& request) {
    return UpdatePool(cloud, cluster, pool, request);
  });
  add("DELETE", base + "/{pool}", [cloud](Json* cluster, Json* pool, const ApiRequest&) {
    return DeletePool(cloud, cluster, pool);
  });
  add("DELETE", base + "/{pool}/nodes/{node}",
      [cloud](Json* cluster, Json* pool, const ApiRequest& request) {
        return DeleteNode(cloud, cluster, pool, request);
      });
  add("POST", base + "/{pool}/recycle",
      [cloud](Json* cluster, Json* pool, const ApiRequest& request) {
        return RecycleNodes(cloud, cluster, pool, request);
      });
  router->Add("GET", "/v2/kubernetes/clusters/{id}/node_pools_template/{pool}",
              [cloud](const ApiRequest& request) {
                Json* cluster = FindCluster(cloud, request.Param("id"));
                return cluster == nullptr ? NotFound("cluster not found")
                                          : PoolTemplate(cluster, request);
              });
}

}  // namespace kproto::lab
