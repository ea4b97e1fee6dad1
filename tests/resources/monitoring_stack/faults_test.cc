// SPDX-License-Identifier: MPL-2.0
// Every call of every operation to Kubernetes and Helm fails once: before or after its effect,
// alone, as the beginning of an outage, or because the provider is killed. Whatever it was,
// applying again must end where it would have ended: nothing doubled, nothing left behind, nothing
// let go of.
#include <functional>
#include <memory>

#include "absl/strings/str_cat.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"
#include "tests/support/faulty_calls.h"

namespace kproto::testing {
namespace {

using ::testing::ElementsAreArray;

// A sanitizer looks at what is executed, which neighbouring calls have in common; it takes ten
// times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr size_t kStride = 11;
#else
constexpr size_t kStride = 1;
#endif

// The world with every call to Kubernetes and Helm led through `calls`.
class FaultyWorld : public StackWorld {
 public:
  absl::StatusOr<std::shared_ptr<kubernetes::Kubernetes>> Kubernetes(
      const kubernetes::Credentials&) override {
    return calls.Around(kubernetes);
  }
  absl::StatusOr<helm::Helm*> Helm() override { return faulty_helm_.get(); }

  FaultyCalls calls;

 private:
  const std::unique_ptr<helm::Helm> faulty_helm_ = calls.Around(helm);
};

struct Failure {
  const char* name;
  FaultyCalls::Fault fault;
  bool kills = false;  // the host gets no answer, so that it knows what it knew before
};
constexpr Failure kFailures[] = {
    {"fails", {}},
    {"takes effect and its answer is lost", {.after = true}},
    {"begins an outage", {.onward = true}},
    {"is the last that arrives before an outage", {.after = true, .onward = true}},
    {"finds the provider killed", {.onward = true}, true},
    {"is the last of a provider that is killed", {.after = true, .onward = true}, true}};

// What leaves most behind that nobody was told of; for operations of so many calls that each kind
// of failure at each would take minutes.
const std::vector<Failure> kWorstFailures = {kFailures[1], kFailures[5]};

// A host over a world, and what it would do about a create that failed.
class Trial {
 public:
  bool Apply(const Value& config) {
    return Do([&] {
      if (tainted_) {
        host_.Destroy();
        tainted_ = !host_.state.is_null();
      }
      const bool creates = host_.state.is_null();
      host_.Apply(config);
      tainted_ = creates && host_.diagnostics.has_error() && !host_.state.is_null();
    });
  }
  bool Destroy() {
    return Do([&] { host_.Destroy(); }) && host_.state.is_null();
  }

  // The same as `act`, with one failure; whatever comes of it is no error yet.
  void Suffer(const std::function<bool(Trial&)>& act, FaultyCalls::Fault fault, bool killed) {
    const Value state = host_.state;
    const PrivateState private_state = host_.private_state;
    world.calls.Begin(fault);
    (void)act(*this);
    world.calls.Begin(std::nullopt);
    if (killed) {
      host_.state = state;
      host_.private_state = private_state;
      tainted_ = false;
    }
  }

  void ExpectNothingToDo(const Value& config) {
    host_.Refresh();
    const PlanResult plan = host_.Plan(config);
    EXPECT_EQ(host_.Errors(), "");
    EXPECT_TRUE(plan.planned == host_.state)
        << "planned " << DebugString(plan.planned) << "\nstate   " << DebugString(host_.state);
  }

  // What the cluster holds, one line each, with the release's status. Not the Lease of an
  // operation: one that cannot be let go of in an outage runs out by itself.
  std::vector<std::string> Holdings() const {
    std::vector<std::string> lines;
    for (const kubernetes::ObjectKey& key : world.kubernetes->Keys()) {
      if (key.kind != "Lease") {
        lines.push_back(key.ToString());
      }
    }
    const auto release = world.helm.Find({"argocd", "argocd"});
    lines.push_back(
        absl::StrCat("release ", release ? helm::ToString(release->status) : "is not there"));
    return lines;
  }

  const std::string& said() const { return said_; }
  FaultyWorld world;

 private:
  // As a process of its own.
  bool Do(const std::function<void()>& work) {
    host_.diagnostics = Diagnostics();
    work();
    said_ = host_.Errors();
    return !host_.diagnostics.has_error();
  }

