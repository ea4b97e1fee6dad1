// SPDX-License-Identifier: MPL-2.0
// StackLab: a real lab with one cluster, and the built provider working on a monitoring stack in it
// through a FaultyApiServer. Judged from the outside: by what the cluster and the account hold.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "lab/kubernetes/api_client.h"
#include "tests/lab/support/lab_program.h"
#include "tests/support/provider_host.h"
#include "tests/support/temp_dir.h"
#include "tests/sweep/faulty_api_server.h"

namespace kproto::testing {

class StackLab {
 public:
  StackLab();  // up, with its nodes ready; fails the test when that does not work

  // A stack; the two variants differ in what every part of it is told. kNone: no stack.
  enum class Variant { kNone, kFirst, kSecond };
  ProviderHost::Configuration Of(Variant variant) const;

  ProviderHost& host() { return *host_; }
  FaultyApiServer& api() { return *api_; }

  // What is there, a line each, sorted: all that Helm and Argo CD make and where it stands, load
  // balancers and volumes. Not what a name made at random tells apart, nor Leases, which run out.
  std::vector<std::string> Holdings();
  // The volume claims, a line each, sorted: one made anew is another, and its data is gone.
  std::vector<std::string> Claims();
  // Waits for `expected`, since what is deleted takes its time to go; else what differs.
  std::string HoldingsDiffer(const std::vector<std::string>& expected);

 private:
  lab::testing::LabProgram lab_;
  TempDir dir_;
  std::unique_ptr<lab::ApiClient> cluster_;
  std::unique_ptr<FaultyApiServer> api_;
  std::unique_ptr<ProviderHost> host_;
};

}  // namespace kproto::testing
