// SPDX-License-Identifier: MPL-2.0
// Storage: which StorageClass the stack's volumes get, and whether volumes of a class are encrypted
// at rest. Pure; storage_step.h makes it so.
#pragma once

#include <map>
#include <string>

#include "nlohmann/json.hpp"
#include "resources/monitoring_stack/settings.h"

namespace kproto::monitoring_stack {

inline constexpr char kDigitalOceanDriver[] = "dobs.csi.digitalocean.com";

struct StorageWanted {
  std::string storage_class;   // "": the cluster's default
  std::string reclaim_policy;  // "": the class is not ours to make
  std::string provisioner = kDigitalOceanDriver;
  std::map<std::string, std::string> parameters;
  bool must_encrypt = false;

  bool IsOurs() const { return !reclaim_policy.empty(); }
};

// Everything in `storage` is known or null.
StorageWanted StorageOf(const Attr<StackStorage>& storage, const std::string& ns);

// The StorageClass to make; and the other way, when an import finds one.
nlohmann::json StorageClassOf(const StorageWanted& wanted);
StackStorage StorageFrom(const nlohmann::json& storage_class, const std::string& ns);

// Whether a driver, told so, keeps what is on its volumes encrypted. Facts: DigitalOcean
// (https://docs.digitalocean.com/products/volumes/details/features/), Google and Azure encrypt
// always, AWS where its parameter says so (their CSI drivers' documentation).
bool IsEncrypted(const std::string& provisioner,
                 const std::map<std::string, std::string>& parameters);

}  // namespace kproto::monitoring_stack
