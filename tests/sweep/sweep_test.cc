// SPDX-License-Identifier: MPL-2.0
// The fault sweep: each operation of kproto_cluster is run once cleanly, by the built provider
// against the simulator, and its outgoing calls are recorded. Then, for each of these calls and
// each kind of fault, it is run again from the same beginning with that call spoiled, and followed
// by a plain apply. That must end where the clean run ended: nothing twice, nothing left over, an
// empty plan. The calls are found, not listed: whatever the provider comes to call is swept.
//
// Polls are one call made many times; the first three are spoiled.
#include <signal.h>

#include <atomic>
#include <filesystem>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"
#include "tests/support/temp_dir.h"
#include "tests/sweep/operation.h"

namespace kproto::testing {
namespace {

constexpr int kPollsSpoiled = 3;
constexpr int kSideBySide = 8;  // cases wait more than they work

struct Case {
  SweptCall call;
  FaultKind kind;
};

struct Outcome {
  bool hit = false;
  bool survived = false;  // the spoiled run itself went through
  std::string wrong;
};

// One account and one working directory at the beginning of an operation.
class Scene {
 public:
  Scene(const Operation& operation, const Beginning& beginning)
      : cloud_(beginning.cloud.empty() ? dir_ / "cloud.json"
                                       : dir_.Write("cloud.json", beginning.cloud),
               kSweepTimeFactor),
        host_(HostOptions(cloud_, dir_ / "data")),
        operation_(operation) {
    host_.resources = beginning.resources;
  }

  // The calls of a clean run.
  std::vector<SweptCall> Record() {
    cloud_.Record();
    EXPECT_TRUE(host_.Apply(operation_.after)) << host_.said();
    host_.End();
    const std::vector<SweptCall> calls = cloud_.calls();
    EXPECT_EQ(WhatIsWrong(operation_, cloud_, host_, dir_ / "data"), "");
    return calls;
  }

  Outcome Run(const Case& the_case) {
    if (the_case.kind == FaultKind::kSilence) {
      // A call before the one that counts, so that the process knows how long to wait in this lab.
      EXPECT_FALSE(host_.Import("kproto_cluster.other", "nobody"));
    }
    cloud_.Arm(
        the_case.call, the_case.kind, [this] { kill(host_.pid(), SIGKILL); },
        [this] { host_.Stop(); });
    const bool survived = host_.Apply(operation_.after);
    const std::string first = host_.said();
    host_.End();
    cloud_.Disarm();
    Outcome outcome{.hit = cloud_.hit(), .survived = survived};
    // What was made before it fell into error is no longer being made.
    const bool mended = operation_.error_is_mended_outside || survived;
    if (mended && the_case.kind == FaultKind::kErrorState) {
      cloud_.Mend();
    }
    if (!host_.Apply(operation_.after)) {
      outcome.wrong = absl::StrCat("the next apply fails: ", host_.said());
    }
    host_.End();
    absl::StrAppend(&outcome.wrong, WhatIsWrong(operation_, cloud_, host_, dir_ / "data"));
    if (!outcome.wrong.empty()) {
      outcome.wrong =
          absl::StrCat(operation_.name, ", ", Name(the_case.kind), " at ", the_case.call.call,
                       " (no. ", the_case.call.occurrence, "):\n", outcome.wrong,
                       "The spoiled run ", survived ? "went through" : "failed", ": ", first);
    }
    return outcome;
  }

 private:
  TempDir dir_;
  FaultyCloud cloud_;
  ProviderHost host_;
  const Operation operation_;
};

std::vector<Case> CasesOf(const Operation& operation, const std::vector<SweptCall>& calls) {
  std::vector<Case> cases;
  bool cluster_is_there = !operation.before.empty();
  for (const SweptCall& call : calls) {
    cluster_is_there = cluster_is_there || call.call == "POST /v2/kubernetes/clusters";
    for (const FaultKind kind : kAllFaultKinds) {
      const bool applies = kind != FaultKind::kErrorState || cluster_is_there;
      if (applies && call.occurrence <= kPollsSpoiled) {
        cases.push_back({call, kind});
      }
    }
  }
  return cases;
}

void Sweep(const Operation& operation) {
  const Beginning beginning = Begin(operation);
  const std::vector<SweptCall> calls = Scene(operation, beginning).Record();
  const std::vector<Case> cases = CasesOf(operation, calls);
  ASSERT_GT(cases.size(), std::size(kAllFaultKinds) * 4);
  std::atomic<size_t> next = 0;
  std::mutex mutex;
  int not_reached = 0, survived = 0;
  std::vector<std::string> wrong;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < kSideBySide; ++i) {
      threads.emplace_back([&] {
        for (size_t n; (n = next++) < cases.size();) {
          const Outcome outcome = Scene(operation, beginning).Run(cases[n]);
          std::lock_guard lock(mutex);
          // A poll more or less is a matter of luck; anything else is made in every run.
          not_reached += !outcome.hit;
          survived += outcome.hit && outcome.survived;
          if (!outcome.hit && cases[n].call.occurrence == 1) {
            wrong.push_back(absl::StrCat(cases[n].call.call, " was never made"));
          }
          if (!outcome.wrong.empty()) {
            wrong.push_back(outcome.wrong);
          }
        }
      });
    }
  }
  std::printf(
      "%s: %zu calls recorded, %zu cases; %d went through by themselves, %d needed a further "
      "apply, "
      "%d were polls that did not come\n",
      operation.name.c_str(), calls.size(), cases.size(), survived,
      static_cast<int>(cases.size()) - survived - not_reached, not_reached);
  EXPECT_EQ(wrong.size(), 0u);
  for (size_t i = 0; i < wrong.size() && i < 10; ++i) {
    ADD_FAILURE() << wrong[i];
  }
}

TEST(FaultSweepTest, CreateConvergesAfterAnyFaultAtAnyCall) { Sweep(CreateOperation()); }
TEST(FaultSweepTest, UpdateConvergesAfterAnyFaultAtAnyCall) { Sweep(UpdateOperation()); }
TEST(FaultSweepTest, UpgradeConvergesAfterAnyFaultAtAnyCall) { Sweep(UpgradeOperation()); }
TEST(FaultSweepTest, PoolSwapConvergesAfterAnyFaultAtAnyCall) { Sweep(SwapOperation()); }
TEST(FaultSweepTest, ReplacingNodesConvergesAfterAnyFaultAtAnyCall) { Sweep(RollOperation()); }
TEST(FaultSweepTest, DestroyConvergesAfterAnyFaultAtAnyCall) { Sweep(DestroyOperation()); }
TEST(FaultSweepTest, SelectiveDestroyConvergesAfterAnyFaultAtAnyCall) {
  Sweep(SelectiveDestroyOperation());
}

}  // namespace
}  // namespace kproto::testing
