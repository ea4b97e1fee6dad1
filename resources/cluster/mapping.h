// SPDX-License-Identifier: MPL-2.0
// Between the model of a kproto_cluster and DigitalOcean's objects: what to ask for, and how what
// came back reads. Keeps the user's spelling (null stays null where the API says empty). Pure.
#pragma once

#include <string>

#include "clients/digitalocean/types.h"
#include "resources/cluster/model.h"

namespace kproto {

// The mark of kproto's own objects: a tag of a cluster, a word in a VPC's description.
std::string OwnershipMark(const std::string& nonce);        // "kproto:<nonce>"
std::string NonceOf(const std::vector<std::string>& tags);  // "" when there is none
std::string NonceOf(const std::string& description);

std::string VpcName(const ClusterModel& cluster);

digitalocean::NodePoolSpec PoolSpec(const std::string& name, const ClusterPool& pool);
digitalocean::NodePoolUpdate PoolUpdate(const std::string& name, const ClusterPool& pool);
digitalocean::ClusterSpec ClusterSpecOf(const ClusterModel& cluster, const std::string& nonce);

// Tags to send: the user's, DigitalOcean's ignored, and the mark when there is a nonce.
std::vector<std::string> TagsOf(const Attr<SetOf<std::string>>& tags, const std::string& nonce);

// Why the live pool has to make way for another one of its name ("size a -> b"); "" if it need not.
std::string SwapReason(const ClusterPool& wanted, const digitalocean::NodePool& live);

// Whether the bounds of a pool that scales itself would take away nodes that run.
bool WouldShrink(const ClusterPool& wanted, int64_t running);

// Why the live pool is not what is wanted ("count 3 -> 4"); "" when it is. What takes a swap is
// not looked at.
std::string PoolDifference(const std::string& name, const ClusterPool& wanted,
                           const digitalocean::NodePool& live);

// Writes what the API says into the model. `state` supplies the user's spelling; pools that the API
// does not have disappear, others appear.
void ReadCluster(const digitalocean::Cluster& live, ClusterModel& state);
void ReadPool(const digitalocean::NodePool& live, ClusterPool& pool);

// The pool of that name; nullptr where there is none or it is not known.
const ClusterPool* PoolOf(const ClusterModel& cluster, const std::string& name);

}  // namespace kproto
