// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/projects.h"

#include <set>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/names.h"
#include "lab/digitalocean/paging.h"

namespace kproto::lab {
namespace {

constexpr char kProjects[] = "projects";

Json* DefaultProject(Cloud* cloud) {
  for (Json& project : cloud->store.All(kProjects)) {
    if (BoolField(project, "is_default")) {
      return &project;
    }
  }
  return nullptr;
}

Json* FindProject(Cloud* cloud, const std::string& id) {
  return id == "default" ? DefaultProject(cloud) : cloud->store.Find(kProjects, id);
}

Json& Resources(Json* project) {
  Json& resources = (*project)["_"]["resources"];
  if (!resources.is_array()) {
    resources = Json::array();
  }
  return resources;
}

bool Exists(Cloud* cloud, const std::string& urn) {
  const std::vector<std::string> parts = absl::StrSplit(urn, absl::MaxSplits(':', 2));
  if (parts.size() != 3 || parts[0] != "do") {
    return false;
  }
  if (parts[1] == "droplet") {
    int64_t id;
    for (const Json& droplet : cloud->store.All("droplets")) {
      if (absl::SimpleAtoi(parts[2], &id) && IntField(droplet, "id") == id) {
        return true;
      }
    }
    return false;
  }
  const std::pair<const char*, const char*> kKinds[] = {
      {"kubernetes", "clusters"}, {"loadbalancer", "load_balancers"}, {"volume", "volumes"}};
  for (const auto& [type, kind] : kKinds) {
    if (parts[1] == type) {
      return cloud->store.Find(kind, parts[2]) != nullptr;
    }
  }
  return false;  // VPCs among others: not assignable
}

Json DescribeResource(const Json& resource, const char* status) {
  return {{"urn", StringField(resource, "urn")},
          {"assigned_at", StringField(resource, "assigned_at")},
          {"links", {{"self", ""}}},
          {"status", status}};
}

// 200 whatever became of each: the trap of this call.
ApiResponse AssignResources(Cloud* cloud, const std::string& id, const ApiRequest& request) {
  Json* project = FindProject(cloud, id);
  if (project == nullptr) {
    return NotFound();
  }
  const std::string project_id = StringField(*project, "id");
  Json results = Json::array();
  for (const std::string& urn : StringList(request.body, "resources")) {
    const char* status = "not_found";
    if (Exists(cloud, urn)) {
      status = ProjectOf(cloud, urn) == project_id ? "already_assigned" : "assigned";
      AssignToProject(cloud, project_id, urn);
    }
    results.push_back(
        DescribeResource({{"urn", urn}, {"assigned_at", cloud->time.Stamp()}}, status));
  }
  return Ok(
      {{"resources", results}, {"links", Json::object()}, {"meta", {{"total", results.size()}}}});
}

ApiResponse ListResources(Cloud* cloud, const std::string& id, const ApiRequest& request) {
  Json* project = FindProject(cloud, id);
  if (project == nullptr) {
    return NotFound();
  }
  Json resources = Json::array();
  for (const Json& resource : Resources(project)) {
    resources.push_back(DescribeResource(resource, "ok"));
  }
  return Page(request, "resources", resources);
}

// A purpose that is not one of the control panel's is stored with a prefix.
std::string StoredPurpose(const std::string& purpose) {
  static const std::set<std::string>& known =
      *new std::set<std::string>{"Just trying out DigitalOcean",
                                 "Class project / Educational purposes",
                                 "Website or blog",
                                 "Web Application",
                                 "Service or API",
                                 "Mobile Application",
                                 "Machine learning / AI / Data processing",
                                 "IoT",
                                 "Operational / Developer tooling"};
  return known.count(purpose) != 0 || absl::StartsWith(purpose, "Other: ")
             ? purpose
             : absl::StrCat("Other: ", purpose);
}

std::string WhyNotProject(const Json& body) {
  if (StringField(body, "name").size() > 175) {
    return "name is too long (maximum is 175 characters)";
  }
  if (StringField(body, "description").size() > 255) {
    return "description is too long (maximum is 255 characters)";
  }
  const std::string environment = StringField(body, "environment");
  const bool known = environment.empty() || environment == "Development" ||
                     environment == "Staging" || environment == "Production";
  return known ? "" : "environment is invalid";
}

Json& AddProject(Cloud* cloud, const Json& body) {
  Json& projects = cloud->store.All(kProjects);
  projects.push_back({{"id", cloud->NewId()},
                      {"owner_uuid", "00000000-0000-4000-8000-00000000ab1e"},
                      {"owner_id", 1},
                      {"name", StringField(body, "name")},
                      {"description", StringField(body, "description")},
                      {"purpose", StoredPurpose(StringField(body, "purpose"))},
                      {"environment", StringField(body, "environment")},
                      {"is_default", false},
                      {"created_at", cloud->time.Stamp()},
                      {"updated_at", cloud->time.Stamp()}});
  cloud->store.Touch();
  return projects.back();
}

ApiResponse CreateProject(Cloud* cloud, const ApiRequest& request) {
  const std::string name = StringField(request.body, "name");
  if (name.empty() || StringField(request.body, "purpose").empty()) {
    return Unprocessable(name.empty() ? "name is required" : "purpose is required");
  }
  if (const std::string why = WhyNotProject(request.body); !why.empty()) {
    return Unprocessable(why);
  }
  if (NameIsTaken(cloud, kProjects, name, "")) {
    return Error(409, "name is already in use");
  }
  return Created({{"project", Public(AddProject(cloud, request.body))}});
}

ApiResponse UpdateProject(Cloud* cloud, const ApiRequest& request) {
  Json* project = FindProject(cloud, request.Param("id"));
  if (project == nullptr) {
    return NotFound();
  }
  const std::string name = StringField(request.body, "name", StringField(*project, "name"));
  if (const std::string why = WhyNotProject(request.body); !why.empty()) {
    return Unprocessable(why);
  }
  if (NameIsTaken(cloud, kProjects, name, StringField(*project, "id"))) {
    return Error(409, "name is already in use");
  }
  for (const char* field : {"name", "description", "purpose", "environment"}) {
    (*project)[field] = StringField(request.body, field, StringField(*project, field));
  }
  (*project)["purpose"] = StoredPurpose(StringField(*project, "purpose"));
  if (BoolField(request.body, "is_default") && !BoolField(*project, "is_default")) {
    (*DefaultProject(cloud))["is_default"] = false;
    (*project)["is_default"] = true;
  }
  (*project)["updated_at"] = cloud->time.Stamp();
  cloud->store.Touch();
  return Ok({{"project", Public(*project)}});
}

ApiResponse DeleteProject(Cloud* cloud, const ApiRequest& request) {
  Json* project = FindProject(cloud, request.Param("id"));
  if (project == nullptr) {
    return NotFound();
  }
  if (BoolField(*project, "is_default")) {
    return Error(412, "cannot delete the default project");
  }
  if (!Resources(project).empty()) {
    return Error(412, "cannot delete a project with resources. move or remove the resources first");
  }
  cloud->store.Remove(kProjects, StringField(*project, "id"));
  return NoContent();
}

}  // namespace

void SeedDefaultProject(Cloud* cloud) {
  if (DefaultProject(cloud) == nullptr) {
    AddProject(cloud, {{"name", "first-project"},
                       {"purpose", "Just trying out DigitalOcean"},
                       {"environment", "Development"}})["is_default"] = true;
  }
}

bool AssignToProject(Cloud* cloud, const std::string& project_id, const std::string& urn) {
  Json* project = FindProject(cloud, project_id.empty() ? "default" : project_id);
  if (project == nullptr) {
    return false;
  }
  ForgetInProjects(cloud, urn);
  Resources(project).push_back({{"urn", urn}, {"assigned_at", cloud->time.Stamp()}});
  cloud->store.Touch();
  return true;
}

void ForgetInProjects(Cloud* cloud, const std::string& urn) {
  for (Json& project : cloud->store.All(kProjects)) {
    Json& resources = Resources(&project);
    for (auto it = resources.begin(); it != resources.end(); ++it) {
      if (StringField(*it, "urn") == urn) {
        resources.erase(it);
        cloud->store.Touch();
        break;
      }
    }
  }
}

std::string ProjectOf(Cloud* cloud, const std::string& urn) {
  for (Json& project : cloud->store.All(kProjects)) {
    for (const Json& resource : Resources(&project)) {
      if (StringField(resource, "urn") == urn) {
        return StringField(project, "id");
      }
    }
  }
  return "";
}

void ServeProjects(Cloud* cloud, Router* router) {
  router->Add("GET", "/v2/projects", [cloud](const ApiRequest& request) {
    return Page(request, kProjects, cloud->store.All(kProjects));
  });
  router->Add("POST", "/v2/projects",
              [cloud](const ApiRequest& request) { return CreateProject(cloud, request); });
  router->Add("GET", "/v2/projects/{id}", [cloud](const ApiRequest& request) {
    const Json* project = FindProject(cloud, request.Param("id"));
    return project == nullptr ? NotFound() : Ok({{"project", Public(*project)}});
  });
  for (const char* method : {"PUT", "PATCH"}) {
    router->Add(method, "/v2/projects/{id}",
                [cloud](const ApiRequest& request) { return UpdateProject(cloud, request); });
  }
  router->Add("DELETE", "/v2/projects/{id}",
              [cloud](const ApiRequest& request) { return DeleteProject(cloud, request); });
  router->Add("GET", "/v2/projects/{id}/resources", [cloud](const ApiRequest& request) {
    return ListResources(cloud, request.Param("id"), request);
  });
  router->Add("POST", "/v2/projects/{id}/resources", [cloud](const ApiRequest& request) {
    return AssignResources(cloud, request.Param("id"), request);
  });
}

}  // namespace kproto::lab
