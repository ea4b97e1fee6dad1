// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/vpcs.h"

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/names.h"
#include "lab/digitalocean/paging.h"
#include "lab/digitalocean/regions.h"
#include "lab/digitalocean/vpc_peerings.h"

namespace kproto::lab {
namespace {

constexpr char kVpcs[] = "vpcs";

Json* RegionsDefault(Cloud* cloud, const std::string& region) {
  for (Json& vpc : cloud->store.All(kVpcs)) {
    if (StringField(vpc, "region") == region && BoolField(vpc, "default")) {
      return &vpc;
    }
  }
  return nullptr;
}

Json AddVpc(Cloud* cloud, const std::string& name, const std::string& region,
            const std::string& range, const std::string& description) {
  const std::string id = cloud->NewId();
  Json vpc = {{"id", id},
              {"urn", "do:vpc:" + id},
              {"name", name},
              {"description", description},
              {"region", region},
              {"ip_range", range},
              {"default", RegionsDefault(cloud, region) == nullptr},
              {"created_at", cloud->time.Stamp()}};
  cloud->store.All(kVpcs).push_back(vpc);
  cloud->store.Touch();
  return vpc;
}

// The VPC that the range would overlap with; null when it is free.
const Json* Overlapped(Cloud* cloud, const Cidr& range) {
  for (const Json& vpc : cloud->store.All(kVpcs)) {
    const auto other = Cidr::Parse(StringField(vpc, "ip_range"));
    if (other.has_value() && other->Overlaps(range)) {
      return &vpc;
    }
  }
  return nullptr;
}

// Ranges that DigitalOcean keeps for itself.
bool Reserved(const Cidr& range) {
  for (const char* reserved :
       {"10.244.0.0/16", "10.245.0.0/16", "10.246.0.0/24", "10.229.0.0/16"}) {
    if (Cidr::Parse(reserved)->Overlaps(range)) {
      return true;
    }
  }
  return false;
}

// The first free /20 of 10.0.0.0/8.
std::string FreeRange(Cloud* cloud) {
  for (uint32_t n = 0; n < 4096; ++n) {
    const Cidr range{(10u << 24) + (n << 12), 20};
    if (Overlapped(cloud, range) == nullptr && !Reserved(range)) {
      return range.ToString();
    }
  }
  return "";
}

// Empty when a VPC may have this range.
std::string WhyNotRange(Cloud* cloud, const std::string& text) {
  const auto range = Cidr::Parse(text);
  if (!range.has_value() || range->ToString() != text) {
    return "IP range is not a valid CIDR block.";
  }
  if (!range->Private()) {
    return "IP range must be a private (RFC 1918) network.";
  }
  if (range->bits < 16 || range->bits > 28) {
    return "IP range size must be between /16 and /28.";
  }
  if (Reserved(*range)) {
    return "IP range is reserved for internal use.";
  }
  if (const Json* other = Overlapped(cloud, *range)) {
    return absl::StrCat("This range/size overlaps with another VPC network in your account: ",
                        StringField(*other, "name"), " ", StringField(*other, "ip_range"), ".");
  }
  return "";
}

ApiResponse CreateVpc(Cloud* cloud, const ApiRequest& request) {
  const std::string name = StringField(request.body, "name");
  const std::string region = StringField(request.body, "region");
  std::string range = StringField(request.body, "ip_range");
  if (const std::string why = WhyNotName(cloud, kVpcs, "VPC", name, ""); !why.empty()) {
    return Unprocessable(why);
  }
  if (FindRegion(region) == nullptr) {
    return Unprocessable("region is invalid");
  }
  if (StringField(request.body, "description").size() > 255) {
    return Unprocessable("description is too long (maximum is 255 characters)");
  }
  if (range.empty()) {
    range = FreeRange(cloud);
  } else if (const std::string why = WhyNotRange(cloud, range); !why.empty()) {
    return Unprocessable(why);
  }
  return Created(
      {{"vpc", AddVpc(cloud, name, region, range, StringField(request.body, "description"))}});
}

// PUT wants name and description; PATCH takes what is there.
ApiResponse UpdateVpc(Cloud* cloud, const ApiRequest& request) {
  Json* vpc = cloud->store.Find(kVpcs, request.Param("id"));
  if (vpc == nullptr) {
    return NotFound();
  }
  const bool whole = request.method == "PUT";
  const std::string name =
      StringField(request.body, "name", whole ? "" : StringField(*vpc, "name"));
  if (const std::string why = WhyNotName(cloud, kVpcs, "VPC", name, request.Param("id"));
      !why.empty()) {
    return Unprocessable(why);
  }
  if (BoolField(*vpc, "default") && Field(request.body, "default") == false) {
    return Unprocessable("default can only be moved to another VPC of the region");
  }
  if (BoolField(request.body, "default") && !BoolField(*vpc, "default")) {
    if (Json* former = RegionsDefault(cloud, StringField(*vpc, "region"))) {
      (*former)["default"] = false;
    }
    (*vpc)["default"] = true;
  }
  (*vpc)["name"] = name;
  (*vpc)["description"] =
      StringField(request.body, "description", whole ? "" : StringField(*vpc, "description"));
  cloud->store.Touch();
  return Ok({{"vpc", *vpc}});
}

// Everything in the VPC: {urn, name, created_at}.
Json Members(Cloud* cloud, const std::string& vpc_id, const std::string& type) {
  Json members = Json::array();
  const auto add = [&](const std::string& urn, const Json& thing) {
    if (type.empty() || absl::StartsWith(urn, absl::StrCat("do:", type, ":"))) {
      members.push_back({{"urn", urn},
                         {"name", StringField(thing, "name")},
                         {"created_at", StringField(thing, "created_at")}});
    }
  };
  const std::pair<const char*, const char*> kKinds[] = {{"clusters", "do:kubernetes:"},
                                                        {"load_balancers", "do:loadbalancer:"},
                                                        {"droplets", "do:droplet:"}};
  for (const auto& [kind, prefix] : kKinds) {
    for (const Json& thing : cloud->store.All(kind)) {
      if (StringField(thing, "vpc_uuid") == vpc_id) {
        const Json& id = Field(thing, "id");
        add(absl::StrCat(prefix, id.is_string() ? id.get<std::string>() : Dump(id)), thing);
      }
    }
  }
  for (const Json& gateway : cloud->store.All("vpc_nat_gateways")) {
    for (const Json& vpc : Field(gateway, "vpcs")) {
      if (StringField(vpc, "vpc_uuid") == vpc_id) {
        add("do:vpcnatgateway:" + StringField(gateway, "id"), gateway);
      }
    }
  }
  for (const Json& gone : cloud->store.All("lingering")) {
    if (StringField(gone, "vpc_uuid") == vpc_id) {
      add(StringField(gone, "urn"), gone);
    }
  }
  return members;
}

ApiResponse DeleteVpc(Cloud* cloud, const std::string& id) {
  const Json* vpc = cloud->store.Find(kVpcs, id);
  if (vpc == nullptr) {
    return NotFound();
  }
  if (BoolField(*vpc, "default")) {
    return Error(403, "Can not delete default VPCs");
  }
  if (!Members(cloud, id, "").empty() || HasPeering(cloud, id)) {
    return Error(409, "Can not delete VPC with members");
  }
  cloud->store.Remove(kVpcs, id);
  return NoContent();
}

}  // namespace

void SeedDefaultVpcs(Cloud* cloud) {
  for (const Region& region : Regions()) {
    if (RegionsDefault(cloud, region.slug) == nullptr) {
      AddVpc(cloud, absl::StrCat("default-", region.slug), region.slug,
             absl::StrCat("10.", region.vpc_octet, ".0.0/20"), "");
    }
  }
}

std::string DefaultVpc(Cloud* cloud, const std::string& region) {
  if (const Json* vpc = RegionsDefault(cloud, region)) {
    return StringField(*vpc, "id");
  }
  return StringField(AddVpc(cloud, absl::StrCat("default-", region), region, FreeRange(cloud), ""),
                     "id");
}

bool VpcRange(Cloud* cloud, const std::string& vpc_id, Cidr* range) {
  const Json* vpc = cloud->store.Find(kVpcs, vpc_id);
  const auto parsed = Cidr::Parse(vpc == nullptr ? "" : StringField(*vpc, "ip_range"));
  *range = parsed.value_or(Cidr());
  return parsed.has_value();
}

void LingerInVpc(Cloud* cloud, const std::string& vpc_id, const std::string& urn,
                 const std::string& name, const std::string& created_at) {
  cloud->store.All("lingering")
      .push_back({{"vpc_uuid", vpc_id},
                  {"urn", urn},
                  {"name", name},
                  {"created_at", created_at},
                  {"until", cloud->time.After(kVpcMemberLingers)}});
  cloud->store.Touch();
}

void AdvanceVpcs(Cloud* cloud) {
  Json& lingering = cloud->store.All("lingering");
  Json rest = Json::array();
  for (const Json& gone : lingering) {
    if (!cloud->time.Passed(IntField(gone, "until"))) {
      rest.push_back(gone);
    }
  }
  if (rest.size() != lingering.size()) {
    lingering = std::move(rest);
    cloud->store.Touch();
  }
}

void ServeVpcs(Cloud* cloud, Router* router) {
  router->Add("GET", "/v2/vpcs", [cloud](const ApiRequest& request) {
    return Page(request, "vpcs", cloud->store.All(kVpcs));
  });
  router->Add("POST", "/v2/vpcs",
              [cloud](const ApiRequest& request) { return CreateVpc(cloud, request); });
  router->Add("GET", "/v2/vpcs/{id}", [cloud](const ApiRequest& request) {
    return One(cloud, kVpcs, "vpc", request.Param("id"));
  });
  for (const char* method : {"PUT", "PATCH"}) {
    router->Add(method, "/v2/vpcs/{id}",
                [cloud](const ApiRequest& request) { return UpdateVpc(cloud, request); });
  }
  router->Add("DELETE", "/v2/vpcs/{id}",
              [cloud](const ApiRequest& request) { return DeleteVpc(cloud, request.Param("id")); });
  router->Add("GET", "/v2/vpcs/{id}/members", [cloud](const ApiRequest& request) {
    if (cloud->store.Find(kVpcs, request.Param("id")) == nullptr) {
      return NotFound();
    }
    return Page(request, "members",
                Members(cloud, request.Param("id"), request.Query("resource_type")));
  });
}

}  // namespace kproto::lab
