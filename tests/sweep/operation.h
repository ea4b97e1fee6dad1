// SPDX-License-Identifier: MPL-2.0
// The operations that are swept: from what, to what, and what must be there in the end. Judged from
// the outside, by the account's inventory and the provider's next plan.
#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "tests/support/provider_host.h"
#include "tests/sweep/faulty_cloud.h"

namespace kproto::testing {

struct Operation {
  std::string name;
  ProviderHost::Configuration before;         // empty: nothing is there
  ProviderHost::Configuration after;          // empty: everything goes
  std::function<void(FaultyCloud&)> furnish;  // what others add before it begins; may be null
  // A cluster that falls into error while it is changed is mended by DigitalOcean, not by us; one
  // that is being made is replaced, one that is being destroyed goes.
  bool error_is_mended_outside = false;
  // What workloads made and shall stay, by kind: names in the account's inventory.
  std::map<std::string, std::vector<std::string>> left = {};
};

Operation CreateOperation();
Operation UpdateOperation();
Operation UpgradeOperation();
Operation SwapOperation();
Operation RollOperation();  // a label goes, and with it every node that carries it
Operation DestroyOperation();
Operation SelectiveDestroyOperation();

// What stands before an operation: made once, begun from many times.
struct Beginning {
  std::string cloud;  // the simulator's state file
  std::map<std::string, ProviderHost::Resource> resources;
};

inline constexpr double kSweepTimeFactor = 20000;

ProviderHost::Options HostOptions(const FaultyCloud& cloud, const std::string& data_dir);

// Makes it; fails the test when that does not work.
Beginning Begin(const Operation& operation);

// What is wrong in the end, a line each; "" when all is as `after` says, nothing is twice, nothing
// is left over, the next plan is empty, and the journal holds nothing.
std::string WhatIsWrong(const Operation& operation, FaultyCloud& cloud, ProviderHost& host,
                        const std::string& data_dir);

}  // namespace kproto::testing
