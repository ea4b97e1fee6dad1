// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/storage.h"

#include "absl/strings/str_cat.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::monitoring_stack {
namespace {

using Json = nlohmann::json;

std::string DefaultName(const std::string& ns) { return absl::StrCat("kproto-", ns); }

}  // namespace

StorageWanted StorageOf(const Attr<StackStorage>& storage, const std::string& ns) {
  StorageWanted wanted;
  if (!storage.is_known()) {
    return wanted;
  }
  wanted.reclaim_policy = storage->reclaim_policy.value_or("");
  wanted.storage_class = storage->storage_class.value_or(wanted.IsOurs() ? DefaultName(ns) : "");
  wanted.provisioner = storage->provisioner.value_or(kDigitalOceanDriver);
  if (storage->parameters.is_known()) {
    for (const auto& [key, value] : *storage->parameters) {
      wanted.parameters[key] = value.value_or("");
    }
  }
  wanted.must_encrypt = storage->encrypted.value_or(true);
  return wanted;
}

Json StorageClassOf(const StorageWanted& wanted) {
  Json object = {{"apiVersion", "storage.k8s.io/v1"},
                 {"kind", "StorageClass"},
                 {"metadata", {{"name", wanted.storage_class}}},
                 {"provisioner", wanted.provisioner},
                 {"reclaimPolicy", wanted.reclaim_policy},
                 {"allowVolumeExpansion", true}};
  if (!wanted.parameters.empty()) {
    object["parameters"] = wanted.parameters;
  }
  return object;
}

bool IsEncrypted(const std::string& provisioner,
                 const std::map<std::string, std::string>& parameters) {
  if (provisioner == kDigitalOceanDriver || provisioner == "pd.csi.storage.gke.io" ||
      provisioner == "disk.csi.azure.com") {
    return true;
  }
  const auto said = parameters.find("encrypted");
  return provisioner == "ebs.csi.aws.com" && said != parameters.end() && said->second == "true";
}

StackStorage StorageFrom(const Json& storage_class, const std::string& ns) {
  StackStorage storage;
  const std::string name = kubernetes::StringAt(storage_class, "/metadata/name");
  const std::string provisioner = kubernetes::StringAt(storage_class, "/provisioner");
  if (name != DefaultName(ns)) {
    storage.storage_class = name;
  }
  if (provisioner != kDigitalOceanDriver) {
    storage.provisioner = provisioner;
  }
  storage.reclaim_policy = kubernetes::StringAt(storage_class, "/reclaimPolicy");
  const auto parameters = kubernetes::StringMapAt(storage_class, "/parameters");
  if (!parameters.empty()) {
    storage.parameters = MapOf<std::string>(parameters.begin(), parameters.end());
  }
  storage.encrypted = true;
  return storage;
}

}  // namespace kproto::monitoring_stack
