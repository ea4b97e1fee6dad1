// SPDX-License-Identifier: MPL-2.0
#include "tests/bench/platform.h"

#include "base/subprocess.h"

namespace kproto::bench {

std::string ValuesDir() { return KPROTO_SOURCE_DIR "/examples/tofu/platform/helm-values"; }

nlohmann::json PlatformCluster() {
  return {{"name", "bench"},
          {"region", "nyc3"},
          {"version", "1.34"},
          {"vpc", {{"ip_range", "10.10.0.0/20"}}},
          {"node_pools",
           {{"primary", {{"size", "s-4vcpu-8gb"}, {"count", 3}}},
            {"monitoring", {{"size", "c-4"}, {"count", 2}, {"dedicated", true}}}}}};
}

nlohmann::json PlatformStack(const std::string& cluster_id) {
  return {{"cluster_id", cluster_id},
          {"environment", "dev"},
          {"values_dir", ValuesDir()},
          {"grafana", {{"expose", "load_balancer"}}},
          {"loki", {{"retention", "168h"}, {"volume_gib", 50}}}};
}

std::map<std::string, std::string> LabEnvironment(lab::testing::LabProgram& lab) {
  std::map<std::string, std::string> environment = Environment();
  for (const auto& [name, value] : lab.Env()) {
    if (name != "PATH") {
      environment[name] = value;
    }
  }
  return environment;
}

testing::ProviderHost::Options HostOptions(const std::string& provider, const std::string& type,
                                           const testing::TempDir& directory,
                                           const std::map<std::string, std::string>& environment) {
  return {.binary = provider,
          .type = type,
          .data_dir = directory / type,
          .configuration = nlohmann::json::object(),
          .environment = environment};
}

}  // namespace kproto::bench
