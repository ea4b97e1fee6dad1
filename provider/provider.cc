// SPDX-License-Identifier: MPL-2.0
#include "provider/provider.h"

#include <cstdlib>

#include "provider/version.h"
#include "resources/account/data_source.h"
#include "resources/cluster/resource.h"
#include "resources/clusters/data_source.h"
#include "resources/container_registry/resource.h"
#include "resources/firewall/resource.h"
#include "resources/fleet/resource.h"
#include "resources/fleet_member/resource.h"
#include "resources/kubeconfig/ephemeral.h"
#include "resources/kubeconfig/merge.h"
#include "resources/kubernetes_versions/data_source.h"
#include "resources/load_balancer/resource.h"
#include "resources/monitoring_stack/resource.h"
#include "resources/project/resource.h"
#include "resources/regions/data_source.h"
#include "resources/sizes/data_source.h"
#include "resources/sizes/size_for.h"
#include "resources/subnets/subnet_plan.h"
#include "resources/vpc/data_source.h"
#include "resources/vpc/resource.h"
#include "resources/vpc_nat_gateway/resource.h"
#include "resources/vpc_peering/resource.h"

namespace kproto {
namespace {

std::string FromEnvironment(std::initializer_list<const char*> names) {
  for (const char* name : names) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') {
      return value;
    }
  }
  return "";
}

// What is configured, else what the environment says.
std::string Setting(const Attr<std::string>& attr, std::initializer_list<const char*> names) {
  return attr.is_known() ? *attr : FromEnvironment(names);
}

}  // namespace

const Table<ProviderModel>& ProviderModel::Fields() {
  static const auto& table = *new Table<ProviderModel>({
      Field("token", &ProviderModel::token, Optional(),
            Doc("DigitalOcean API token. Default: the environment variable `DIGITALOCEAN_TOKEN` or "
                "`DIGITALOCEAN_ACCESS_TOKEN`, which keeps it out of files.")),
      Field("api_url", &ProviderModel::api_url, Optional(),
            Check(Matches("https?://.+", "must be an http or https URL")),
            Doc("Base URL of the API. Default: `DIGITALOCEAN_API_URL`, else "
                "`https://api.digitalocean.com`.")),
      Field("helm_path", &ProviderModel::helm_path, Optional(), Check(NotEmpty()),
            Doc("Path of the `helm` program, version 3 or 4. Default: `helm` beside the provider, "
                "then on `PATH`.")),
      Field("chart_mirror", &ProviderModel::chart_mirror, Optional(),
            Check(Matches("https?://.+", "must be an http or https URL")),
            Doc("Base URL under which chart repositories are found by host and path, for networks "
                "without internet: `https://argoproj.github.io/argo-helm` is read from "
                "`<chart_mirror>/argoproj.github.io/argo-helm`. Default: `KPROTO_CHART_MIRROR`.")),
  });
  return table;
}

KprotoProvider::KprotoProvider()
    : Provider("kproto", kVersion,
               "A Kubernetes platform on DigitalOcean in one apply: VPC, DOKS cluster, Argo CD and "
               "a GitOps-managed Grafana and Loki stack."),
      connections_(std::make_unique<RealConnections>()) {
  Add(std::make_unique<ClusterResource>(*connections_));
  Add(std::make_unique<ContainerRegistryResource>(*connections_));
  Add(std::make_unique<FirewallResource>(*connections_));
  Add(std::make_unique<FleetResource>(*connections_));
  Add(std::make_unique<FleetMemberResource>(*connections_));
  Add(std::make_unique<LoadBalancerResource>(*connections_));
  Add(std::make_unique<MonitoringStackResource>(*connections_));
  Add(std::make_unique<ProjectResource>(*connections_));
  Add(std::make_unique<NatGatewayResource>(*connections_));
  Add(std::make_unique<VpcPeeringResource>(*connections_));
  Add(std::make_unique<VpcResource>(*connections_));

  Add(std::make_unique<AccountDataSource>(*connections_));
  Add(std::make_unique<ClusterDataSource>(*connections_));
  Add(std::make_unique<ClustersDataSource>(*connections_));
  Add(std::make_unique<KubernetesVersionsDataSource>(*connections_));
  Add(std::make_unique<RegionsDataSource>(*connections_));
  Add(std::make_unique<SizesDataSource>(*connections_));
  Add(std::make_unique<VpcDataSource>(*connections_));

  Add(std::make_unique<KubeconfigEphemeral>(*connections_));

  Add(MakeKubeconfigMerge());
  Add(MakeSizeFor());
  Add(MakeSubnetPlan());
}

void KprotoProvider::ConfigureModel(const ProviderModel& config, Diagnostics&) {
  ConnectionSettings settings;
  settings.token_unknown = config.token.is_unknown() || config.api_url.is_unknown();
  settings.token =
      config.token.is_known()
          ? *config.token
          : SecretString(FromEnvironment({"DIGITALOCEAN_TOKEN", "DIGITALOCEAN_ACCESS_TOKEN"}));
  settings.api_url = Setting(config.api_url, {"DIGITALOCEAN_API_URL"});
  if (settings.api_url.empty()) {
    settings.api_url = "https://api.digitalocean.com";
  }
  settings.helm_path = Setting(config.helm_path, {});
  settings.chart_mirror = Setting(config.chart_mirror, {"KPROTO_CHART_MIRROR"});
  connections_->Configure(std::move(settings));
}

}  // namespace kproto
