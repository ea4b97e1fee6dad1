// SPDX-License-Identifier: MPL-2.0
// A simulator in the test's own process: calls go straight to Handle, time passes when the test
// says so, and nothing happens on another thread.
#pragma once

#include <gtest/gtest.h>

#include <map>
#include <memory>
#include <string>

#include "lab/digitalocean/simulator.h"

namespace kproto::lab {

struct Answer {
  int status = 0;
  Json body;
  std::map<std::string, std::string> headers;
  HttpReply::Ending ending = HttpReply::Ending::kComplete;
  absl::Duration delay;

  std::string Message() const { return StringField(body, "message"); }
};

class SimulatorTest : public testing::Test {
 protected:
  // Options first, then the first call makes the simulator.
  SimulatorTest();

  Answer Call(const std::string& method, const std::string& path, const Json& body = nullptr,
              const std::string& token = "user");
  Answer Get(const std::string& path) { return Call("GET", path); }
  Answer Post(const std::string& path, const Json& body) { return Call("POST", path, body); }
  Answer Put(const std::string& path, const Json& body) { return Call("PUT", path, body); }
  Answer Delete(const std::string& path) { return Call("DELETE", path); }
  Answer Admin(const std::string& method, const std::string& path, const Json& body = nullptr) {
    return Call(method, path, body, "controller");
  }

  // Cloud time.
  void Pass(absl::Duration duration);
  Simulator& simulator();
  // Ends the simulator; the next call starts a new one from what is on disk.
  void Restart() { simulator_.reset(); }

  // A valid body for a create call.
  static Json ClusterBody(const std::string& name = "demo", int count = 2);
  static Json LoadBalancerBody(const std::string& name = "web");
  // Makes a cluster from the body and returns its id; fails the test when that does not work.
  std::string MakeCluster(const Json& body = ClusterBody());
  Json Cluster(const std::string& id) {
    return Field(Get(ClusterPath(id)).body, "kubernetes_cluster");
  }
  std::string State(const std::string& id) {
    return StringField(Field(Cluster(id), "status"), "state");
  }
  static std::string ClusterPath(const std::string& id) { return "/v2/kubernetes/clusters/" + id; }
  // Until a new cluster and its nodes run.
  void PassProvisioning() { Pass(absl::Minutes(5)); }

  SimulatorOptions options_;
  absl::Time now_ = absl::FromUnixSeconds(1'800'000'000);

 private:
  std::unique_ptr<Simulator> simulator_;
};

}  // namespace kproto::lab
