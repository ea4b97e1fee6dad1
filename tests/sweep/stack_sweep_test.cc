// SPDX-License-Identifier: MPL-2.0
// The fault sweep of kproto_monitoring_stack, in a real lab: create, update and destroy run once
// cleanly, and what the provider and its helm ask of the API server is recorded. Then they run
// again with one of these calls spoiled, each followed by a plain apply, which must end where the
// clean run ended: nothing doubled, released or orphaned, and an empty plan.
//
// A run takes half a minute, so a few cases stand for all: each kind of fault, on each kind of call
// of either caller. KPROTO_SWEEP=all (`make sweep`) runs every write with every fault and a sample
// of the reads; KPROTO_SWEEP_MINUTES ends that early.
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <set>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gtest/gtest.h"
#include "tests/sweep/stack_lab.h"

namespace kproto::testing {
namespace {

using Variant = StackLab::Variant;

// Polls are one call made many times.
constexpr int kOccurrencesSpoiled = 2;

struct Case {
  ApiCall call;
  ApiFault fault;
};

// A way from one variant to another, and what a clean run of it came to.
struct Operation {
  const char* name;
  Variant to;
  std::vector<ApiCall> calls = {};
  std::vector<std::string> holdings = {};
};

// What stands for all: of the calls of an operation by this caller and verb, the middle one.
struct Sample {
  const char* operation;
  const char* who;
  const char* method;
  ApiFault fault;
};
constexpr Sample kSamples[] = {{"create", "helm", "POST", ApiFault::kKillAfter},
                               {"destroy", "kproto", "DELETE", ApiFault::kKillBefore},
                               {"create", "kproto", "PATCH", ApiFault::kDropped},
                               {"destroy", "helm", "DELETE", ApiFault::kDropped},
                               {"update", "helm", "PATCH", ApiFault::kServerError},
                               {"update back", "kproto", "PATCH", ApiFault::kReset},
                               {"update", "kproto", "WATCH", ApiFault::kReset},
                               {"update back", "helm", "GET", ApiFault::kKillBefore}};

bool RunsAll() {
  const char* value = std::getenv("KPROTO_SWEEP");
  return value != nullptr && std::string(value) == "all";
}

absl::Time End() {
  const char* value = std::getenv("KPROTO_SWEEP_MINUTES");
  int minutes = 0;
  return value != nullptr && absl::SimpleAtoi(value, &minutes)
             ? absl::Now() + absl::Minutes(minutes)
             : absl::InfiniteFuture();
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

  // One spoiled run and what must mend it. False: what is there is not what the next case needs.
  bool Run(const Operation& operation, const Case& the_case) {
    const absl::Time start = absl::Now();
    lab_.api().Begin({{the_case.call, the_case.fault}}, [this] { KillProvider(); });
    const bool survived = lab_.host().Apply(lab_.Of(operation.to));
    const std::string first = lab_.host().said();
    lab_.host().End();
    const bool hit = lab_.api().left().empty();
    lab_.api().Begin({}, nullptr);
    const std::string wrong = Finish(operation);
    ++(!hit ? missed_ : survived ? survived_ : mended_);
    std::printf("%s: %s at %s: %s, %s\n", operation.name, Name(the_case.fault).c_str(),
                the_case.call.ToString().c_str(),
                !hit       ? "not made this time"
                : survived ? "went through"
                           : "needed a further apply",
                absl::FormatDuration(absl::Trunc(absl::Now() - start, absl::Seconds(1))).c_str());
    std::fflush(stdout);
    if (!wrong.empty()) {
      ADD_FAILURE() << operation.name << ", " << Name(the_case.fault) << " at "
                    << the_case.call.ToString() << ":\n"
                    << wrong << "The spoiled run " << (survived ? "went through" : "failed") << ": "
                    << first;
    }
    // One that a second apply mends is a finding like any other, and no reason to end a long run.
    return wrong.empty() || (RunsAll() && Finish(operation).empty());
  }

  // For any thread. A helm that outlives its provider for a moment must not have others killed.
  void KillProvider() {
    if (const pid_t pid = lab_.host().pid(); pid > 0) {
      kill(pid, SIGKILL);
    }
  }

  // A plain apply, and what is wrong after it; "" when it ended where a clean run ends.
  std::string Finish(const Operation& operation) {
    std::string wrong;
    if (!lab_.host().Apply(lab_.Of(operation.to))) {
      wrong = absl::StrCat("the next apply fails: ", lab_.host().said());
    }
    lab_.host().End();
    absl::StrAppend(&wrong, lab_.HoldingsDiffer(operation.holdings));
    const std::optional<int> changes = lab_.host().Plan(lab_.Of(operation.to));
    if (changes != 0) {
      absl::StrAppend(&wrong, "the next plan ", changes ? "is not empty" : "fails", ": ",
                      lab_.host().said());
    }
    lab_.host().End();
    return wrong;
  }

  StackLab lab_;
  Operation create_{"create", Variant::kFirst}, update_{"update", Variant::kSecond},
      back_{"update back", Variant::kFirst}, destroy_{"destroy", Variant::kNone};
  int survived_ = 0, mended_ = 0, missed_ = 0;
};

std::vector<Case> Samples(const Operation& operation) {
  std::vector<Case> cases;
  for (const Sample& sample : kSamples) {
    if (std::string(sample.operation) != operation.name) {
      continue;
    }
    std::vector<ApiCall> fitting;
    for (const ApiCall& call : operation.calls) {
      if (call.who == sample.who && call.method == sample.method && call.occurrence == 1) {
        fitting.push_back(call);
      }
    }
    EXPECT_FALSE(fitting.empty()) << operation.name << ": no " << sample.who << " "
                                  << sample.method;
    if (!fitting.empty()) {
      cases.push_back({fitting[fitting.size() / 2], sample.fault});
    }
  }
  return cases;
}

// Every write with every fault; of the reads the first of each kind, with what a read can suffer.
// In an order in which any beginning is a fair part of all.
std::vector<Case> All(const Operation& operation) {
  std::vector<Case> in_order;
  std::set<std::string> kinds;
  for (const ApiCall& call : operation.calls) {
    const bool first_of_kind = kinds.insert(call.Kind()).second;
    for (const ApiFault fault : kAllApiFaults) {
      const bool matters = call.writes() || (first_of_kind && fault != ApiFault::kDropped &&
                                             fault != ApiFault::kKillAfter);
      if (matters && call.occurrence <= kOccurrencesSpoiled) {
        in_order.push_back({call, fault});
      }
    }
  }
  std::vector<Case> cases;
  constexpr size_t kStride = 61;  // a prime; no number of cases is a multiple of it but by chance
  for (size_t first = 0; first < kStride; ++first) {
    for (size_t i = first; i < in_order.size(); i += kStride) {
      cases.push_back(in_order[i]);
    }
  }
  return cases;
}

TEST_F(StackSweepTest, ConvergesAfterAFaultAtACallOfTheApiServer) {
  const std::vector<std::string> nothing = lab_.Holdings();
  for (Operation* operation : {&create_, &update_, &back_, &destroy_}) {
    ASSERT_NO_FATAL_FAILURE(Record(*operation));
  }
  EXPECT_EQ(lab_.HoldingsDiffer(nothing), "");
  destroy_.holdings = nothing;
  const auto cases = RunsAll() ? &All : &Samples;
  const std::vector<Case> creates = cases(create_), destroys = cases(destroy_),
                          updates = cases(update_), backs = cases(back_);
  const absl::Time end = End();
  // What is made by one case is destroyed or changed by the next.
  const size_t rounds = std::max(creates.size(), destroys.size());
  const size_t changes = std::max(updates.size(), backs.size());
  const auto go = [&](const Operation& operation, const std::vector<Case>& all, size_t i) {
    return i < all.size() ? Run(operation, all[i]) : Finish(operation).empty();
  };
  size_t change = 0;
  bool well = true;
  for (size_t round = 0; well && round < rounds && absl::Now() < end; ++round) {
    well = go(create_, creates, round);
    for (; well && change * rounds < changes * (round + 1) && absl::Now() < end; ++change) {
      well = go(update_, updates, change) && go(back_, backs, change);
    }
    well = well && go(destroy_, destroys, round);
  }
  std::printf(
      "%zu, %zu, %zu and %zu cases; %d went through, %d needed a further apply, %d were "
      "calls that were not made\n",
      creates.size(), updates.size(), backs.size(), destroys.size(), survived_, mended_, missed_);
  EXPECT_TRUE(well);
  EXPECT_GT(mended_, 0);
  EXPECT_LE(missed_, survived_ + mended_);
}

}  // namespace
}  // namespace kproto::testing