  MonitoringStackResource resource_{world};
  Host host_{resource_};
  bool tainted_ = false;
  std::string said_;
};

using Act = std::function<bool(Trial&)>;
using Judge = std::function<void(Trial&)>;

void Sweep(const Act& prepare, const Act& act, const Judge& judge,
           const std::vector<Failure>& failures = {std::begin(kFailures), std::end(kFailures)}) {
  std::vector<std::string> holdings, calls, cloud_calls;
  {
    Trial trial;
    ASSERT_TRUE(prepare(trial)) << trial.said();
    trial.world.calls.Begin(std::nullopt);
    trial.world.cloud.ForgetCalls();
    ASSERT_TRUE(act(trial)) << trial.said();
    calls = trial.world.calls.calls();
    cloud_calls = trial.world.cloud.calls();
    judge(trial);
    holdings = trial.Holdings();
  }
  ASSERT_GT(calls.size(), 10u);
  ASSERT_GT(cloud_calls.size(), 0u);
  for (size_t n = 1; n <= calls.size(); n += kStride) {
    for (const Failure& failure : failures) {
      Trial trial;
      ASSERT_TRUE(prepare(trial)) << trial.said();
      FaultyCalls::Fault fault = failure.fault;
      fault.call = static_cast<int>(n);
      trial.Suffer(act, fault, failure.kills);
      SCOPED_TRACE(absl::StrCat("call ", n, " (", calls[n - 1], ") ", failure.name));
      const std::string first = trial.said();
      EXPECT_TRUE(act(trial)) << "then: " << trial.said() << "first: " << first;
      judge(trial);
      EXPECT_THAT(trial.Holdings(), ElementsAreArray(holdings));
      if (::testing::Test::HasFailure()) {
        return;  // One broken place is enough to read.
      }
    }
  }
  for (size_t n = 1; n <= cloud_calls.size(); n += kStride) {
    Trial trial;
    ASSERT_TRUE(prepare(trial)) << trial.said();
    SCOPED_TRACE(absl::StrCat("call ", n, " of DigitalOcean (", cloud_calls[n - 1], ") fails"));
    trial.world.cloud.FailCall(static_cast<int>(n), absl::UnavailableError("injected"));
    (void)act(trial);
    EXPECT_TRUE(act(trial)) << trial.said();
    judge(trial);
    EXPECT_THAT(trial.Holdings(), ElementsAreArray(holdings));
  }
}

class StackFaultsTest : public ::testing::Test {
 protected:
  // A configuration; whatever is not set is null, at every depth.
  static Value Config(Value::Map set) {
    FaultyWorld world;
    set["cluster_id"] = Value::String(kClusterId);
    return Completed(MonitoringStackResource(world).schema().attributes, std::move(set));
  }

  const Value config_ =
      Config({{"grafana", Value::OfMap({{"expose", Value::String("load_balancer")}})}});
  const Act create_ = [this](Trial& trial) { return trial.Apply(config_); };
};

TEST_F(StackFaultsTest, CreateIsGoneOnWithAfterAnyFailure) {
  Sweep([](Trial&) { return true; }, create_,
        [this](Trial& trial) { trial.ExpectNothingToDo(config_); });
}

TEST_F(StackFaultsTest, UpdateIsGoneOnWithAfterAnyFailure) {
  const Value changed =
      Config({{"argocd", Value::OfMap({{"chart_version", Value::String("0.9.0")}})},
              {"loki", Value::OfMap({{"chart_version", Value::String("0.9.0")},
                                     {"retention", Value::String("48h")}})}});
  Sweep(
      create_, [&](Trial& trial) { return trial.Apply(changed); },
      [&](Trial& trial) { trial.ExpectNothingToDo(changed); });
}

// From one end of what can be configured to the other: what is retired, made anew and taken away.
TEST_F(StackFaultsTest, AChangeOfEverythingIsGoneOnWithAfterAnyFailure) {
  const auto text = [](const char* said) { return Value::String(said); };
  const auto groups = [&](const char* group) { return Value::OfSet({text(group)}); };
  const Value before = Config({{"storage", Value::OfMap({{"reclaim_policy", text("Delete")}})},
                               {"rbac", Value::OfMap({{"viewer_groups", groups("engineers")}})},
                               {"network_policies", Value::Bool(true)},
                               {"grafana", Value::OfMap({{"expose", text("load_balancer")}})}});
  const Value after =
      Config({{"storage", Value::OfMap({{"reclaim_policy", text("Retain")}})},
              {"rbac", Value::OfMap({{"admin_groups", groups("platform")}})},
              {"resource_quota", Value::OfMap({{"pods", text("50")}})},
              {"collector", text("alloy")},
              {"metrics_server", Value::OfMap({})},
              {"ingress", Value::OfMap({{"grafana_host", text("grafana.example.com")},
                                        {"cluster_issuer", text("letsencrypt")}})}});
  Sweep([&](Trial& trial) { return trial.Apply(before); },
        [&](Trial& trial) { return trial.Apply(after); },
        [&](Trial& trial) { trial.ExpectNothingToDo(after); }, kWorstFailures);
  Sweep([&](Trial& trial) { return trial.Apply(after); },
        [](Trial& trial) { return trial.Destroy(); }, [](Trial&) {}, kWorstFailures);
}

TEST_F(StackFaultsTest, AHandOverIsGoneOnWithAfterAnyFailure) {
  const Value self = Config({{"argocd", Value::OfMap({{"manage", Value::String("self")}})}});
  Sweep(
      create_, [&](Trial& trial) { return trial.Apply(self); },
      [&](Trial& trial) { trial.ExpectNothingToDo(self); }, kWorstFailures);
  Sweep([&](Trial& trial) { return trial.Apply(self); },
        [](Trial& trial) { return trial.Destroy(); }, [](Trial&) {}, kWorstFailures);
}

TEST_F(StackFaultsTest, AppOfAppsIsGoneOnWithAfterAnyFailure) {
  const Value git =
      Config({{"git", Value::OfMap({{"repo_url", Value::String("https://git.example.com/apps")},
                                    {"path", Value::String("k8s/apps")}})}});
  Sweep([](Trial&) { return true; }, [&](Trial& trial) { return trial.Apply(git); },
        [&](Trial& trial) { trial.ExpectNothingToDo(git); });
}

TEST_F(StackFaultsTest, DestroyIsGoneOnWithAfterAnyFailure) {
  Sweep(
      create_, [](Trial& trial) { return trial.Destroy(); }, [](Trial&) {});
}

}  // namespace
}  // namespace kproto::testing
