// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/node_versions.h"

#include <nlohmann/json.hpp>

#include "base/status_macros.h"

namespace kproto {
namespace {

constexpr char kVersionLabel[] = "doks.digitalocean.com/version";
constexpr absl::Duration kPatience = absl::Seconds(20);

// The member `key`; null when there is none.
nlohmann::json At(const nlohmann::json& object, const char* key) {
  return object.is_object() && object.contains(key) ? object.at(key) : nlohmann::json();
}

std::string Text(const nlohmann::json& value) {
  return value.is_string() ? value.get<std::string>() : "";
}

}  // namespace

absl::StatusOr<std::map<std::string, std::string>> ReadNodeVersions(Connections& connections,
                                                                    const std::string& cluster_id,
                                                                    std::stop_token stop) {
  KPROTO_ASSIGN_OR_RETURN(digitalocean::DigitalOcean * api, connections.DigitalOcean());
  KPROTO_ASSIGN_OR_RETURN(const digitalocean::Credentials minted,
                          api->GetCredentials(cluster_id, absl::Minutes(1), stop));
  kubernetes::Credentials credentials;
  credentials.host = minted.server;
  credentials.cluster_ca_certificate = minted.certificate_authority_pem;
  credentials.token = minted.token;
  KPROTO_ASSIGN_OR_RETURN(const auto kubernetes, connections.Kubernetes(credentials));
  KPROTO_ASSIGN_OR_RETURN(const std::vector<kubernetes::Json> nodes,
                          kubernetes->List("v1", "Node", {}, {absl::Now() + kPatience, stop}));
  std::map<std::string, std::string> versions;
  for (const kubernetes::Json& node : nodes) {
    const kubernetes::Json metadata = At(node, "metadata");
    const std::string version = Text(At(At(metadata, "labels"), kVersionLabel));
    if (!version.empty()) {
      versions[Text(At(metadata, "name"))] = version;
    }
  }
  return versions;
}

}  // namespace kproto
