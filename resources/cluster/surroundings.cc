// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/surroundings.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "resources/cluster/mapping.h"
#include "resources/cluster/project_step.h"

namespace kproto {
namespace {

namespace ocean = digitalocean;

// The value, or a note of what is missing.
template <typename T>
T ReadOr(absl::StatusOr<T> value, const char* what, std::vector<std::string>& unread) {
  if (!value.ok()) {
    unread.push_back(absl::StrCat(what, " (", value.status().message(), ")"));
    return T();
  }
  return *std::move(value);
}

void FindInVpc(ocean::DigitalOcean& api, const std::string& vpc_id, std::stop_token stop,
               Surroundings& found) {
  found.vpc = ReadOr(api.GetVpc(vpc_id, stop), "its VPC", found.unread);
  for (ocean::NatGateway& gateway :
       ReadOr(api.ListNatGateways(stop), "NAT gateways", found.unread)) {
    if (std::any_of(gateway.vpcs.begin(), gateway.vpcs.end(),
                    [&](const ocean::NatGatewayVpc& vpc) { return vpc.vpc_uuid == vpc_id; })) {
      found.nat_gateways.push_back(std::move(gateway));
    }
  }
  const auto of_service = [&](const ocean::LoadBalancer& balancer) {
    const auto& made = found.associated.load_balancers;
    return std::any_of(made.begin(), made.end(),
                       [&](const ocean::NamedId& one) { return one.id == balancer.id; });
  };
  for (ocean::LoadBalancer& balancer :
       ReadOr(api.ListLoadBalancers(stop), "load balancers", found.unread)) {
    if (balancer.vpc_uuid == vpc_id && !of_service(balancer)) {
      found.load_balancers.push_back(std::move(balancer));
    }
  }
}

void Line(std::string& text, const char* kind, const std::string& name, const std::string& id,
          const std::string& what) {
  absl::StrAppend(&text, "\n  ", kind, " ", name, " (", id, "): ", what);
}

void DescribeVpc(const ocean::Vpc& vpc, std::string& text) {
  const std::string name = absl::StrCat(vpc.name, ", ", vpc.ip_range);
  if (!NonceOf(vpc.description).empty()) {
    Line(text, "VPC", name, vpc.id, "made by kproto for this cluster and imported with it");
  } else if (vpc.is_default) {
    Line(text, "VPC", name, vpc.id, "the region's default; leave vpc out to stay in it");
  } else {
    Line(text, "VPC", name, vpc.id,
         absl::StrCat("stays as it is with vpc = { id = \"", vpc.id, "\" }"));
  }
}

void DescribeMade(const char* kind, const std::vector<ocean::NamedId>& made, const char* by,
                  std::string& text) {
  for (const ocean::NamedId& one : made) {
    Line(text, kind, one.name, one.id, absl::StrCat("made by ", by, " of the cluster"));
  }
}

}  // namespace

Surroundings FindSurroundings(ocean::DigitalOcean& api, const ocean::Cluster& cluster,
                              std::stop_token stop) {
  Surroundings found;
  found.associated = ReadOr(api.GetAssociatedResources(cluster.id, stop),
                            "what its Services and volume claims made", found.unread)
                         .value_or(ocean::AssociatedResources());
  if (!cluster.vpc_uuid.empty()) {
    FindInVpc(api, cluster.vpc_uuid, stop, found);
  }
  found.project = ReadOr(ProjectOf(api, ClusterUrn(cluster.id), stop), "its project", found.unread);
  found.registry_enabled = cluster.registry_enabled;
  return found;
}

std::string Describe(const Surroundings& surroundings) {
  std::string text;
  if (surroundings.vpc) {
    DescribeVpc(*surroundings.vpc, text);
  }
  for (const ocean::NatGateway& gateway : surroundings.nat_gateways) {
    Line(text, "NAT gateway", gateway.name, gateway.id, "leads out of its VPC");
  }
  for (const ocean::LoadBalancer& balancer : surroundings.load_balancers) {
    Line(text, "load balancer", balancer.name, balancer.id, "in its VPC, of no Service");
  }
  const ocean::AssociatedResources& made = surroundings.associated;
  DescribeMade("load balancer", made.load_balancers, "a Service", text);
  DescribeMade("volume", made.volumes, "a volume claim", text);
  DescribeMade("volume snapshot", made.volume_snapshots, "a volume snapshot", text);
  if (surroundings.project) {
    Line(text, "project", surroundings.project->name, surroundings.project->id,
         surroundings.project->is_default ? "the account's default, holds the cluster"
                                          : "holds the cluster");
  }
  if (surroundings.registry_enabled) {
    absl::StrAppend(&text, "\n  container registries: the cluster pulls from those of the account");
  }
  for (const std::string& unread : surroundings.unread) {
    absl::StrAppend(&text, "\n  not known: ", unread);
  }
  return text;
}

}  // namespace kproto
