// SPDX-License-Identifier: MPL-2.0
// The fault sweep of the stack: each operation is run once cleanly and its calls to Kubernetes,
// Helm and DigitalOcean are recorded. Then, for each of these calls and each kind of fault, it is
// run again from the same beginning with that call spoiled, and followed by a plain apply. That
// must end where the clean run ended: nothing twice, nothing left over, an empty plan. The calls
// are found, not listed: whatever the stack comes to call is swept.
#include <atomic>
#include <mutex>
#include <thread>

#include "absl/strings/str_join.h"
#include "gtest/gtest.h"
#include "tests/resources/monitoring_stack/spoiled_clients.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"

namespace kproto::testing {
namespace {

constexpr int kOccurrences = 2;  // of one call; what is asked again and again is the same call
constexpr int kSideBySide = 4;

// A StackWorld whose clients are reached through a Spoiler.
class SpoiledWorld : public StackWorld {
 public:
  absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> Kubernetes(
      const kubernetes::Credentials& credentials) override {
    auto to = StackWorld::Kubernetes(credentials);
    if (!to.ok()) {
      return to;
    }
    return std::make_shared<SpoiledKubernetes>(*std::move(to), &spoiler);
  }
  absl::StatusOr<helm::Helm*> Helm() override { return &spoiled_helm_; }

  Spoiler spoiler;

 private:
  SpoiledHelm spoiled_helm_{&helm, &spoiler};
};

using Configure = Value (*)(const Schema&);

Value Text(const char* text) { return Value::String(text); }
Value Object(Value::Map map) { return Value::OfMap(std::move(map)); }
Value Groups(const char* group) { return Value::OfSet({Text(group)}); }

Value Nothing(const Schema&) { return Value(); }

Value First(const Schema& schema) {
  return Completed(
      schema.attributes,
      {{"cluster_id", Text(kClusterId)},
       {"storage", Object({{"reclaim_policy", Text("Delete")}})},
       {"rbac", Object({{"viewer_groups", Groups("v")}, {"admin_groups", Groups("a")}})},
       {"network_policies", Value::Bool(true)},
       {"grafana", Object({{"expose", Text("load_balancer")}})}});
}

// Differs from the first in everything that can change in place.
Value Second(const Schema& schema) {
  return Completed(schema.attributes,
                   {{"cluster_id", Text(kClusterId)},
                    {"collector", Text("alloy")},
                    {"storage", Object({{"reclaim_policy", Text("Retain")}})},
                    {"rbac", Object({{"operator_groups", Groups("o")}})},
                    {"resource_quota", Object({{"pods", Text("50")}})},
                    {"argocd", Object({{"chart_version", Text("0.9.0")}})},
                    {"loki", Object({{"retention", Text("48h")}})},
                    {"metrics_server", Object({})},
                    {"ingress", Object({{"grafana_host", Text("grafana.example.com")},
                                        {"cluster_issuer", Text("letsencrypt")}})}});
}

struct SweptOperation {
  const char* name;
  Configure before, after;
};

// One cluster at the beginning of an operation.
class Scene {
 public:
  explicit Scene(const SweptOperation& operation)
      : before_(operation.before(resource_.schema())), after_(operation.after(resource_.schema())) {
    if (!before_.is_null()) {
      host_.Apply(before_);
    }
    EXPECT_EQ(host_.Errors(), "") << operation.name;
  }

  // A process does the operation; one that is killed tells the host nothing.
  void Process() {
    Host process = host_;
    process.stop = std::stop_source();
    stop_ = &process.stop;
    Do(process);
    if (!killed_) {
      host_.state = process.state;
      host_.private_state = process.private_state;
      host_.diagnostics = process.diagnostics;
    }
  }

  std::vector<SpoiledCall> Record() {
    world_.spoiler.Arm({}, Fault::kUnavailable, [] {});
    Process();
    EXPECT_EQ(host_.Errors(), "");
    return world_.spoiler.calls();
  }

  void Spoil(const SpoiledCall& call, Fault fault) {
    world_.spoiler.Arm(call, fault, [this] { stop_->request_stop(); });
    killed_ = fault == Fault::kKilledBefore || fault == Fault::kKilledAfter;
    Process();
    killed_ = false;
    world_.spoiler.Disarm();
  }

