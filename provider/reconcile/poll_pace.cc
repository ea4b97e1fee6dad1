// SPDX-License-Identifier: MPL-2.0
#include "provider/reconcile/poll_pace.h"

#include <algorithm>
#include <random>
#include <utility>

namespace kproto {
namespace {

constexpr double kJittered = 0.2;  // the part of a wait that jitter may leave out

double RandomJitter() {
  thread_local std::minstd_rand generator{std::random_device{}()};
  return std::uniform_real_distribution<double>(0, 1)(generator);
}

}  // namespace

PollPace::PollPace(Clock& clock, std::function<double()> jitter)
    : clock_(clock), jitter_(jitter ? std::move(jitter) : &RandomJitter), begun_(clock.Now()) {}

absl::Duration PollPace::Next() {
  last_ = std::clamp(Passed() * kShare, kShortest, kLongest) * (1 - kJittered * jitter_());
  return last_;
}

absl::Duration PollPace::Passed() const { return (clock_.Now() - begun_) * clock_.factor(); }

absl::Time PollPace::FreshSince() const {
  return std::max(begun_, clock_.Now() - last_ / 4 / clock_.factor());
}

}  // namespace kproto
