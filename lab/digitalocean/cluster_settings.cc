// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/cluster_settings.h"

#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "lab/digitalocean/cidr.h"
#include "lab/digitalocean/kubernetes_options.h"
#include "lab/digitalocean/sizes.h"

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

// As Go prints it: "10m0s".
std::string GoDuration(absl::Duration duration) {
  const int64_t seconds = absl::ToInt64Seconds(duration);
  return absl::StrCat(seconds >= 3600 ? absl::StrCat(seconds / 3600, "h") : "",
                      seconds >= 60 ? absl::StrCat(seconds / 60 % 60, "m") : "", seconds % 60, "s");
}

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

std::string ApplyFirewall(const Json& firewall, Json* cluster) {
  if (!firewall.is_object()) {
    return "";
  }
  Json addresses = Json::array();
  for (const std::string& address : StringList(firewall, "allowed_addresses")) {
    if (!Cidr::Parse(address).has_value() && !Cidr::Parse(address + "/32").has_value()) {
      return absl::StrCat("control_plane_firewall.allowed_addresses: ", address, " is invalid");
    }
    addresses.push_back(address);
  }
  (*cluster)["control_plane_firewall"] = {{"enabled", BoolField(firewall, "enabled")},
                                          {"allowed_addresses", addresses}};
  return "";
}

// A null or a missing member stays as it is; an empty list of expanders takes them away.
std::string ApplyAutoscaler(const Json& body, Json* cluster) {
  static const auto& expanders =
      *new std::set<std::string>{"random", "priority", "least-waste", "least_waste"};
  if (!body.is_object()) {
    return "";
  }
  Json now = Field(*cluster, "cluster_autoscaler_configuration");
  if (!now.is_object()) {
    now = {{"scale_down_utilization_threshold", nullptr},
           {"scale_down_unneeded_time", nullptr},
           {"expanders", Json::array()}};
  }
  const Json& threshold = Field(body, "scale_down_utilization_threshold");
  if (threshold.is_number()) {
    if (threshold.get<double>() < 0 || threshold.get<double>() > 1) {
      return "cluster_autoscaler_configuration.scale_down_utilization_threshold is invalid";
    }
    now["scale_down_utilization_threshold"] = threshold;
  }
  const std::string time = StringField(body, "scale_down_unneeded_time");
  if (absl::Duration duration; !time.empty()) {
    if (!absl::ParseDuration(time, &duration) || duration < absl::ZeroDuration()) {
      return "cluster_autoscaler_configuration.scale_down_unneeded_time is invalid";
    }
    now["scale_down_unneeded_time"] = GoDuration(duration);
  }
  if (Field(body, "expanders").is_array()) {
    now["expanders"] = Json::array();
    for (const std::string& expander : StringList(body, "expanders")) {
      if (expanders.count(expander) == 0) {
        return absl::StrCat("cluster_autoscaler_configuration.expanders: ", expander,
                            " is invalid");
      }
      now["expanders"].push_back(expander);
    }
  }
  (*cluster)["cluster_autoscaler_configuration"] = now;
  return "";
}

std::string ApplySso(const Json& body, Json* cluster) {
  if (!body.is_object()) {
    return "";
  }
  const Json& now = Field(*cluster, "sso");
  const Json sso = {{"enabled", BoolField(body, "enabled")},
                    {"required", BoolField(body, "required")},
                    {"issuer_url", StringField(body, "issuer_url", StringField(now, "issuer_url"))},
                    {"client_id", StringField(body, "client_id", StringField(now, "client_id"))}};
  if (sso["enabled"] == true && (sso["issuer_url"] == "" || sso["client_id"] == "")) {
    return "sso.issuer_url and sso.client_id are required when sso is enabled";
  }
  if (sso["required"] == true && sso["enabled"] == false) {
    return "sso.required needs sso.enabled";
  }
  (*cluster)["sso"] = sso;
  return "";
}

std::string ApplyPlugins(const Json& body, Json* cluster) {
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
  return "";
}

std::string ApplyObjects(const Json& body, Json* cluster) {
  std::string error = ApplyPlugins(body, cluster);
  if (error.empty()) {
    error = ApplyFirewall(Field(body, "control_plane_firewall"), cluster);
  }
  if (error.empty()) {
    error = ApplyAutoscaler(Field(body, "cluster_autoscaler_configuration"), cluster);
  }
  if (error.empty()) {
    error = ApplySso(Field(body, "sso"), cluster);
  }
  return error.empty() ? ApplyMaintenance(Field(body, "maintenance_policy"), cluster) : error;
}

// The device plugin that DigitalOcean adds by itself where there are AMD GPUs.
bool WantsAmdPlugin(const Json& body, const Json& cluster) {
  if (BoolField(Field(body, "amd_gpu_dra_driver"), "enabled")) {
    return false;
  }
  for (const Json& pool : Field(cluster, "node_pools")) {
    const Size* size = FindSize(StringField(pool, "size"));
    if (size != nullptr && HasAmdGpu(*size)) {
      return true;
    }
  }
  return false;
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
  (*cluster)["amd_gpu_device_plugin"] = {{"enabled", WantsAmdPlugin(body, *cluster)}};
  if (!StringField(body, "worker_subnet_uuid").empty() && StringField(body, "vpc_uuid").empty()) {
    return "worker_subnet_uuid requires vpc_uuid";
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
