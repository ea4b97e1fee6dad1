// SPDX-License-Identifier: MPL-2.0
#include "tests/lab/digitalocean/simulator_fixture.h"

namespace kproto::lab {

SimulatorTest::SimulatorTest() {
  options_.now = [this] { return now_; };
  options_.ticker = SimulatorOptions::Ticker::kManual;
  options_.user_tokens = {"user", "other"};
  options_.controller_token = "controller";
  options_.seed = 7;
}

Simulator& SimulatorTest::simulator() {
  if (simulator_ == nullptr) {
    auto created = Simulator::Create(options_);
    if (!created.ok()) {
      ADD_FAILURE() << created.status();
      std::abort();
    }
    simulator_ = *std::move(created);
  }
  return *simulator_;
}

Answer SimulatorTest::Call(const std::string& method, const std::string& path, const Json& body,
                           const std::string& token) {
  HttpRequest request{method, path, {{"host", "127.0.0.1:1"}, {"user-agent", "test"}}, ""};
  if (!token.empty()) {
    request.headers["authorization"] = "Bearer " + token;
  }
  if (!body.is_null()) {
    request.body = Dump(body);
  }
  const HttpReply reply = simulator().Handle(request);
  Answer answer{reply.status, nullptr, {}, reply.ending, reply.delay};
  if (!reply.body.empty()) {
    answer.body = Json::parse(reply.body, nullptr, false);
    if (answer.body.is_discarded()) {
      answer.body = reply.body;
    }
  }
  answer.headers.insert(reply.headers.begin(), reply.headers.end());
  return answer;
}

void SimulatorTest::Pass(absl::Duration duration) {
  now_ += duration / options_.time_factor;
  simulator().Tick();
  simulator().Tick();  // what the first one learnt from the backend counts from now on
}

Json SimulatorTest::ClusterBody(const std::string& name, int count) {
  return {{"name", name},
          {"region", "nyc3"},
          {"version", "1.34.4-do.1"},
          {"node_pools", {{{"name", "primary"}, {"size", "s-2vcpu-4gb"}, {"count", count}}}}};
}

Json SimulatorTest::LoadBalancerBody(const std::string& name) {
  return {{"name", name},
          {"region", "nyc3"},
          {"forwarding_rules",
           {{{"entry_protocol", "tcp"},
             {"entry_port", 80},
             {"target_protocol", "tcp"},
             {"target_port", 30080}}}}};
}

std::string SimulatorTest::MakeCluster(const Json& body) {
  const Answer answer = Post("/v2/kubernetes/clusters", body);
  EXPECT_EQ(answer.status, 201) << answer.body;
  return StringField(Field(answer.body, "kubernetes_cluster"), "id");
}

}  // namespace kproto::lab
