// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/droplets.h"

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/nodes.h"
#include "lab/digitalocean/paging.h"
#include "lab/digitalocean/projects.h"
#include "lab/digitalocean/regions.h"
#include "lab/digitalocean/sizes.h"
#include "lab/digitalocean/tags.h"
#include "lab/digitalocean/vpcs.h"

namespace kproto::lab {
namespace {

constexpr char kDroplets[] = "droplets";

// The stored droplet with what follows from others: its size, region and volumes.
Json Describe(Cloud* cloud, const Json& stored) {
  Json droplet = Public(stored);
  const std::string id = Dump(Field(stored, "id"));
  const Region* region = FindRegion(StringField(stored, "region"));
  if (region != nullptr) {
    droplet["region"] = {{"slug", region->slug},
                         {"name", region->name},
                         {"available", true},
                         {"features", Json::array()},
                         {"sizes", Json::array()}};
  }
  if (const Size* size = FindSize(StringField(stored, "size_slug"))) {
    droplet["memory"] = size->memory_mib;
    droplet["vcpus"] = size->vcpus;
    droplet["disk"] = size->disk_gib;
    droplet["size"] = {{"slug", size->slug},
                       {"memory", size->memory_mib},
                       {"vcpus", size->vcpus},
                       {"disk", size->disk_gib},
                       {"price_monthly", size->price_monthly}};
  }
  droplet["volume_ids"] = Json::array();
  for (const Json& volume : cloud->store.All("volumes")) {
    for (const Json& holder : Field(volume, "droplet_ids")) {
      if (Dump(holder) == id) {
        droplet["volume_ids"].push_back(StringField(volume, "id"));
      }
    }
  }
  return droplet;
}

Json* FindByParam(Cloud* cloud, const ApiRequest& request) {
  int64_t id;
  return absl::SimpleAtoi(request.Param("id"), &id) ? FindDroplet(cloud, id) : nullptr;
}

ApiResponse ListDroplets(Cloud* cloud, const ApiRequest& request) {
  const std::string tag = request.Query("tag_name");
  const std::string name = request.Query("name");
  Json droplets = Json::array();
  for (const Json& droplet : cloud->store.All(kDroplets)) {
    if ((tag.empty() || HasTag(droplet, tag)) &&
        (name.empty() || StringField(droplet, "name") == name)) {
      droplets.push_back(Describe(cloud, droplet));
    }
  }
  return Page(request, kDroplets, droplets);
}

ApiResponse CreateDroplet(Cloud* cloud, const ApiRequest& request) {
  const Json& body = request.body;
  const Region* region = FindRegion(StringField(body, "region"));
  const Size* size = FindSize(StringField(body, "size"));
  const std::string name = StringField(body, "name");
  std::string vpc = StringField(body, "vpc_uuid");
  Cidr range;
  if (name.empty() || region == nullptr || size == nullptr || !SizeInRegion(*size, *region)) {
    return Unprocessable(name.empty()        ? "Name can't be blank"
                         : region == nullptr ? "Region is not available"
                                             : "Size is not available in this region");
  }
  if (!vpc.empty() && !VpcRange(cloud, vpc, &range)) {
    return Unprocessable("Failed to resolve VPC");
  }
  if (DropletsLeft(cloud) < 1) {
    return Unprocessable("creating this/these droplet(s) will exceed your droplet limit");
  }
  if (vpc.empty()) {
    vpc = DefaultVpc(cloud, region->slug);
  }
  const int64_t id =
      AddDroplet(cloud, {name, region->slug, size->slug, vpc, Json(StringList(body, "tags"))});
  return Accepted({{"droplet", Describe(cloud, *FindDroplet(cloud, id))}});
}

ApiResponse DeleteDroplet(Cloud* cloud, const ApiRequest& request) {
  const Json* droplet = FindByParam(cloud, request);
  if (droplet == nullptr) {
    return NotFound();
  }
  const int64_t id = IntField(*droplet, "id");
  // A worker that is taken away comes back: its pool replaces it.
  ReplaceNodeOfDroplet(cloud, id);
  RemoveDroplet(cloud, id);
  return NoContent();
}

}  // namespace

int64_t AddDroplet(Cloud* cloud, const DropletSpec& spec) {
  const int64_t id = cloud->NewDropletId();
  NoteTags(cloud, spec.tags);
  Cidr range;
  VpcRange(cloud, spec.vpc_uuid, &range);
  const uint32_t host_bits = range.bits < 31 ? (uint32_t{1} << (32 - range.bits)) - 2 : 1;
  const Cidr private_ip{range.address + 2 + static_cast<uint32_t>(id) % std::max(1u, host_bits - 2),
                        32};
  const std::string address = private_ip.ToString();
  Json networks = Json::array();
  networks.push_back({{"type", "private"}, {"ip_address", address.substr(0, address.find('/'))}});
  if (spec.reach == DropletSpec::Reach::kPublic) {
    networks.push_back({{"type", "public"}, {"ip_address", cloud->NewPublicIp()}});
  }
  cloud->store.All(kDroplets).push_back(
      {{"id", id},
       {"name", spec.name},
       {"region", spec.region},
       {"size_slug", spec.size},
       {"vpc_uuid", spec.vpc_uuid},
       {"tags", spec.tags},
       {"status", "active"},
       {"locked", false},
       {"features", {"private_networking"}},
       {"image", {{"id", 1}, {"name", "worker"}, {"distribution", "Debian"}}},
       {"networks", {{"v4", networks}, {"v6", Json::array()}}},
       {"created_at", cloud->time.Stamp()}});
  AssignToProject(cloud, "", absl::StrCat("do:droplet:", id));
  cloud->store.Touch();
  return id;
}

void RemoveDroplet(Cloud* cloud, int64_t id) {
  Json& droplets = cloud->store.All(kDroplets);
  for (auto it = droplets.begin(); it != droplets.end(); ++it) {
    if (IntField(*it, "id") != id) {
      continue;
    }
    const std::string urn = absl::StrCat("do:droplet:", id);
    LingerInVpc(cloud, StringField(*it, "vpc_uuid"), urn, StringField(*it, "name"),
                StringField(*it, "created_at"));
    droplets.erase(it);
    ForgetInProjects(cloud, urn);
    break;
  }
  for (Json& volume : cloud->store.All("volumes")) {
    Json& holders = volume["droplet_ids"];
    holders.erase(std::remove(holders.begin(), holders.end(), Json(id)), holders.end());
  }
  cloud->store.Touch();
}

Json* FindDroplet(Cloud* cloud, int64_t id) {
  for (Json& droplet : cloud->store.All(kDroplets)) {
    if (IntField(droplet, "id") == id) {
      return &droplet;
    }
  }
  return nullptr;
}

int64_t DropletsLeft(Cloud* cloud) {
  return cloud->options.droplet_limit - static_cast<int64_t>(cloud->store.All(kDroplets).size());
}

void ServeDroplets(Cloud* cloud, Router* router) {
  router->Add("GET", "/v2/droplets",
              [cloud](const ApiRequest& request) { return ListDroplets(cloud, request); });
  router->Add("POST", "/v2/droplets",
              [cloud](const ApiRequest& request) { return CreateDroplet(cloud, request); });
  router->Add("GET", "/v2/droplets/{id}", [cloud](const ApiRequest& request) {
    const Json* droplet = FindByParam(cloud, request);
    return droplet == nullptr ? NotFound() : Ok({{"droplet", Describe(cloud, *droplet)}});
  });
  router->Add("DELETE", "/v2/droplets/{id}",
              [cloud](const ApiRequest& request) { return DeleteDroplet(cloud, request); });
}

}  // namespace kproto::lab
