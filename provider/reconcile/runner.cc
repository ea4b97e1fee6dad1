// SPDX-License-Identifier: MPL-2.0
#include "provider/reconcile/runner.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "absl/strings/cord.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"

namespace kproto {
namespace {

// Of the time of a step, what is kept for asking why it was not enough.
constexpr absl::Duration kTimeToExplain = absl::Seconds(10);

// Who waits for whom. Backwards, dependents come first.
class Graph {
 public:
  Graph(const std::vector<Step*>& steps, bool backward) {
    for (Step* step : steps) {
      waits_for_[step];
    }
    for (Step* step : steps) {
      for (absl::string_view need : step->needs()) {
        for (Step* other : steps) {
          if (other->name() == need) {
            waits_for_[backward ? other : step].insert(backward ? step : other);
          }
        }
      }
    }
  }
  bool Ready(Step* step, const std::set<Step*>& done) const {
    const std::set<Step*>& needed = waits_for_.at(step);
    return std::includes(done.begin(), done.end(), needed.begin(), needed.end());
  }

 private:
  std::map<Step*, std::set<Step*>> waits_for_;
};

// The same error with its advice, path and marks under another code.
absl::Status WithCode(absl::StatusCode code, const absl::Status& status) {
  absl::Status changed(code, status.message());
  status.ForEachPayload(
      [&](absl::string_view url, const absl::Cord& payload) { changed.SetPayload(url, payload); });
  return changed;
}

// Triggers a stop source when the host stops us or the deadline passes.
class Limit {
 public:
  Limit(std::stop_token outer, absl::Time deadline)
      : relay_(outer, [this] { source_.request_stop(); }) {
    if (deadline < absl::InfiniteFuture()) {
      timer_ = std::jthread([this, deadline](std::stop_token done) {
        std::mutex mutex;
        std::unique_lock lock(mutex);
        std::condition_variable_any().wait_until(lock, done, absl::ToChronoTime(deadline),
                                                 [] { return false; });
        if (!done.stop_requested()) {
          passed_ = true;
          source_.request_stop();
        }
      });
    }
  }
  std::stop_token token() const { return source_.get_token(); }
  bool passed() const { return passed_; }

 private:
  std::stop_source source_;
  std::atomic<bool> passed_ = false;
  std::stop_callback<std::function<void()>> relay_;
  std::jthread timer_;
};

}  // namespace

absl::Status Runner::ObserveStep(Step& step, const StepContext& context) {
  return step.Observe(context);
}

absl::Status Runner::ConvergeStep(Step& step, const StepContext& context) {
  KPROTO_RETURN_IF_ERROR(step.Observe(context));
  const Difference difference = step.Compare();
  if (difference.kind == Difference::Kind::kNone) {
    return absl::OkStatus();
  }
  Log(LogLevel::kInfo, "step needed",
      {{"subject", options_.subject},
       {"step", std::string(step.name())},
       {"reason", difference.reason}});
  return step.Apply(context);
}

absl::Status Runner::RemoveStep(Step& step, const StepContext& context) {
  KPROTO_RETURN_IF_ERROR(step.Observe(context));
  return step.Remove(context);
}

RunReport Runner::Converge(const std::vector<Step*>& steps) {
  return Walk(steps, Direction::kForward, &Runner::ConvergeStep);
}

RunReport Runner::Remove(const std::vector<Step*>& steps) {
  return Walk(steps, Direction::kBackward, &Runner::RemoveStep);
}

RunReport Runner::Observe(const std::vector<Step*>& steps) {
  return Walk(steps, Direction::kForward, &Runner::ObserveStep);
}

RunReport Runner::Walk(const std::vector<Step*>& steps, Direction direction, Action action) {
  const Graph graph(steps, direction == Direction::kBackward);
  const absl::Time deadline = absl::Now() + options_.timeout;
  Limit limit(options_.stop, deadline);
  RunReport report;
  std::mutex mutex;
  std::condition_variable changed;
  std::set<Step*> begun, done;
  size_t running = 0;

  auto run_one = [&](Step* step) {
    const absl::Time start = absl::Now();
    const absl::Time end = std::min(deadline, start + step->deadline());
    const absl::Time step_deadline = end - std::min(kTimeToExplain, (end - start) / 10);
    Limit step_limit(limit.token(), end);
    absl::Status status = (this->*action)(*step, {clock_, step_limit.token(), step_deadline});
    const bool late = absl::IsDeadlineExceeded(status) && absl::Now() >= step_deadline;
    if (!status.ok() && (late || step_limit.passed() || limit.passed())) {
      // The step may only know that it was stopped; a person wants to know that time ran out.
      const absl::Duration taken = absl::Trunc(absl::Now() - start, absl::Seconds(1));
      status =
          WithCode(absl::StatusCode::kDeadlineExceeded,
                   Annotate(status, absl::StrCat("timed out after ", absl::FormatDuration(taken))));
    }
    Log(LogLevel::kInfo, status.ok() ? "step done" : "step failed",
        {{"subject", options_.subject},
         {"step", std::string(step->name())},
         {"operation", options_.operation},
         {"duration", absl::FormatDuration(absl::Now() - start)},
         {"error", std::string(status.message())}});
    std::lock_guard lock(mutex);
    --running;
    report.durations[std::string(step->name())] = absl::Now() - start;
    if (status.ok()) {
      done.insert(step);
      report.done.emplace_back(step->name());
    } else if (report.status.ok()) {
      report.status = Annotate(status, step->name());
      report.failed_step = std::string(step->name());
    }
    changed.notify_all();
  };

  {
    std::vector<std::jthread> threads;
    std::unique_lock lock(mutex);
    while (true) {
      if (report.status.ok() && !limit.token().stop_requested()) {
        for (Step* step : steps) {
          if (begun.count(step) == 0 && graph.Ready(step, done)) {
            begun.insert(step);
            ++running;
            threads.emplace_back(run_one, step);
          }
        }
      }
      if (running == 0) {
        break;
      }
      changed.wait(lock);
    }
    lock.unlock();
  }
  for (Step* step : steps) {
    if (begun.count(step) == 0) {
      report.not_reached.emplace_back(step->name());
    }
  }
  if (report.status.ok() && !report.not_reached.empty()) {
    report.status = limit.passed() ? absl::DeadlineExceededError("the operation timed out")
                                   : absl::CancelledError("interrupted");
  }
  return report;
}

std::vector<Step*> Pointers(const std::vector<std::unique_ptr<Step>>& steps) {
  std::vector<Step*> pointers;
  for (const std::unique_ptr<Step>& step : steps) {
    pointers.push_back(step.get());
  }
  return pointers;
}

}  // namespace kproto
