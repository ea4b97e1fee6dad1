// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/volumes.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/str_cat.h"
#include "lab/digitalocean/droplets.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/paging.h"
#include "lab/digitalocean/projects.h"
#include "lab/digitalocean/regions.h"
#include "lab/digitalocean/tags.h"

namespace kproto::lab {
namespace {

constexpr char kVolumes[] = "volumes";
constexpr int64_t kMaxGib = 16384;
constexpr size_t kMaxAttached = 15;

bool NameIsValid(const std::string& name) {
  return !name.empty() && name.size() <= 64 &&
         std::islower(static_cast<unsigned char>(name[0])) != 0 &&
         std::all_of(name.begin(), name.end(), [](char c) {
           return std::islower(static_cast<unsigned char>(c)) != 0 ||
                  std::isdigit(static_cast<unsigned char>(c)) != 0 || c == '-';
         });
}

Json* FindByName(Cloud* cloud, const std::string& name, const std::string& region) {
  for (Json& volume : cloud->store.All(kVolumes)) {
    if (StringField(volume, "name") == name && StringField(volume, "region") == region) {
      return &volume;
    }
  }
  return nullptr;
}

ApiResponse ListVolumes(Cloud* cloud, const ApiRequest& request) {
  const std::string name = request.Query("name");
  const std::string region = request.Query("region");
  const std::string tag = request.Query("tag_name");
  Json volumes = Json::array();
  for (const Json& volume : cloud->store.All(kVolumes)) {
    if ((name.empty() || StringField(volume, "name") == name) &&
        (region.empty() || StringField(volume, "region") == region) &&
        (tag.empty() || HasTag(volume, tag))) {
      volumes.push_back(DescribeVolume(volume));
    }
  }
  return Page(request, kVolumes, volumes);
}

ApiResponse CreateVolume(Cloud* cloud, const ApiRequest& request) {
  const Json& body = request.body;
  std::string region = StringField(body, "region");
  int64_t gib = IntField(body, "size_gigabytes");
  if (const std::string id = StringField(body, "snapshot_id"); !id.empty()) {
    const Json* snapshot = cloud->store.Find("snapshots", id);
    if (snapshot == nullptr) {
      return NotFound("snapshot not found");
    }
    const Json& regions = Field(*snapshot, "regions");
    region = region.empty() && !regions.empty() ? regions[0].get<std::string>() : region;
    gib = std::max(gib, IntField(*snapshot, "min_disk_size"));
  }
  const std::string name = StringField(body, "name");
  if (!NameIsValid(name)) {
    return Unprocessable("invalid volume name");
  }
  if (FindRegion(region) == nullptr) {
    return Unprocessable("invalid region");
  }
  if (gib < 1 || gib > kMaxGib) {
    return Unprocessable("invalid volume size");
  }
  if (FindByName(cloud, name, region) != nullptr) {
    return Error(409, "a volume with that name already exists in the region");
  }
  if (static_cast<int64_t>(cloud->store.All(kVolumes).size()) >= cloud->options.volume_limit) {
    return Error(403, "capacity limit exceeded");
  }
  const std::string id = cloud->NewId();
  Json volume = {{"id", id},
                 {"name", name},
                 {"region", region},
                 {"size_gigabytes", gib},
                 {"description", StringField(body, "description")},
                 {"filesystem_type", StringField(body, "filesystem_type")},
                 {"filesystem_label", StringField(body, "filesystem_label")},
                 {"droplet_ids", Json::array()},
                 {"tags", StringList(body, "tags")},
                 {"created_at", cloud->time.Stamp()}};
  NoteTags(cloud, volume["tags"]);
  cloud->store.All(kVolumes).push_back(volume);
  AssignToProject(cloud, "", "do:volume:" + id);
  return Created({{"volume", DescribeVolume(volume)}});
}

ApiResponse DeleteVolume(Cloud* cloud, const Json* volume) {
  if (volume == nullptr) {
    return NotFound();
  }
  if (!Field(*volume, "droplet_ids").empty()) {
    return Error(409, "attached volume cannot be deleted");
  }
  RemoveVolume(cloud, StringField(*volume, "id"));
  return NoContent();
}

std::string Attach(Cloud* cloud, Json* volume, int64_t droplet) {
  const Json* host = FindDroplet(cloud, droplet);
  if (host == nullptr) {
    return "droplet not found";
  }
  if (StringField(*host, "region") != StringField(*volume, "region")) {
    return "droplet and volume must be in the same region";
  }
  if (!Field(*volume, "droplet_ids").empty()) {
    return "volume is already attached";
  }
  size_t attached = 0;
  for (const Json& other : cloud->store.All(kVolumes)) {
    const Json& holders = Field(other, "droplet_ids");
    attached += std::count(holders.begin(), holders.end(), Json(droplet));
  }
  if (attached >= kMaxAttached) {
    return "droplet has reached the limit of attached volumes";
  }
  (*volume)["droplet_ids"].push_back(droplet);
  return "";
}

std::string Act(Cloud* cloud, Json* volume, const Json& body) {
  const std::string type = StringField(body, "type");
  const int64_t droplet = IntField(body, "droplet_id");
  Json& holders = (*volume)["droplet_ids"];
  if (type == "attach") {
    return Attach(cloud, volume, droplet);
  }
  if (type == "detach") {
    const auto it = std::find(holders.begin(), holders.end(), Json(droplet));
    if (it == holders.end()) {
      return "volume is not attached to the droplet";
    }
    holders.erase(it);
    return "";
  }
  if (type == "resize") {
    const int64_t gib = IntField(body, "size_gigabytes");
    if (gib <= IntField(*volume, "size_gigabytes") || gib > kMaxGib) {
      return "volumes can only grow, up to 16 TiB";
    }
    (*volume)["size_gigabytes"] = gib;
    return "";
  }
  return "type must be one of attach, detach, resize";
}

Json DescribeAction(Cloud* cloud, const Json& stored) {
  Json action = Public(stored);
  const bool done = cloud->time.Passed(IntField(Field(stored, "_"), "done_at"));
  action["status"] = done ? "completed" : "in-progress";
  action["completed_at"] = done ? Field(stored, "started_at") : Json();
  return action;
}

// The effect is there at once; the action says "in-progress" for a moment.
ApiResponse ActOnVolume(Cloud* cloud, Json* volume, const ApiRequest& request) {
  if (volume == nullptr) {
    return NotFound();
  }
  Json& actions = (*volume)["_"]["actions"];
  if (actions.is_array() && !actions.empty() &&
      !cloud->time.Passed(IntField(Field(actions.back(), "_"), "done_at"))) {
    return Unprocessable("Droplet already has a pending event");
  }
  if (const std::string error = Act(cloud, volume, request.body); !error.empty()) {
    return Unprocessable(error);
  }
  actions.push_back({{"id", cloud->store.NextSerial()},
                     {"type", StringField(request.body, "type") + "_volume"},
                     {"started_at", cloud->time.Stamp()},
                     {"resource_id", nullptr},
                     {"resource_type", "backend"},
                     {"region_slug", StringField(*volume, "region")},
                     {"_", {{"done_at", cloud->time.After(kVolumeAction)}}}});
  cloud->store.Touch();
  return Accepted({{"action", DescribeAction(cloud, actions.back())}});
}

ApiResponse ShowActions(Cloud* cloud, const ApiRequest& request) {
  Json* volume = cloud->store.Find(kVolumes, request.Param("id"));
  if (volume == nullptr) {
    return NotFound();
  }
  Json all = Json::array();
  for (const Json& action : Field(Field(*volume, "_"), "actions")) {
    if (absl::StrCat(IntField(action, "id")) == request.Param("action")) {
      return Ok({{"action", DescribeAction(cloud, action)}});
    }
    all.push_back(DescribeAction(cloud, action));
  }
  return request.Param("action").empty() ? Page(request, "actions", all) : NotFound();
}

}  // namespace

Json DescribeVolume(const Json& stored) {
  Json volume = Public(stored);
  if (const Region* region = FindRegion(StringField(stored, "region"))) {
    volume["region"] = {{"slug", region->slug},
                        {"name", region->name},
                        {"available", true},
                        {"features", Json::array()},
                        {"sizes", Json::array()}};
  }
  return volume;
}

void RemoveVolume(Cloud* cloud, const std::string& id) {
  ForgetInProjects(cloud, "do:volume:" + id);
  cloud->store.Remove(kVolumes, id);
}

void ServeVolumes(Cloud* cloud, Router* router) {
  const std::string base = "/v2/volumes";
  const auto find = [cloud](const ApiRequest& request) {
    return cloud->store.Find(kVolumes, request.Param("id"));
  };
  router->Add("GET", base,
              [cloud](const ApiRequest& request) { return ListVolumes(cloud, request); });
  router->Add("POST", base,
              [cloud](const ApiRequest& request) { return CreateVolume(cloud, request); });
  router->Add("DELETE", base, [cloud](const ApiRequest& request) {
    return DeleteVolume(cloud, FindByName(cloud, request.Query("name"), request.Query("region")));
  });
  router->Add("POST", base + "/actions", [cloud](const ApiRequest& request) {
    return ActOnVolume(cloud,
                       FindByName(cloud, StringField(request.body, "volume_name"),
                                  StringField(request.body, "region")),
                       request);
  });
  router->Add("GET", base + "/{id}", [find](const ApiRequest& request) {
    const Json* volume = find(request);
    return volume == nullptr ? NotFound() : Ok({{"volume", DescribeVolume(*volume)}});
  });
  router->Add("DELETE", base + "/{id}", [cloud, find](const ApiRequest& request) {
    return DeleteVolume(cloud, find(request));
  });
  router->Add("POST", base + "/{id}/actions", [cloud, find](const ApiRequest& request) {
    return ActOnVolume(cloud, find(request), request);
  });
  for (const char* path : {"/{id}/actions", "/{id}/actions/{action}"}) {
    router->Add("GET", base + path,
                [cloud](const ApiRequest& request) { return ShowActions(cloud, request); });
  }
}

}  // namespace kproto::lab
