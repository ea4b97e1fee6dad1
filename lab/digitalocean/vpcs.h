// SPDX-License-Identifier: MPL-2.0
// VPCs: one default per region, members that keep a VPC from being deleted, and the members that
// are still counted for a while after they are gone.
#pragma once

#include <string>

#include "lab/digitalocean/cidr.h"
#include "lab/digitalocean/cloud.h"

namespace kproto::lab {

// Makes the default VPC of every region, as an account in use has them.
void SeedDefaultVpcs(Cloud* cloud);

// The id of the region's default VPC, which is made if there is none.
std::string DefaultVpc(Cloud* cloud, const std::string& region);

// The range of a VPC; false when there is no such VPC.
bool VpcRange(Cloud* cloud, const std::string& vpc_id, Cidr* range);

// A thing that has just gone is still a member for a while: the trap that makes a destroy in one
// go fail with 409 when nobody waits.
void LingerInVpc(Cloud* cloud, const std::string& vpc_id, const std::string& urn,
                 const std::string& name, const std::string& created_at);

}  // namespace kproto::lab
