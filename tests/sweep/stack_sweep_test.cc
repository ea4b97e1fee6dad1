// SPDX-License-Identifier: MPL-2.0
// The fault sweep of kproto_monitoring_stack, in a real lab: create, update and destroy run once
// cleanly, and what the provider and its helm ask of the API server is recorded. Then they run
// again with calls spoiled, and applied again until an apply meets no fault: that one must go
// through and end where the clean run ended: nothing doubled, released or orphaned, the same
// volumes, and an empty plan.
//
// `make test` spoils a sample of the calls. KPROTO_SWEEP=all (`make sweep`) spoils each write in
// each way, in about two hours; KPROTO_SWEEP=1/4 the first quarter of that, so that several may run
// side by side, and KPROTO_SWEEP_MINUTES ends it early; with KPROTO_SWEEP_LOGS, files with what
// earlier runs printed and colons between, it goes on from there. Several calls are spoiled in one
// go, since what an apply went through need not be gone through again; KPROTO_SWEEP_IN_ONE_GO=1 has
// each by itself, followed by a plain apply, in three times that.
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/sweep/api_cases.h"
#include "tests/sweep/earlier_runs.h"
#include "tests/sweep/stack_lab.h"

namespace kproto::testing {
namespace {

using Variant = StackLab::Variant;

// A way from one variant to another, and what a clean run of it came to.
struct Operation {
  const char* name;
  Variant from, to;
  std::vector<ApiCall> calls = {};
  std::vector<std::string> holdings = {};

  bool changes() const { return from != Variant::kNone && to != Variant::kNone; }
};

std::string Environment(const char* name) {
  const char* value = std::getenv(name);
  return value != nullptr ? value : "";
}

bool RunsAll() { return !Environment("KPROTO_SWEEP").empty(); }

size_t InOneGo() {
  size_t number = 0;
  return absl::SimpleAtoi(Environment("KPROTO_SWEEP_IN_ONE_GO"), &number) ? number : 12;
}

absl::Time End() {
  int minutes = 0;
  return absl::SimpleAtoi(Environment("KPROTO_SWEEP_MINUTES"), &minutes)
             ? absl::Now() + absl::Minutes(minutes)
             : absl::InfiniteFuture();
}

// All, or the part that is asked for, without what earlier runs have met.
std::vector<ApiFaults> CasesOf(const Operation& operation, const EarlierRuns& earlier) {
  const std::vector<ApiFaults> all =
      AllOf(operation.calls, InOneGo(), [&](const ApiCall& call, ApiFault fault) {
        return !earlier.Met(operation.name, call, fault);
      });
  size_t faults = 0;
  for (const ApiFaults& go : all) {
    faults += go.size();
  }
  std::printf("%s: %zu calls, %zu faults in %zu goes\n", operation.name, operation.calls.size(),
              faults, all.size());
  const std::pair<std::string, std::string> part =
      absl::StrSplit(Environment("KPROTO_SWEEP"), absl::MaxSplits('/', 1));
  size_t first = 0, of = 0;
  if (!absl::SimpleAtoi(part.first, &first) || !absl::SimpleAtoi(part.second, &of)) {
    return all;
  }
  std::vector<ApiFaults> ours;
  for (size_t i = first - 1; i < all.size(); i += of) {
    ours.push_back(all[i]);
  }
  return ours;
}

std::string ToString(const ApiFaults& faults) {
  return absl::StrJoin(faults, ", ", [](std::string* out, const auto& entry) {
    absl::StrAppend(out, Name(entry.second), " at ", entry.first.ToString());
  });
}

class StackSweepTest : public ::testing::Test {
 protected:
  void Record(Operation& operation) {
    lab_.api().Begin({}, nullptr);
    ASSERT_TRUE(lab_.host().Apply(lab_.Of(operation.to))) << lab_.host().said();
    lab_.host().End();
    operation.calls = lab_.api().calls();
    EXPECT_EQ(lab_.host().Plan(lab_.Of(operation.to)), 0) << lab_.host().said();
    lab_.host().End();
    operation.holdings = lab_.Holdings();
    ASSERT_GT(operation.calls.size(), 20u);
  }

  // The operation under these faults, applied until an apply goes through. False: what is there is
  // not what the next one needs.
  bool Suffer(const Operation& operation, ApiFaults faults) {
    const std::vector<std::string> claims = lab_.Claims();
    std::string history, wrong;
    for (bool through = false; !through && wrong.empty();) {
      ApiFaults met = faults;
      through = ApplySpoiled(operation, faults);
      std::erase_if(met, [&](const auto& entry) { return faults.contains(entry.first); });
      met_ += static_cast<int>(met.size());
      failed_ += through ? 0 : 1;
      const std::string said = lab_.host().said();
      if (!through && met.empty()) {
        wrong = absl::StrCat("an apply that meets no fault fails: ", said);
      }
      absl::StrAppend(&history, "an apply with ", met.empty() ? "no fault" : ToString(met),
                      through ? " went through: " : " failed: ", said, "\n");
    }
    missed_ += static_cast<int>(faults.size());
    lab_.api().Begin({}, nullptr);
    absl::StrAppend(&wrong, WhatIsWrong(operation));
    if (operation.changes() && lab_.Claims() != claims) {
      absl::StrAppend(&wrong, "volume claims were made anew\n");
    }
    if (!wrong.empty()) {
      ADD_FAILURE() << operation.name << ":\n" << wrong << history;
    }
    // One that a further apply mends is a finding like any other, and no reason to end a long run.
    return wrong.empty() || (RunsAll() && Go(operation));
  }