  // The plain apply, and then what is wrong; "" when all is as after a clean run.
  std::string Mend(const std::string& wanted) {
    host_.diagnostics = {};
    Process();
    std::string wrong = host_.Errors();
    if (const std::string is = Inventory(); is != wanted) {
      absl::StrAppend(&wrong, "is:\n", is, "shall be:\n", wanted);
    }
    if (!after_.is_null()) {
      host_.Refresh();
      const PlanResult plan = host_.Plan(after_);
      if (!(plan.planned == host_.state)) {
        absl::StrAppend(&wrong, "the next plan is not empty: ", DebugString(plan.planned),
                        "\ninstead of ", DebugString(host_.state), "\n");
      }
    }
    return wrong;
  }

  // Everything in the cluster, a line each, but for what differs from run to run.
  std::string Inventory() const {
    std::string text;
    for (const kubernetes::ObjectKey& key : world_.kubernetes->Keys()) {
      if (key.kind == "Lease") {
        continue;
      }
      Json object = *world_.kubernetes->Find(key);
      for (const char* changing : {"metadata", "status", "data"}) {
        object.erase(changing);
      }
      absl::StrAppend(&text, key.ToString(), " ", object.dump(), "\n");
    }
    if (const auto release = world_.helm.Find({"argocd", "argocd"}); release) {
      absl::StrAppend(&text, "release ", release->chart_version, " ",
                      helm::ToString(release->status), "\n");
    }
    return text;
  }

  bool hit() const { return world_.spoiler.hit(); }

 private:
  void Do(Host& host) {
    if (after_.is_null()) {
      if (!host.state.is_null()) {
        host.Destroy();
      }
    } else {
      host.Apply(after_);
    }
  }

  SpoiledWorld world_;
  MonitoringStackResource resource_{world_};
  Host host_{resource_};
  const Value before_, after_;
  std::stop_source* stop_ = nullptr;
  bool killed_ = false;
};

struct Case {
  SpoiledCall call;
  Fault fault;
};

std::vector<Case> CasesOf(const std::vector<SpoiledCall>& calls) {
  std::vector<Case> cases;
  for (const SpoiledCall& call : calls) {
    for (const Fault fault : kFaults) {
      if (call.occurrence <= kOccurrences) {
        cases.push_back({call, fault});
      }
    }
  }
  return cases;
}

void Sweep(const SweptOperation& operation) {
  Scene clean(operation);
  const std::vector<Case> cases = CasesOf(clean.Record());
  const std::string wanted = clean.Inventory();
  ASSERT_GT(cases.size(), 100u);
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  std::vector<std::string> wrong;
  size_t missed = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kSideBySide; ++i) {
      threads.emplace_back([&] {
        for (size_t n; (n = next++) < cases.size();) {
          Scene scene(operation);
          scene.Spoil(cases[n].call, cases[n].fault);
          const std::string what = scene.Mend(wanted);
          std::lock_guard lock(mutex);
          missed += !scene.hit();
          if (!what.empty()) {
            wrong.push_back(absl::StrCat(operation.name, ", ", Name(cases[n].fault), " at ",
                                         cases[n].call.line, " (no. ", cases[n].call.occurrence,
                                         "):\n", what));
          }
        }
      });
    }
  }
  std::printf("%s: %zu cases, %zu of them not met\n", operation.name, cases.size(), missed);
  EXPECT_LT(missed, cases.size() / 20);
  EXPECT_EQ(wrong.size(), 0u);
  for (size_t i = 0; i < wrong.size() && i < 5; ++i) {
    ADD_FAILURE() << wrong[i];
  }
}

TEST(StackSweepTest, CreateConvergesAfterAnyFaultAtAnyCall) { Sweep({"create", &Nothing, &First}); }
TEST(StackSweepTest, UpdateConvergesAfterAnyFaultAtAnyCall) { Sweep({"update", &First, &Second}); }
TEST(StackSweepTest, DestroyConvergesAfterAnyFaultAtAnyCall) {
  Sweep({"destroy", &Second, &Nothing});
}

}  // namespace
}  // namespace kproto::testing
