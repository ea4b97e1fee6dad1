// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/inventory.h"

#include <cmath>
#include <string>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/prices.h"
#include "lab/digitalocean/sizes.h"

namespace kproto::lab {
namespace {

double MonthlyCost(const std::string& kind, const Json& thing) {
  if (kind == "clusters") {
    return BoolField(thing, "ha") ? kHighAvailabilityMonthly : 0;
  }
  if (kind == "load_balancers") {
    return LoadBalancerMonthly(StringField(thing, "type"), IntField(thing, "size_unit", 1));
  }
  if (kind == "volumes") {
    return kVolumeGibMonthly * static_cast<double>(IntField(thing, "size_gigabytes"));
  }
  if (kind == "snapshots") {
    return kSnapshotGibMonthly * static_cast<double>(IntField(thing, "size_gigabytes"));
  }
  if (kind == "droplets") {
    const Size* size = FindSize(StringField(thing, "size_slug"));
    return size == nullptr ? 0 : size->price_monthly;
  }
  return 0;
}

// The cluster whose mark the thing carries.
std::string OwnerId(const Json& thing) {
  for (const std::string& tag : StringList(thing, "tags")) {
    if (absl::StartsWith(tag, "k8s:") && tag != "k8s:worker") {
      return tag.substr(4);
    }
  }
  return "";
}

Json Entry(Cloud* cloud, const std::string& kind, const Json& thing) {
  const std::string owner = kind == "clusters" ? "" : OwnerId(thing);
  const Json* cluster = cloud->store.Find("clusters", owner);
  const Json& id = Field(thing, "id");
  const Json& tags = Field(thing, "tags");
  Json entry = {{"id", id.is_string() ? id : Json(Dump(id))},
                {"name", StringField(thing, "name")},
                {"region", StringField(thing, "region")},
                {"tags", tags.is_array() ? tags : Json::array()},
                {"owner", cluster == nullptr ? owner : StringField(*cluster, "name")},
                {"owner_id", owner},
                {"monthly_cost", std::round(MonthlyCost(kind, thing) * 100) / 100}};
  if (kind == "clusters") {
    entry["state"] = StringField(Field(thing, "status"), "state");
    entry["version"] = StringField(thing, "version");
    entry["endpoint"] = StringField(thing, "endpoint");
    entry["created_at"] = StringField(thing, "created_at");
  }
  if (kind == "vpcs") {
    entry["ip_range"] = StringField(thing, "ip_range");
    entry["description"] = StringField(thing, "description");
  }
  if (kind == "load_balancers") {
    entry["ip"] = StringField(thing, "ip");
    entry["state"] = StringField(thing, "status");
  }
  if (kind == "volumes") {
    entry["size_gigabytes"] = IntField(thing, "size_gigabytes");
  }
  return entry;
}

bool IsRegionsOwn(const Json& vpc) {
  return BoolField(vpc, "default") &&
         StringField(vpc, "name") == "default-" + StringField(vpc, "region");
}

}  // namespace

Json Inventory(Cloud* cloud) {
  Json inventory = Json::object();
  double total = 0;
  for (const char* kind : {"vpcs", "clusters", "load_balancers", "volumes", "snapshots", "droplets",
                           "vpc_peerings", "vpc_nat_gateways", "firewalls"}) {
    inventory[kind] = Json::array();
    for (const Json& thing : cloud->store.All(kind)) {
      if (std::string(kind) == "vpcs" && IsRegionsOwn(thing)) {
        continue;
      }
      inventory[kind].push_back(Entry(cloud, kind, thing));
      total += MonthlyCost(kind, thing);
    }
  }
  inventory["monthly_cost"] = std::round(total * 100) / 100;
  return inventory;
}

}  // namespace kproto::lab