  // One apply. Of `faults` those are left that it does not meet.
  bool ApplySpoiled(const Operation& operation, ApiFaults& faults) {
    const absl::Time start = absl::Now();
    const ApiFaults before = faults;
    lab_.api().Begin(faults, [this] { KillProvider(); });
    const bool through = lab_.host().Apply(lab_.Of(operation.to));
    lab_.host().End();
    faults = lab_.api().left();
    std::printf("%s, %s, in %s:\n", operation.name, through ? "goes through" : "fails",
                absl::FormatDuration(absl::Trunc(absl::Now() - start, absl::Seconds(1))).c_str());
    for (const auto& [call, fault] : before) {
      if (!faults.contains(call)) {
        std::printf("  %s at %s\n", Name(fault).c_str(), call.ToString().c_str());
      }
    }
    std::fflush(stdout);
    return through;
  }

  // For any thread. A helm that outlives its provider for a moment must not have others killed.
  void KillProvider() {
    if (const pid_t pid = lab_.host().pid(); pid > 0) {
      kill(pid, SIGKILL);
    }
  }

  // "" when all is as after a clean run.
  std::string WhatIsWrong(const Operation& operation) {
    std::string wrong = lab_.HoldingsDiffer(operation.holdings);
    const std::optional<int> changes = lab_.host().Plan(lab_.Of(operation.to));
    if (changes != 0) {
      absl::StrAppend(&wrong, "the next plan ", changes ? "is not empty" : "fails", ": ",
                      lab_.host().said());
    }
    lab_.host().End();
    return wrong;
  }

  // The operation by itself.
  bool Go(const Operation& operation) {
    const bool through = lab_.host().Apply(lab_.Of(operation.to));
    lab_.host().End();
    return through && WhatIsWrong(operation).empty();
  }

  void SweepSamples();
  void SweepAll();

  StackLab lab_;
  const std::vector<std::string> nothing_ = lab_.Holdings();
  Operation create_{"create", Variant::kNone, Variant::kFirst},
      update_{"update", Variant::kFirst, Variant::kSecond},
      back_{"update back", Variant::kSecond, Variant::kFirst},
      destroy_{"destroy", Variant::kFirst, Variant::kNone};
  int met_ = 0, failed_ = 0, missed_ = 0;
};

void StackSweepTest::SweepSamples() {
  // From the variant with more to the one with less, so that the update has something to delete.
  Operation create = {"create", Variant::kNone, Variant::kSecond};
  for (Operation* operation : {&create, &back_, &destroy_}) {
    ASSERT_NO_FATAL_FAILURE(Record(*operation));
  }
  const ApiFaults silent = RefusedDeletesOfHelm(back_.calls);
  EXPECT_FALSE(silent.empty());
  ASSERT_EQ(lab_.HoldingsDiffer(nothing_), "");
  destroy_.holdings = nothing_;
  int turn = 0;
  for (const Operation* operation : {&create, &back_, &destroy_}) {
    ApiFaults faults = SampleOf(operation->calls, turn);
    if (operation->changes()) {
      faults.insert(silent.begin(), silent.end());
    }
    ASSERT_TRUE(Suffer(*operation, std::move(faults)));
    turn += 2;
  }
  EXPECT_LE(3 * missed_, met_);
}

void StackSweepTest::SweepAll() {
  for (Operation* operation : {&create_, &update_, &back_, &destroy_}) {
    ASSERT_NO_FATAL_FAILURE(Record(*operation));
  }
  ASSERT_EQ(lab_.HoldingsDiffer(nothing_), "");
  destroy_.holdings = nothing_;
  const EarlierRuns earlier(Environment("KPROTO_SWEEP_LOGS"));
  const auto creates = CasesOf(create_, earlier), updates = CasesOf(update_, earlier),
             backs = CasesOf(back_, earlier), destroys = CasesOf(destroy_, earlier);
  // What is made by one case is changed or destroyed by the next.
  const size_t rounds = std::max(creates.size(), destroys.size());
  const size_t changes = std::max(updates.size(), backs.size());
  const auto go = [&](const Operation& operation, const std::vector<ApiFaults>& all, size_t i) {
    return i < all.size() ? Suffer(operation, all[i]) : Go(operation);
  };
  const absl::Time end = End();
  size_t round = 0, change = 0;
  for (; round < rounds && absl::Now() < end; ++round) {
    ASSERT_TRUE(go(create_, creates, round));
    for (; change * rounds < changes * (round + 1) && absl::Now() < end; ++change) {
      ASSERT_TRUE(go(update_, updates, change) && go(back_, backs, change));
    }
    ASSERT_TRUE(go(destroy_, destroys, round));
  }
  std::printf("%zu of %zu creates and destroys, %zu of %zu changes there and back\n", round, rounds,
              change, changes);
}

TEST_F(StackSweepTest, ConvergesAfterAFaultAtACallOfTheApiServer) {
  RunsAll() ? SweepAll() : SweepSamples();
  std::printf("%d faults met, %d applies failed; %d calls were not made when they were to fail\n",
              met_, failed_, missed_);
  EXPECT_GT(met_, 0);
  EXPECT_GT(failed_, 0);
}

}  // namespace
}  // namespace kproto::testing
