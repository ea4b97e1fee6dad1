// SPDX-License-Identifier: MPL-2.0
// What the account already holds against a cluster that is about to be made or to grow: names and
// networks that are taken, Droplets that are left, a region without a VPC. Reads only; what cannot
// be known is let pass, for the API to judge.
#pragma once

#include <mutex>
#include <set>
#include <string>
#include <vector>

#include "clients/digitalocean/digitalocean.h"
#include "provider/runtime/resource.h"
#include "resources/cluster/checks.h"
#include "resources/cluster/model.h"

namespace kproto {

// Clusters and VPCs that this process knows to be replaced, by a plan or because they were never
// finished: the plan of what takes their place must not find them in its way. Thread-safe.
class Leaving {
 public:
  void Note(const ClusterModel& replaced);
  bool Has(const std::string& id) const;

 private:
  mutable std::mutex mutex_;
  std::set<std::string> ids_;
};

// Droplets that the change adds at its most, beside those that run: growth, pools that are new or
// swapped, autoscaling to the end. Pure.
int64_t DropletsToAdd(const ClusterModel* prior, const ClusterModel& planned);
// The most Droplets that an upgrade adds for a while: ten, or the largest pool. Pure.
int64_t SurgeDroplets(const ClusterModel& planned);

// Names and networks of a new cluster against the account's, and what its VPC would become. Pure.
void CheckPlace(const ClusterModel& planned, const std::vector<digitalocean::Vpc>& vpcs,
                const std::vector<digitalocean::Cluster>& clusters, const Leaving& leaving,
                Diagnostics& diagnostics);

// Asks for what the checks need and makes them. `prior` is nullptr for what is to be made.
void CheckAccount(digitalocean::DigitalOcean& api, const ClusterModel* prior,
                  const ClusterModel& planned, const Offer& offer, const Leaving& leaving,
                  Operation& operation);

// Whether a VPC is one that kproto made, that became its region's default and was released: nobody
// can delete it, so that the next cluster that wants just such a VPC takes it again.
bool IsReleased(const digitalocean::Vpc& vpc, const ClusterModel& wanted);
// What the description of such a VPC says.
std::string ReleasedDescription();

}  // namespace kproto
