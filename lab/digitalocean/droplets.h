// SPDX-License-Identifier: MPL-2.0
// Droplets: the workers of clusters, as controllers find them, and plain ones that may share a VPC.
#pragma once

#include <string>

#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

// What a droplet is made of; its id is counted here and returned.
struct DropletSpec {
  std::string name, region, size, vpc_uuid;
  Json tags = Json::array();
  enum class Reach { kPublic, kPrivate } reach = Reach::kPublic;  // whether it has a public address
};
int64_t AddDroplet(Cloud* cloud, const DropletSpec& spec);

// Removes it; it lingers in its VPC. Volumes come off it. A missing one is fine.
void RemoveDroplet(Cloud* cloud, int64_t id);

Json* FindDroplet(Cloud* cloud, int64_t id);

// How many more droplets the account may have.
int64_t DropletsLeft(Cloud* cloud);

}  // namespace kproto::lab
