// SPDX-License-Identifier: MPL-2.0
// Runner: walks the steps of a composite in the order of their needs, independent ones side by
// side, within a deadline, until done, stopped or failed. It has no memory of its own: what was
// done is in the model and in the world, and the next run finds it there.
#pragma once

#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/time/time.h"
#include "base/clock.h"
#include "provider/reconcile/step.h"

namespace kproto {

struct RunOptions {
  std::stop_token stop;
  absl::Duration timeout = absl::InfiniteDuration();  // of the whole operation
  std::string operation = "create";                   // for messages: create, update, delete
  std::string subject;                                // for messages: kproto_cluster "name"
};

// How a run ended. The status of the first failed step, annotated with what was not reached.
struct RunReport {
  absl::Status status;
  std::string failed_step;               // "" when ok
  std::vector<std::string> done;         // names, in the order they finished
  std::vector<std::string> not_reached;  // names, in the order of their needs
  // How long each step that was begun took, in wall time, by name.
  std::map<std::string, absl::Duration> durations;
};

// Steps as the runner takes them, which owns none.
std::vector<Step*> Pointers(const std::vector<std::unique_ptr<Step>>& steps);

// Thread-compatible; makes a thread for each step that runs. `clock` must outlive it.
class Runner {
 public:
  Runner(Clock& clock, RunOptions options) : clock_(clock), options_(std::move(options)) {}

  // Observe, Compare and, where something differs, Apply. A failed step stops what depends on it;
  // independent steps that are running are let finish, no new one is begun.
  RunReport Converge(const std::vector<Step*>& steps);
  // Observe and Remove, dependents first.
  RunReport Remove(const std::vector<Step*>& steps);
  // Observe only, all steps: for reading state back.
  RunReport Observe(const std::vector<Step*>& steps);

 private:
  enum class Direction { kForward, kBackward };
  using Action = absl::Status (Runner::*)(Step&, const StepContext&);

  RunReport Walk(const std::vector<Step*>& steps, Direction direction, Action action);
  absl::Status ConvergeStep(Step& step, const StepContext& context);
  absl::Status RemoveStep(Step& step, const StepContext& context);
  absl::Status ObserveStep(Step& step, const StepContext& context);

  Clock& clock_;
  RunOptions options_;
};

}  // namespace kproto
