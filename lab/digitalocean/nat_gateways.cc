// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/nat_gateways.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/names.h"
#include "lab/digitalocean/paging.h"
#include "lab/digitalocean/projects.h"
#include "lab/digitalocean/regions.h"
#include "lab/digitalocean/vpcs.h"

namespace kproto::lab {
namespace {

constexpr char kGateways[] = "vpc_nat_gateways";
constexpr int64_t kMostSize = 20;

std::string Urn(const Json& gateway) { return "do:vpcnatgateway:" + StringField(gateway, "id"); }

bool Serves(const Json& gateway, const std::string& vpc_id) {
  for (const Json& vpc : Field(gateway, "vpcs")) {
    if (StringField(vpc, "vpc_uuid") == vpc_id) {
      return true;
    }
  }
  return false;
}

std::string WhyNotNameAndSize(Cloud* cloud, const Json& body, const std::string& except_id) {
  if (const std::string why =
          WhyNotName(cloud, kGateways, "VPC NAT gateway", StringField(body, "name"), except_id);
      !why.empty()) {
    return why;
  }
  const int64_t size = IntField(body, "size");
  return size < 1 || size > kMostSize ? "size is invalid" : "";
}

// A VPC has at most one gateway that everything goes through.
bool HasDefaultGateway(Cloud* cloud, const std::string& vpc_id) {
  for (const Json& gateway : cloud->store.All(kGateways)) {
    for (const Json& vpc : Field(gateway, "vpcs")) {
      if (StringField(vpc, "vpc_uuid") == vpc_id && BoolField(vpc, "default_gateway")) {
        return true;
      }
    }
  }
  return false;
}

std::string WhyNotVpcs(Cloud* cloud, const Json& vpcs, const std::string& region) {
  if (!vpcs.is_array() || vpcs.empty()) {
    return "vpcs can't be blank";
  }
  for (const Json& each : vpcs) {
    const std::string id = StringField(each, "vpc_uuid");
    const Json* vpc = cloud->store.Find("vpcs", id);
    if (vpc == nullptr) {
      return "VPC was not found";
    }
    if (StringField(*vpc, "region") != region) {
      return "the VPC is not in the region of the gateway";
    }
    if (BoolField(each, "default_gateway") && HasDefaultGateway(cloud, id)) {
      return "the VPC already has a default gateway";
    }
  }
  return "";
}

void TakeTimeouts(const Json& body, Json* gateway) {
  for (const char* name : {"udp_timeout_seconds", "icmp_timeout_seconds", "tcp_timeout_seconds"}) {
    (*gateway)[name] = IntField(body, name, IntField(*gateway, name, 30));
  }
}

ApiResponse Create(Cloud* cloud, const ApiRequest& request) {
  const Json& body = request.body;
  const std::string region = StringField(body, "region");
  std::string error = WhyNotNameAndSize(cloud, body, "");
  if (error.empty() && StringField(body, "type") != "PUBLIC") {
    error = "type is invalid";
  }
  if (error.empty() && FindRegion(region) == nullptr) {
    error = "region is invalid";
  }
  if (error.empty()) {
    error = WhyNotVpcs(cloud, Field(body, "vpcs"), region);
  }
  if (!error.empty()) {
    return Unprocessable(error);
  }
  Json gateway = {{"id", cloud->NewId()},
                  {"name", StringField(body, "name")},
                  {"type", "PUBLIC"},
                  {"state", "NEW"},
                  {"region", region},
                  {"size", IntField(body, "size")},
                  {"vpcs", Json::array()},
                  {"egresses", {{"public_gateways", Json::array()}}},
                  {"created_at", cloud->time.Stamp()},
                  {"updated_at", cloud->time.Stamp()},
                  {"_",
                   {{"provisioning_at", cloud->time.After(kNatGatewayProvisioning / 4)},
                    {"active_at", cloud->time.After(kNatGatewayProvisioning)},
                    {"error", request.forced_error}}}};
  for (const Json& vpc : Field(body, "vpcs")) {
    gateway["vpcs"].push_back({{"vpc_uuid", StringField(vpc, "vpc_uuid")},
                               {"default_gateway", BoolField(vpc, "default_gateway")}});
  }
  TakeTimeouts(body, &gateway);
  cloud->store.All(kGateways).push_back(gateway);
  AssignToProject(cloud, StringField(body, "project_id"), Urn(gateway));
  cloud->store.Touch();
  return Accepted({{"vpc_nat_gateway", Public(gateway)}});
}

ApiResponse Update(Cloud* cloud, const ApiRequest& request) {
  Json* gateway = cloud->store.Find(kGateways, request.Param("id"));
  if (gateway == nullptr) {
    return NotFound();
  }
  if (const std::string error = WhyNotNameAndSize(cloud, request.body, request.Param("id"));
      !error.empty()) {
    return Unprocessable(error);
  }
  (*gateway)["name"] = StringField(request.body, "name");
  (*gateway)["size"] = IntField(request.body, "size");
  (*gateway)["updated_at"] = cloud->time.Stamp();
  TakeTimeouts(request.body, gateway);
  cloud->store.Touch();
  return Ok({{"vpc_nat_gateway", Public(*gateway)}});
}

ApiResponse Delete(Cloud* cloud, const std::string& id) {
  Json* gateway = cloud->store.Find(kGateways, id);
  if (gateway == nullptr) {
    return NotFound();
  }
  if (StringField(*gateway, "state") != "DELETING") {
    (*gateway)["state"] = "DELETING";
    (*gateway)["_"]["gone_at"] = cloud->time.After(kNatGatewayDeleting);
    cloud->store.Touch();
  }
  return Accepted();
}

bool AmongOrNoneAsked(const std::vector<std::string>& asked, const std::string& value) {
  return asked.empty() || std::find(asked.begin(), asked.end(), value) != asked.end();
}

ApiResponse List(Cloud* cloud, const ApiRequest& request) {
  Json gateways = Json::array();
  for (const Json& gateway : cloud->store.All(kGateways)) {
    bool asked = true;
    for (const char* field : {"state", "region", "type", "name"}) {
      asked = asked && AmongOrNoneAsked(request.QueryAll(field), StringField(gateway, field));
    }
    if (asked) {
      gateways.push_back(Public(gateway));
    }
  }
  return Page(request, kGateways, gateways);
}

void Activate(Cloud* cloud, Json* gateway) {
  (*gateway)["state"] = "ACTIVE";
  (*gateway)["egresses"]["public_gateways"].push_back({{"ipv4", cloud->NewPublicIp()}});
  for (Json& vpc : (*gateway)["vpcs"]) {
    Cidr range;
    if (VpcRange(cloud, StringField(vpc, "vpc_uuid"), &range)) {
      const std::string address = Cidr{range.address + 5, 32}.ToString();
      vpc["gateway_ip"] = address.substr(0, address.find('/'));
    }
  }
}

// False when the gateway is gone.
bool Advance(Cloud* cloud, Json* gateway) {
  const Json hidden = Field(*gateway, "_");
  const std::string state = StringField(*gateway, "state");
  if (state == "DELETING") {
    return !cloud->time.Passed(IntField(hidden, "gone_at"));
  }
  if (state == "NEW" && cloud->time.Passed(IntField(hidden, "provisioning_at"))) {
    (*gateway)["state"] = "PROVISIONING";
    cloud->store.Touch();
  }
  if (StringField(*gateway, "state") == "PROVISIONING" &&
      cloud->time.Passed(IntField(hidden, "active_at"))) {
    if (StringField(hidden, "error").empty()) {
      Activate(cloud, gateway);
    } else {
      (*gateway)["state"] = "ERROR";
    }
    cloud->store.Touch();
  }
  return true;
}

}  // namespace

bool HasActiveNatGateway(Cloud* cloud, const std::string& vpc_id) {
  const Json& gateways = cloud->store.All(kGateways);
  return std::any_of(gateways.begin(), gateways.end(), [&](const Json& gateway) {
    return StringField(gateway, "state") == "ACTIVE" && Serves(gateway, vpc_id);
  });
}

void AdvanceNatGateways(Cloud* cloud) {
  Json& gateways = cloud->store.All(kGateways);
  for (size_t i = 0; i < gateways.size();) {
    if (Advance(cloud, &gateways[i])) {
      ++i;
      continue;
    }
    const Json gone = std::move(gateways[i]);
    gateways.erase(i);
    for (const Json& vpc : Field(gone, "vpcs")) {
      LingerInVpc(cloud, StringField(vpc, "vpc_uuid"), Urn(gone), StringField(gone, "name"),
                  StringField(gone, "created_at"));
    }
    ForgetInProjects(cloud, Urn(gone));
    cloud->store.Touch();
  }
}

void ServeNatGateways(Cloud* cloud, Router* router) {
  const std::string base = "/v2/vpc_nat_gateways";
  router->Add("GET", base, [cloud](const ApiRequest& request) { return List(cloud, request); });
  router->Add("POST", base, [cloud](const ApiRequest& request) { return Create(cloud, request); });
  router->Add("GET", base + "/{id}", [cloud](const ApiRequest& request) {
    return One(cloud, kGateways, "vpc_nat_gateway", request.Param("id"));
  });
  router->Add("PUT", base + "/{id}",
              [cloud](const ApiRequest& request) { return Update(cloud, request); });
  router->Add("DELETE", base + "/{id}",
              [cloud](const ApiRequest& request) { return Delete(cloud, request.Param("id")); });
}

}  // namespace kproto::lab
