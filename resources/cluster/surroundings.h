// SPDX-License-Identifier: MPL-2.0
// Surroundings: what stands around a cluster that is imported, and is not imported with it: its VPC
// and what else is in that, its project, whether it pulls from the account's registries, and what
// its Services and volume claims made. Found read-only; what cannot be read is named and stands in
// nobody's way.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "clients/digitalocean/digitalocean.h"

namespace kproto {

struct Surroundings {
  std::optional<digitalocean::Vpc> vpc;
  std::vector<digitalocean::NatGateway> nat_gateways;      // of its VPC
  std::vector<digitalocean::LoadBalancer> load_balancers;  // in its VPC, those of Services apart
  digitalocean::AssociatedResources associated;            // made by Services and volume claims
  std::optional<digitalocean::Project> project;
  bool registry_enabled = false;    // which of the account's, the API does not say
  std::vector<std::string> unread;  // what could not be read, and why
};

// Sources: GET /v2/vpcs/{id}, /v2/vpc_nat_gateways, /v2/load_balancers, /v2/projects with their
// resources, /v2/kubernetes/clusters/{id}/destroy_with_associated_resources.
Surroundings FindSurroundings(digitalocean::DigitalOcean& api, const digitalocean::Cluster& cluster,
                              std::stop_token stop);

// A line for each thing, with its id and what it is to the cluster; "" when there is nothing.
std::string Describe(const Surroundings& surroundings);

}  // namespace kproto
