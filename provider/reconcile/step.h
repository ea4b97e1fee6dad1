// SPDX-License-Identifier: MPL-2.0
// Step: one thing that a composite resource makes and keeps: a VPC, a cluster, a Helm release. The
// runner walks steps for create, update, resume after a crash, drift and destroy alike, so a step
// never asks which of these is going on: it looks, compares, and does what is missing.
#pragma once

#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "base/clock.h"

namespace kproto {

// What the runner hands to a step for one call. `stop` is triggered by StopProvider and a little
// after the deadline, so that a wait which minds the deadline has time to find out why it was in
// vain; waits must end soon after.
struct StepContext {
  Clock& clock;
  std::stop_token stop;
  absl::Time deadline;
};

// What a step found out by comparing what shall be with what it observed.
struct Difference {
  enum class Kind { kNone, kMissing, kDiffers };
  Kind kind = Kind::kNone;
  std::string reason;  // for progress lines: "pool primary: count 3 -> 4"

  static Difference None() { return {}; }
  static Difference Missing(std::string reason) { return {Kind::kMissing, std::move(reason)}; }
  static Difference Differs(std::string reason) { return {Kind::kDiffers, std::move(reason)}; }
};

// Steps are used by one runner at a time; two steps of a runner may run at once, so what they share
// must be their own output or already finished.
class Step {
 public:
  virtual ~Step() = default;
  virtual absl::string_view name() const = 0;
  // Names of the steps that must have finished before this one is observed.
  virtual std::vector<absl::string_view> needs() const { return {}; }
  // Limit for this step alone, within the operation's.
  virtual absl::Duration deadline() const { return absl::InfiniteDuration(); }

  // Looks, by id or by ownership mark; reads only; remembers what it saw. "Not there" is no error.
  virtual absl::Status Observe(const StepContext& context) = 0;
  // Pure: what Apply would have to do about what was observed.
  virtual Difference Compare() const = 0;
  // Makes it so and waits until it is. Records ids in the model the moment they are known.
  virtual absl::Status Apply(const StepContext& context) = 0;
  // Observe was called before. Removes it and waits until it is gone; gone already is success.
  virtual absl::Status Remove(const StepContext& context) = 0;
};

}  // namespace kproto
