// SPDX-License-Identifier: MPL-2.0
// FaultyCloud: a simulated account behind a port of its own that keeps a record of the calls made
// to it and spoils exactly one of them, chosen by what it is and how often it was made before.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "lab/digitalocean/http_server.h"
#include "lab/digitalocean/simulator.h"

namespace kproto::testing {

enum class FaultKind {
  kTooManyRequests,  // 429 with Retry-After
  kServerError,      // 500
  kBadGateway,       // 502
  kReset,            // connection closed, nothing done
  kDropped,          // done, then the connection is closed without an answer
  kSilence,          // done, and no answer ever comes
  kGarbage,          // done, answered with 200 and no JSON
  kTruncated,        // done, the answer ends in its middle
  kErrorState,       // the cluster falls into state "error"
  kKillBefore,       // kill -9 of the provider, nothing done
  kKillAfter,        // done, then kill -9 of the provider
  kInterrupt,        // Ctrl-C while it is under way
};
inline constexpr FaultKind kAllFaultKinds[] = {
    FaultKind::kTooManyRequests, FaultKind::kServerError, FaultKind::kBadGateway,
    FaultKind::kReset,           FaultKind::kDropped,     FaultKind::kSilence,
    FaultKind::kGarbage,         FaultKind::kTruncated,   FaultKind::kErrorState,
    FaultKind::kKillBefore,      FaultKind::kKillAfter,   FaultKind::kInterrupt};
std::string Name(FaultKind kind);

// A call as it is known from one run to the next, ids left out, and which of its kind it is: polls
// are the same call many times.
struct SweptCall {
  std::string call;  // "GET /v2/kubernetes/clusters/{id}"
  int occurrence = 1;
  bool operator==(const SweptCall&) const = default;
};

class FaultyCloud {
 public:
  // `state_path`: the simulator's state; one that is there is gone on with.
  FaultyCloud(const std::string& state_path, double time_factor);

  std::string url() const { return url_; }
  lab::Simulator& simulator() { return *simulator_; }

  // The calls from here on are recorded, occurrences counted anew, and the one that is `call` meets
  // the fault. `kill` and `interrupt` do that to the provider.
  void Arm(const SweptCall& call, FaultKind kind, std::function<void()> kill,
           std::function<void()> interrupt);
  void Record();
  // What was recorded.
  std::vector<SweptCall> calls() const;
  // Whether the fault has met its call.
  bool hit() const;
  // Nothing is spoiled any more.
  void Disarm();

  // A call of a bystander's, neither recorded nor spoiled.
  lab::Json Call(const std::string& method, const std::string& path, const lab::Json& body = {});
  // Puts every cluster that is not going into this state.
  void SetStates(const std::string& state);
  // Mends every cluster, and returns when what they were at is done.
  void Mend();

 private:
  lab::HttpReply Handle(const lab::HttpRequest& request);
  lab::HttpReply Spoil(const lab::HttpRequest& request, FaultKind kind);

  std::unique_ptr<lab::Simulator> simulator_;
  std::string url_;

  mutable std::mutex mutex_;
  std::vector<SweptCall> calls_;
  std::map<std::string, int> seen_;
  SweptCall target_;
  FaultKind kind_ = FaultKind::kServerError;  // changes only while the provider is idle
  std::function<void()> kill_, interrupt_;
  bool armed_ = false, hit_ = false;

  std::unique_ptr<lab::HttpServer> server_;  // ends before what its threads use
};

}  // namespace kproto::testing
