// SPDX-License-Identifier: MPL-2.0
#include "provider/reconcile/runner.h"

#include <algorithm>
#include <condition_variable>
#include <functional>
#include <latch>
#include <mutex>
#include <thread>

#include "base/hint.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/status_matchers.h"

namespace kproto {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using testing::FakeClock;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::IsOk;
using ::testing::StartsWith;
using testing::StatusIs;
using ::testing::UnorderedElementsAre;

// What happened, in order, from all threads.
class Events {
 public:
  void Add(const std::string& event) {
    std::scoped_lock lock(mutex_);
    events_.push_back(event);
  }
  std::vector<std::string> all() const {
    std::scoped_lock lock(mutex_);
    return events_;
  }
  bool Before(const std::string& a, const std::string& b) const {
    const std::vector<std::string> events = all();
    const auto x = std::find(events.begin(), events.end(), a);
    const auto y = std::find(events.begin(), events.end(), b);
    return y != events.end() && x < y;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> events_;
};

// A step whose verbs do what the test says.
class TestStep : public Step {
 public:
  using Action = std::function<absl::Status(const StepContext&)>;

  TestStep(Events& events, std::string name, std::vector<absl::string_view> needs = {})
      : events_(events), name_(std::move(name)), needs_(std::move(needs)) {}

  absl::string_view name() const override { return name_; }
  std::vector<absl::string_view> needs() const override { return needs_; }
  absl::Duration deadline() const override { return limit; }
  absl::Status Observe(const StepContext& context) override {
    events_.Add("observe " + name_);
    return observe ? observe(context) : absl::OkStatus();
  }
  Difference Compare() const override { return difference; }
  absl::Status Apply(const StepContext& context) override {
    events_.Add("apply " + name_);
    return apply ? apply(context) : absl::OkStatus();
  }
  absl::Status Remove(const StepContext& context) override {
    events_.Add("remove " + name_);
    return remove ? remove(context) : absl::OkStatus();
  }

  Difference difference = Difference::Missing("test");
  absl::Duration limit = absl::InfiniteDuration();
  Action observe, apply, remove;

 private:
  Events& events_;
  std::string name_;
  std::vector<absl::string_view> needs_;
};

// Blocks until the stop token it was given is triggered.
absl::Status UntilStopped(const StepContext& context) {
  std::mutex mutex;
  std::unique_lock lock(mutex);
  std::condition_variable_any().wait(lock, context.stop, [] { return false; });
  return absl::CancelledError("stopped waiting for the thing");
}

class RunnerTest : public ::testing::Test {
 protected:
  Runner MakeRunner(absl::Duration timeout = absl::InfiniteDuration()) {
    return Runner(clock_, {stop_.get_token(), timeout, "create", "thing"});
  }

