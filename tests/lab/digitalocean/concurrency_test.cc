// SPDX-License-Identifier: MPL-2.0
#include <gtest/gtest.h>

#include <set>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "lab/digitalocean/simulator.h"

namespace kproto::lab {
namespace {

TEST(ConcurrencyTest, ManyCallersAtOnceLoseNothing) {
  NoControlPlane backend;  // asked from a thread of the simulator
  SimulatorOptions options;
  options.backend = &backend;
  options.time_factor = 10000;
  options.droplet_limit = 1000;
  options.requests_per_minute = options.requests_per_hour = 1 << 20;
  auto simulator = Simulator::Create(options);
  ASSERT_TRUE(simulator.ok());
  const auto call = [&](const std::string& method, const std::string& path, const Json& body) {
    const HttpReply reply =
        (*simulator)
            ->Handle(
                {method, path, {{"authorization", "Bearer t"}}, body.is_null() ? "" : Dump(body)});
    return Json::parse(reply.body, nullptr, false);
  };
  constexpr int kThreads = 4;
  constexpr int kEach = 10;
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([&call, t] {
      for (int i = 0; i < kEach; ++i) {
        call("POST", "/v2/vpcs", {{"name", absl::StrCat("v", t, "-", i)}, {"region", "nyc3"}});
        const Json made = call("POST", "/v2/kubernetes/clusters",
                               {{"name", "c"},
                                {"region", "nyc3"},
                                {"version", "latest"},
                                {"node_pools", {{{"name", "p"}, {"size", "c-4"}, {"count", 1}}}}});
        const std::string id = StringField(Field(made, "kubernetes_cluster"), "id");
        call("GET", "/v2/kubernetes/clusters?per_page=200", nullptr);
        call("DELETE", "/v2/kubernetes/clusters/" + id, nullptr);
      }
    });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const Json inventory = (*simulator)->Inventory();
  std::set<std::string> names;
  for (const Json& vpc : inventory["vpcs"]) {
    names.insert(StringField(vpc, "name"));
  }
  EXPECT_EQ(names.size(), static_cast<size_t>(kThreads * kEach));
  // Every cluster was deleted; the thread of the simulator's own sees to their end.
  const absl::Time patience = absl::Now() + absl::Seconds(20);
  while (!(*simulator)->Inventory()["clusters"].empty() && absl::Now() < patience) {
    std::this_thread::yield();
  }
  EXPECT_TRUE((*simulator)->Inventory()["clusters"].empty());
}

}  // namespace
}  // namespace kproto::lab
