// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/cluster_settings.h"

#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "lab/digitalocean/cidr.h"
#include "lab/digitalocean/kubernetes_options.h"

namespace kproto::lab {
namespace {

// HA and the CoreDNS autoscaler are on by default from this minor on.
constexpr int kModernMinor = 36;

constexpr const char* kPlugins[] = {"routing_agent",
                                    "p2p_oci_registry_plugin",
                                    "amd_gpu_device_plugin",
                                    "amd_gpu_device_metrics_exporter_plugin",
                                    "nvidia_gpu_device_plugin",
                                    "amd_gpu_dra_driver",
                                    "nvidia_gpu_dra_driver",
                                    "rdma_shared_dev_plugin",
                                    "coredns_autoscaler"};

// Objects that are null until someone sets them.
constexpr const char* kObjects[] = {"control_plane_firewall", "cluster_autoscaler_configuration",
                                    "sso"};

bool IsHour(const std::string& text) {
  int hour;
  int minute;
  return text.size() >= 4 && text.size() <= 5 && text[text.size() - 3] == ':' &&
         absl::SimpleAtoi(text.substr(0, text.size() - 3), &hour) &&
         absl::SimpleAtoi(text.substr(text.size() - 2), &minute) && hour >= 0 && hour < 24 &&
         minute >= 0 && minute < 60;
}

std::string ApplyMaintenance(const Json& policy, Json* cluster) {
  static const auto& days = *new std::set<std::string>{
      "any", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"};
  if (!policy.is_object()) {
    return "";
  }
  const std::string day = StringField(policy, "day", "any");
  const std::string start = StringField(policy, "start_time", "00:00");
  if (days.count(day) == 0) {
    return "maintenance_policy.day is invalid";
  }
  if (!IsHour(start)) {
    return "maintenance_policy.start_time is invalid";
  }
  (*cluster)["maintenance_policy"] = {{"day", day}, {"start_time", start}, {"duration", "4h0m0s"}};
  return "";
}

std::string WhyNotFirewall(const Json& firewall) {
  for (const std::string& address : StringList(firewall, "allowed_addresses")) {
    if (!Cidr::Parse(address).has_value() && !Cidr::Parse(address + "/32").has_value()) {
      return absl::StrCat("control_plane_firewall.allowed_addresses: ", address, " is invalid");
    }
  }
  return "";
}

std::string ApplyObjects(const Json& body, Json* cluster) {
  for (const char* name : kObjects) {
    if (const Json& object = Field(body, name); object.is_object()) {
      (*cluster)[name] = object;
    }
  }
  for (const char* name : kPlugins) {
    if (const Json& plugin = Field(body, name); plugin.is_object()) {
      (*cluster)[name] = {{"enabled", BoolField(plugin, "enabled")}};
    }
  }
  const std::pair<const char*, const char*> kExclusive[] = {
      {"amd_gpu_device_plugin", "amd_gpu_dra_driver"},
      {"nvidia_gpu_device_plugin", "nvidia_gpu_dra_driver"}};
  for (const auto& [plugin, driver] : kExclusive) {
    if (BoolField(Field(*cluster, plugin), "enabled") &&
        BoolField(Field(*cluster, driver), "enabled")) {
      return absl::StrCat(plugin, " and ", driver, " cannot both be enabled");
    }
  }
  if (std::string error = WhyNotFirewall(Field(body, "control_plane_firewall")); !error.empty()) {
    return error;
  }
  return ApplyMaintenance(Field(body, "maintenance_policy"), cluster);
}

}  // namespace

std::string ApplyCreateSettings(const Json& body, Json* cluster) {
  const bool modern = Version::Parse(StringField(*cluster, "version")).minor >= kModernMinor;
  (*cluster)["isolated_workers"] = BoolField(body, "isolated_workers");
  (*cluster)["ha"] = BoolField(body, "ha", modern);
  (*cluster)["auto_upgrade"] = BoolField(body, "auto_upgrade");
  (*cluster)["surge_upgrade"] = BoolField(body, "surge_upgrade");
  (*cluster)["worker_subnet_uuid"] = StringField(body, "worker_subnet_uuid");
  (*cluster)["maintenance_policy"] = {
      {"day", "any"}, {"start_time", "00:00"}, {"duration", "4h0m0s"}};
  for (const char* name : kObjects) {
    (*cluster)[name] = nullptr;
  }
  for (const char* name : kPlugins) {
    (*cluster)[name] = {{"enabled", modern && std::string(name) == "coredns_autoscaler"}};
  }
  return ApplyObjects(body, cluster);
}

std::string ApplyUpdateSettings(const Json& body, Json* cluster) {
  if (BoolField(*cluster, "ha") && Field(body, "ha") == false) {
    return "high availability cannot be disabled";
  }
  for (const char* name : {"ha", "auto_upgrade", "surge_upgrade"}) {
    (*cluster)[name] = BoolField(body, name, BoolField(*cluster, name));
  }
  return ApplyObjects(body, cluster);
}

}  // namespace kproto::lab
