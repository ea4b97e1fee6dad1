// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/registries.h"

#include <algorithm>
#include <iterator>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/registry_subscription.h"

namespace kproto::lab {
namespace {

constexpr char kRegistries[] = "registries";
constexpr char kNoSuch[] = "registry not found";
// The older API cannot say which one is meant.
constexpr char kSeveral[] = "this endpoint is not supported for accounts with multiple registries";
constexpr char kOverLimit[] = "registry is not eligible for tier because: [OverRegistryLimit]";

constexpr const char* kRegions[] = {"nyc3", "sfo3", "sfo2", "ams3", "sgp1", "fra1", "blr1", "syd1"};

Json Describe(const Json& stored) {
  Json registry = Public(stored);
  registry.erase("id");  // The store's: at DigitalOcean a registry is its name.
  return registry;
}

bool NameIsGood(const std::string& name) {
  return !name.empty() && name.size() <= 63 && std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '-';
  });
}

// Names are unique all over the world: some of them are always somebody else's.
bool NameIsTaken(Cloud* cloud, const std::string& name) {
  return name == "taken" || cloud->store.Find(kRegistries, name) != nullptr;
}

ApiResponse CreateRegistry(Cloud* cloud, const ApiRequest& request) {
  const std::string name = StringField(request.body, "name");
  const std::string region = StringField(request.body, "region", "nyc3");
  std::string tier = StringField(request.body, "subscription_tier_slug");
  if (!NameIsGood(name)) {
    return Unprocessable("invalid registry name");
  }
  if (NameIsTaken(cloud, name)) {
    return Error(409, "name already exists");
  }
  if (std::find(std::begin(kRegions), std::end(kRegions), region) == std::end(kRegions)) {
    return Unprocessable("invalid region");
  }
  if (tier.empty()) {
    tier = SubscribedTier(cloud);
  }
  const RegistryTier* wanted = FindRegistryTier(tier);
  if (wanted == nullptr) {
    return Unprocessable(tier.empty() ? "subscription_tier_slug is required"
                                      : "invalid subscription tier");
  }
  if (static_cast<int>(cloud->store.All(kRegistries).size()) >= wanted->registries) {
    return Error(412, kOverLimit);
  }
  Subscribe(cloud, *wanted);  // The trap of this call: it is the whole account's tier.
  cloud->store.All(kRegistries)
      .push_back({{"id", name},
                  {"name", name},
                  {"region", region},
                  {"storage_usage_bytes", 0},
                  {"storage_usage_bytes_updated_at", cloud->time.Stamp()},
                  {"created_at", cloud->time.Stamp()}});
  cloud->store.Touch();
  return Created({{"registry", Describe(cloud->store.All(kRegistries).back())}});
}

ApiResponse ListRegistries(Cloud* cloud) {
  Json all = Json::array();
  for (const Json& registry : cloud->store.All(kRegistries)) {
    all.push_back(Describe(registry));
  }
  return Ok({{"registries", all}, {"total_storage_usage_bytes", 0}});
}

ApiResponse DeleteRegistry(Cloud* cloud, const std::string& name) {
  if (!cloud->store.Remove(kRegistries, name)) {
    return NotFound(kNoSuch);
  }
  ForgetRegistry(cloud, name);
  return NoContent();
}

// The body of a Docker config file. The password is nobody's.
ApiResponse DockerCredentials(const std::string& name) {
  return Ok(
      {{"auths",
        {{"registry.digitalocean.com", {{"auth", absl::StrCat("lab-credential-of-", name)}}}}}});
}

ApiResponse ValidateName(Cloud* cloud, const ApiRequest& request) {
  const std::string name = StringField(request.body, "name");
  return !NameIsGood(name)          ? Unprocessable("invalid registry name")
         : NameIsTaken(cloud, name) ? Error(409, "name already exists")
                                    : NoContent();
}

// For the older API: what it says of the only registry, or why it says nothing.
ApiResponse OfTheOnly(Cloud* cloud, ApiResponse (*answer)(Cloud*, const std::string& name)) {
  const Json& all = cloud->store.All(kRegistries);
  return all.size() > 1 ? Error(412, kSeveral)
         : all.empty()  ? NotFound(kNoSuch)
                        : answer(cloud, StringField(all[0], "name"));
}

ApiResponse GetRegistry(Cloud* cloud, const std::string& name) {
  const Json* registry = cloud->store.Find(kRegistries, name);
  return registry == nullptr ? NotFound(kNoSuch) : Ok({{"registry", Describe(*registry)}});
}

void ServeTheOnly(Cloud* cloud, Router* router) {
  const std::string base = "/v2/registry";
  router->Add("POST", base, [cloud](const ApiRequest& request) {
    const size_t there = cloud->store.All(kRegistries).size();
    return there > 1    ? Error(412, kSeveral)
           : there == 1 ? Unprocessable("user already has a registry")
                        : CreateRegistry(cloud, request);
  });
  router->Add("GET", base, [cloud](const ApiRequest&) { return OfTheOnly(cloud, GetRegistry); });
  router->Add("DELETE", base,
              [cloud](const ApiRequest&) { return OfTheOnly(cloud, DeleteRegistry); });
  router->Add("GET", base + "/docker-credentials", [cloud](const ApiRequest&) {
    return OfTheOnly(cloud,
                     [](Cloud*, const std::string& name) { return DockerCredentials(name); });
  });
}

}  // namespace

void ForgetRegistry(Cloud* cloud, const std::string& name) {
  for (Json& cluster : cloud->store.All("clusters")) {
    Json& integrated = cluster["_"]["registries"];
    if (integrated.is_array()) {
      integrated.erase(std::remove(integrated.begin(), integrated.end(), Json(name)),
                       integrated.end());
      cluster["registry_enabled"] = !integrated.empty();
    }
  }
  cloud->store.Touch();
}

void ServeRegistries(Cloud* cloud, Router* router) {
  const std::string base = "/v2/registries";
  router->Add("GET", base, [cloud](const ApiRequest&) { return ListRegistries(cloud); });
  router->Add("POST", base,
              [cloud](const ApiRequest& request) { return CreateRegistry(cloud, request); });
  router->Add("GET", base + "/{name}", [cloud](const ApiRequest& request) {
    return GetRegistry(cloud, request.Param("name"));
  });
  router->Add("DELETE", base + "/{name}", [cloud](const ApiRequest& request) {
    return DeleteRegistry(cloud, request.Param("name"));
  });
  router->Add("GET", base + "/{name}/docker-credentials", [cloud](const ApiRequest& request) {
    const std::string name = request.Param("name");
    return cloud->store.Find(kRegistries, name) == nullptr ? NotFound(kNoSuch)
                                                           : DockerCredentials(name);
  });
  ServeTheOnly(cloud, router);
  for (const char* root : {"/v2/registries", "/v2/registry"}) {
    router->Add("POST", absl::StrCat(root, "/validate-name"),
                [cloud](const ApiRequest& request) { return ValidateName(cloud, request); });
    ServeRegistrySubscription(cloud, router, root);
  }
}

}  // namespace kproto::lab