  FakeClock clock_;
  std::stop_source stop_;
  Events events_;
  TestStep base_{events_, "base"};
  TestStep left_{events_, "left", {"base"}};
  TestStep right_{events_, "right", {"base"}};
  TestStep top_{events_, "top", {"left", "right"}};
  const std::vector<Step*> diamond_ = {&top_, &right_, &left_, &base_};  // not in order of needs
};

TEST_F(RunnerTest, StepsRunAfterWhatTheyNeedWhateverTheListedOrder) {
  const RunReport report = MakeRunner().Converge(diamond_);
  EXPECT_THAT(report.status, IsOk());
  EXPECT_TRUE(events_.Before("apply base", "observe left"));
  EXPECT_TRUE(events_.Before("apply base", "observe right"));
  EXPECT_TRUE(events_.Before("apply left", "observe top"));
  EXPECT_TRUE(events_.Before("apply right", "observe top"));
  EXPECT_THAT(report.done, UnorderedElementsAre("base", "left", "right", "top"));
  EXPECT_EQ(report.done.front(), "base");
  EXPECT_EQ(report.done.back(), "top");
  EXPECT_THAT(report.not_reached, IsEmpty());
  EXPECT_EQ(report.failed_step, "");
}

TEST_F(RunnerTest, IndependentStepsRunSideBySide) {
  std::latch both(2);  // Neither passes before the other has come: one after the other would hang.
  left_.apply = right_.apply = [&](const StepContext&) {
    both.arrive_and_wait();
    return absl::OkStatus();
  };
  EXPECT_THAT(MakeRunner().Converge(diamond_).status, IsOk());
}

TEST_F(RunnerTest, StepsThatAreAsTheyShouldBeAreNotApplied) {
  left_.difference = Difference::None();
  right_.difference = Difference::Differs("count 1 -> 2");
  EXPECT_THAT(MakeRunner().Converge({&base_, &left_, &right_}).status, IsOk());
  EXPECT_THAT(events_.all(), UnorderedElementsAre("observe base", "apply base", "observe left",
                                                  "observe right", "apply right"));
}

TEST_F(RunnerTest, AFailedStepKeepsItsDependentsFromStarting) {
  base_.apply = [](const StepContext&) {
    return WithHint(absl::InvalidArgumentError("no such size"), "Choose another.");
  };
  const RunReport report = MakeRunner().Converge(diamond_);
  EXPECT_THAT(report.status, StatusIs(absl::StatusCode::kInvalidArgument, "base: no such size"));
  EXPECT_EQ(HintOf(report.status), "Choose another.");
  EXPECT_EQ(report.failed_step, "base");
  EXPECT_THAT(report.done, IsEmpty());
  EXPECT_THAT(report.not_reached, UnorderedElementsAre("left", "right", "top"));
  EXPECT_THAT(events_.all(), ElementsAre("observe base", "apply base"));
}

TEST_F(RunnerTest, AFailureLetsTheRunningFinishAndKeepsWhatTheyDid) {
  std::latch right_runs(1), left_failed(1);
  left_.apply = [&](const StepContext&) {
    right_runs.wait();
    left_failed.count_down();
    return absl::InternalError("broken");
  };
  right_.apply = [&](const StepContext& context) {
    right_runs.count_down();
    left_failed.wait();
    return context.stop.stop_requested() ? absl::CancelledError("stopped") : absl::OkStatus();
  };
  const RunReport report = MakeRunner().Converge(diamond_);
  EXPECT_THAT(report.status, StatusIs(absl::StatusCode::kInternal, "left: broken"));
  EXPECT_THAT(report.done, ElementsAre("base", "right"));
  EXPECT_THAT(report.not_reached, ElementsAre("top"));
}

TEST_F(RunnerTest, OfTwoFailuresOneIsReportedWhole) {
  std::latch both(2);
  left_.apply = right_.apply = [&](const StepContext&) {
    both.arrive_and_wait();
    return absl::InternalError("broken");
  };
  const RunReport report = MakeRunner().Converge(diamond_);
  EXPECT_THAT(report.failed_step, ::testing::AnyOf("left", "right"));
  EXPECT_THAT(report.status,
              StatusIs(absl::StatusCode::kInternal, report.failed_step + ": broken"));
  EXPECT_THAT(report.done, ElementsAre("base"));
  EXPECT_THAT(report.not_reached, ElementsAre("top"));
}

TEST_F(RunnerTest, RemovalGoesBackwards) {
  const RunReport report = MakeRunner().Remove({&base_, &left_, &right_, &top_});
  EXPECT_THAT(report.status, IsOk());
  EXPECT_TRUE(events_.Before("observe top", "remove top"));
  EXPECT_TRUE(events_.Before("remove top", "observe left"));
  EXPECT_TRUE(events_.Before("remove top", "observe right"));
  EXPECT_TRUE(events_.Before("remove left", "observe base"));
  EXPECT_TRUE(events_.Before("remove right", "observe base"));
  EXPECT_EQ(report.done.back(), "base");
}

TEST_F(RunnerTest, WhatADependentCannotLeaveIsNotPulledFromUnderIt) {
  top_.remove = [](const StepContext&) { return absl::AbortedError("still in use"); };
  const RunReport report = MakeRunner().Remove(diamond_);
  EXPECT_THAT(report.status, StatusIs(absl::StatusCode::kAborted, "top: still in use"));
  EXPECT_THAT(report.not_reached, UnorderedElementsAre("base", "left", "right"));
}

TEST_F(RunnerTest, ObservingChangesNothing) {
  EXPECT_THAT(MakeRunner().Observe(diamond_).status, IsOk());
  EXPECT_THAT(events_.all(),
              UnorderedElementsAre("observe base", "observe left", "observe right", "observe top"));
}

TEST_F(RunnerTest, AnObservationThatFailsIsNotFollowedByAChange) {
  base_.observe = [](const StepContext&) { return absl::UnavailableError("no answer"); };
  EXPECT_THAT(MakeRunner().Converge({&base_}).status,
              StatusIs(absl::StatusCode::kUnavailable, "base: no answer"));
  EXPECT_THAT(MakeRunner().Remove({&base_}).status, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_THAT(events_.all(), ElementsAre("observe base", "observe base"));
}

TEST_F(RunnerTest, AStopReachesTheRunningStepAndBeginsNoOther) {
  base_.apply = [&](const StepContext& context) {
    stop_.request_stop();
    return UntilStopped(context);
  };
  const RunReport report = MakeRunner().Converge(diamond_);
  EXPECT_THAT(report.status,
              StatusIs(absl::StatusCode::kCancelled, "base: stopped waiting for the thing"));
  EXPECT_THAT(report.not_reached, UnorderedElementsAre("left", "right", "top"));
}

TEST_F(RunnerTest, AStopBetweenStepsIsReportedAsAnInterruption) {
  base_.apply = [&](const StepContext&) {
    stop_.request_stop();
    return absl::OkStatus();  // Done all the same: it was past the point of no return.
  };
  const RunReport report = MakeRunner().Converge(diamond_);
  EXPECT_THAT(report.status, StatusIs(absl::StatusCode::kCancelled, "interrupted"));
  EXPECT_THAT(report.done, ElementsAre("base"));
  EXPECT_EQ(report.failed_step, "");
  EXPECT_THAT(report.not_reached, UnorderedElementsAre("left", "right", "top"));
}

TEST_F(RunnerTest, AStopAfterTheLastStepIsNoFailure) {
  top_.apply = [&](const StepContext&) {
    stop_.request_stop();
    return absl::OkStatus();
  };
  EXPECT_THAT(MakeRunner().Converge(diamond_).status, IsOk());
}

TEST_F(RunnerTest, NothingBeginsWhenStoppedBeforehand) {
  stop_.request_stop();
  const RunReport report = MakeRunner().Converge(diamond_);
  EXPECT_THAT(report.status, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_THAT(events_.all(), IsEmpty());
  EXPECT_EQ(report.not_reached.size(), 4u);
}

TEST_F(RunnerTest, TheDeadlineOfTheOperationEndsAWaitAndSaysSo) {
  base_.apply = [](const StepContext& context) {
    EXPECT_LT(context.deadline, absl::InfiniteFuture());
    absl::Status status = WithHint(UntilStopped(context), "Apply again.");
    status.SetPayload("test/mark", absl::Cord("kept"));
    return status;
  };
  const RunReport report = MakeRunner(absl::Seconds(1)).Converge(diamond_);
  EXPECT_THAT(report.status, StatusIs(absl::StatusCode::kDeadlineExceeded,
                                      AllOf(StartsWith("base: timed out after "),
                                            HasSubstr("stopped waiting for the thing"))));
  EXPECT_EQ(HintOf(report.status), "Apply again.");
  EXPECT_TRUE(report.status.GetPayload("test/mark").has_value());
  EXPECT_THAT(report.not_reached, UnorderedElementsAre("left", "right", "top"));
}

TEST_F(RunnerTest, TheDeadlineOfAStepEndsThatStepOnly) {
  left_.limit = absl::Milliseconds(20);
  left_.apply = UntilStopped;
  right_.apply = [](const StepContext& context) {
    EXPECT_EQ(context.deadline, absl::InfiniteFuture());
    return absl::OkStatus();
  };
  const RunReport report = MakeRunner().Converge(diamond_);
  EXPECT_THAT(report.status,
              StatusIs(absl::StatusCode::kDeadlineExceeded, StartsWith("left: timed out after")));
  EXPECT_THAT(report.done, ElementsAre("base", "right"));
  EXPECT_THAT(report.not_reached, ElementsAre("top"));
}

TEST_F(RunnerTest, AStepThatMindsItsDeadlineHasTimeLeftToSayWhy) {
  base_.apply = [](const StepContext& context) {
    EXPECT_LT(context.deadline, absl::Now() + absl::Minutes(2) - absl::Seconds(9));
    return absl::OkStatus();
  };
  left_.limit = absl::Seconds(3);
  left_.apply = [](const StepContext& context) {
    while (absl::Now() < context.deadline) {
      std::this_thread::yield();
    }
    return context.stop.stop_requested() ? absl::CancelledError("stopped while asking why")
                                         : absl::DeadlineExceededError("the pod is not scheduled");
  };
  EXPECT_THAT(
      MakeRunner(absl::Minutes(2)).Converge(diamond_).status,
      StatusIs(absl::StatusCode::kDeadlineExceeded,
               AllOf(StartsWith("left: timed out after"), HasSubstr("the pod is not scheduled"))));
}

TEST_F(RunnerTest, ARunWithoutStepsIsDone) {
  const RunReport report = MakeRunner(absl::Seconds(1)).Converge({});
  EXPECT_THAT(report.status, IsOk());
  EXPECT_THAT(report.not_reached, IsEmpty());
}

}  // namespace
}  // namespace kproto
