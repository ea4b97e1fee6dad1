// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/tags.h"

#include <algorithm>
#include <cctype>

#include "absl/strings/match.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/paging.h"

namespace kproto::lab {
namespace {

constexpr char kTags[] = "tags";

struct Taggable {
  const char* type;    // resource_type in requests
  const char* kind;    // the store's name of it
  const char* counts;  // the tag's member that counts them
};
constexpr Taggable kTaggable[] = {{"droplet", "droplets", "droplets"},
                                  {"volume", "volumes", "volumes"},
                                  {"volume_snapshot", "snapshots", "volume_snapshots"},
                                  {"load_balancer", "load_balancers", "load_balancers"},
                                  {"kubernetes", "clusters", "kubernetes_clusters"}};

Json* FindTag(Cloud* cloud, const std::string& name) {
  for (Json& tag : cloud->store.All(kTags)) {
    if (absl::EqualsIgnoreCase(StringField(tag, "name"), name)) {
      return &tag;
    }
  }
  return nullptr;
}

Json Describe(Cloud* cloud, const std::string& name) {
  Json resources = {{"images", {{"count", 0}}}, {"databases", {{"count", 0}}}};
  int64_t total = 0;
  for (const auto& [type, kind, counts] : kTaggable) {
    int64_t count = 0;
    for (const Json& thing : cloud->store.All(kind)) {
      count += HasTag(thing, name) ? 1 : 0;
    }
    total += count;
    resources[counts] = {{"count", count}};
  }
  resources["count"] = total;
  return {{"name", name}, {"resources", resources}};
}

void RemoveTag(Json* thing, const std::string& name) {
  Json rest = Json::array();
  for (const std::string& tag : StringList(*thing, "tags")) {
    if (!absl::EqualsIgnoreCase(tag, name)) {
      rest.push_back(tag);
    }
  }
  (*thing)["tags"] = rest;
}

// Ids of droplets are numbers in their own kind and strings here.
Json* FindThing(Cloud* cloud, const std::string& type, const std::string& id) {
  for (const auto& [name, kind, counts] : kTaggable) {
    if (type != name) {
      continue;
    }
    for (Json& thing : cloud->store.All(kind)) {
      const Json& its = Field(thing, "id");
      if ((its.is_string() ? its.get<std::string>() : Dump(its)) == id) {
        return &thing;
      }
    }
  }
  return nullptr;
}

ApiResponse ChangeResources(Cloud* cloud, const ApiRequest& request) {
  const std::string& name = request.Param("name");
  if (FindTag(cloud, name) == nullptr) {
    return NotFound();
  }
  const Json& resources = Field(request.body, "resources");
  if (!resources.is_array()) {
    return Unprocessable("resources is required");
  }
  for (const Json& resource : resources) {
    Json* thing = FindThing(cloud, StringField(resource, "resource_type"),
                            StringField(resource, "resource_id"));
    if (thing == nullptr) {
      return NotFound();
    }
    RemoveTag(thing, name);
    if (request.method == "POST") {
      (*thing)["tags"].push_back(name);
    }
    cloud->store.Touch();
  }
  return NoContent();
}

ApiResponse CreateTag(Cloud* cloud, const ApiRequest& request) {
  const std::string name = StringField(request.body, "name");
  if (!TagIsValid(name)) {
    return Unprocessable("Tag name is invalid");
  }
  NoteTags(cloud, Json::array({name}));
  return Created({{"tag", Describe(cloud, StringField(*FindTag(cloud, name), "name"))}});
}

ApiResponse DeleteTag(Cloud* cloud, const std::string& name) {
  Json& tags = cloud->store.All(kTags);
  for (auto it = tags.begin(); it != tags.end(); ++it) {
    if (!absl::EqualsIgnoreCase(StringField(*it, "name"), name)) {
      continue;
    }
    tags.erase(it);
    for (const auto& [type, kind, counts] : kTaggable) {
      for (Json& thing : cloud->store.All(kind)) {
        RemoveTag(&thing, name);
      }
    }
    cloud->store.Touch();
    return NoContent();
  }
  return NotFound();
}

}  // namespace

bool TagIsValid(const std::string& tag) {
  return !tag.empty() && tag.size() <= 255 && std::all_of(tag.begin(), tag.end(), [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == ':' || c == '-' || c == '_';
  });
}

void NoteTags(Cloud* cloud, const Json& tags) {
  for (const Json& tag : tags) {
    if (tag.is_string() && FindTag(cloud, tag.get<std::string>()) == nullptr) {
      cloud->store.All(kTags).push_back({{"name", tag}});
      cloud->store.Touch();
    }
  }
}

bool TagExists(Cloud* cloud, const std::string& tag) { return FindTag(cloud, tag) != nullptr; }

bool HasTag(const Json& thing, const std::string& tag) {
  for (const std::string& its : StringList(thing, "tags")) {
    if (absl::EqualsIgnoreCase(its, tag)) {
      return true;
    }
  }
  return false;
}

void ServeTags(Cloud* cloud, Router* router) {
  router->Add("GET", "/v2/tags", [cloud](const ApiRequest& request) {
    Json tags = Json::array();
    for (const Json& tag : cloud->store.All(kTags)) {
      tags.push_back(Describe(cloud, StringField(tag, "name")));
    }
    return Page(request, kTags, tags);
  });
  router->Add("POST", "/v2/tags",
              [cloud](const ApiRequest& request) { return CreateTag(cloud, request); });
  router->Add("GET", "/v2/tags/{name}", [cloud](const ApiRequest& request) {
    const Json* tag = FindTag(cloud, request.Param("name"));
    return tag == nullptr ? NotFound() : Ok({{"tag", Describe(cloud, StringField(*tag, "name"))}});
  });
  router->Add("DELETE", "/v2/tags/{name}", [cloud](const ApiRequest& request) {
    return DeleteTag(cloud, request.Param("name"));
  });
  for (const char* method : {"POST", "DELETE"}) {
    router->Add(method, "/v2/tags/{name}/resources",
                [cloud](const ApiRequest& request) { return ChangeResources(cloud, request); });
  }
}

}  // namespace kproto::lab
