// SPDX-License-Identifier: MPL-2.0
#include "tests/sweep/faulty_cloud.h"

#include <algorithm>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "gtest/gtest.h"

namespace kproto::testing {
namespace {

constexpr char kController[] = "controller";
// Long enough for a busy machine to answer what it means to answer.
constexpr absl::Duration kPatience = absl::Seconds(1);

std::string PathOf(const lab::HttpRequest& request) {
  return request.target.substr(0, request.target.find('?'));
}

// The call with every id in its path replaced: ids are long and have a digit.
std::string Known(const lab::HttpRequest& request) {
  std::vector<std::string> segments = absl::StrSplit(PathOf(request), '/');
  for (std::string& segment : segments) {
    if (segment.size() >= 20 && segment.find_first_of("0123456789") != std::string::npos) {
      segment = "{id}";
    }
  }
  return absl::StrCat(request.method, " ", absl::StrJoin(segments, "/"));
}

lab::HttpRequest Authorized(const std::string& method, const std::string& path,
                            const lab::Json& body, const std::string& token) {
  lab::HttpRequest request{method, path, {{"authorization", "Bearer " + token}}, ""};
  if (!body.is_null()) {
    request.body = body.dump();
  }
  return request;
}

lab::HttpReply Gone() {
  lab::HttpReply reply;
  reply.ending = lab::HttpReply::Ending::kDropped;
  return reply;
}

}  // namespace

std::string Name(FaultKind kind) {
  switch (kind) {
    case FaultKind::kTooManyRequests:
      return "429";
    case FaultKind::kServerError:
      return "500";
    case FaultKind::kBadGateway:
      return "502";
    case FaultKind::kReset:
      return "connection reset";
    case FaultKind::kDropped:
      return "answer dropped";
    case FaultKind::kSilence:
      return "silence";
    case FaultKind::kGarbage:
      return "garbage";
    case FaultKind::kTruncated:
      return "truncated";
    case FaultKind::kErrorState:
      return "error state";
    case FaultKind::kKillBefore:
      return "kill -9 before";
    case FaultKind::kKillAfter:
      return "kill -9 after";
    case FaultKind::kInterrupt:
      return "Ctrl-C";
  }
  return "?";
}

FaultyCloud::FaultyCloud(const std::string& state_path, double time_factor) {
  lab::SimulatorOptions options;
  options.state_path = state_path;
  options.time_factor = time_factor;
  options.controller_token = kController;
  options.ticker = lab::SimulatorOptions::Ticker::kManual;  // every call moves things on
  options.request_timeout = kPatience;
  auto simulator = lab::Simulator::Create(options);
  EXPECT_TRUE(simulator.ok()) << simulator.status();
  simulator_ = *std::move(simulator);
  server_ = std::make_unique<lab::HttpServer>(
      [this](const lab::HttpRequest& request) { return Handle(request); });
  const absl::StatusOr<int> port = server_->Start(0);
  EXPECT_TRUE(port.ok()) << port.status();
  url_ = absl::StrCat("http://127.0.0.1:", port.value_or(0));
}

void FaultyCloud::Record() {
  std::lock_guard lock(mutex_);
  calls_.clear();
  seen_.clear();
  armed_ = hit_ = false;
}

void FaultyCloud::Arm(const SweptCall& call, FaultKind kind, std::function<void()> kill,
                      std::function<void()> interrupt) {
  Record();
  std::lock_guard lock(mutex_);
  target_ = call;
  kind_ = kind;
  kill_ = std::move(kill);
  interrupt_ = std::move(interrupt);
  armed_ = true;
}

void FaultyCloud::Disarm() {
  std::lock_guard lock(mutex_);
  armed_ = false;
  simulator_->faults().Clear();
}

std::vector<SweptCall> FaultyCloud::calls() const {
  std::lock_guard lock(mutex_);
  return calls_;
}

bool FaultyCloud::hit() const {
  std::lock_guard lock(mutex_);
  return hit_;
}

lab::HttpReply FaultyCloud::Handle(const lab::HttpRequest& request) {
  bool spoil = false;
  {
    std::lock_guard lock(mutex_);
    SweptCall call{Known(request), 0};
    call.occurrence = ++seen_[call.call];
    spoil = armed_ && call == target_;
    armed_ = armed_ && !spoil;
    hit_ = hit_ || spoil;
    calls_.push_back(std::move(call));
  }
  return spoil ? Spoil(request, kind_) : simulator_->Handle(request);
}

lab::HttpReply FaultyCloud::Spoil(const lab::HttpRequest& request, FaultKind kind) {
  lab::Fault fault{.method = request.method, .path = PathOf(request), .message = "injected fault"};
  switch (kind) {
    case FaultKind::kKillBefore:
      kill_();
      return Gone();
    case FaultKind::kKillAfter:
      simulator_->Handle(request);
      kill_();
      return Gone();
    case FaultKind::kInterrupt:
      interrupt_();
      return simulator_->Handle(request);
    case FaultKind::kTooManyRequests:
      fault.status = 429;
      fault.retry_after = 2;
      break;
    case FaultKind::kServerError:
      fault.status = 500;
      break;
    case FaultKind::kBadGateway:
      fault.status = 502;
      break;
    case FaultKind::kReset:
      fault.kind = lab::Fault::Kind::kDropBefore;
      break;
    case FaultKind::kDropped:
      fault.kind = lab::Fault::Kind::kDropAfter;
      break;
    case FaultKind::kSilence:
      fault.kind = lab::Fault::Kind::kSilence;
      break;
    case FaultKind::kGarbage:
      fault.kind = lab::Fault::Kind::kGarbage;
      break;
    case FaultKind::kTruncated:
      fault.kind = lab::Fault::Kind::kTruncate;
      break;
    case FaultKind::kErrorState:
      if (request.method != "POST" || PathOf(request) != "/v2/kubernetes/clusters") {
        SetStates("error");
        return simulator_->Handle(request);
      }
      fault.kind = lab::Fault::Kind::kErrorState;
      break;
  }
  simulator_->faults().Add(fault);
  return simulator_->Handle(request);
}

lab::Json FaultyCloud::Call(const std::string& method, const std::string& path,
                            const lab::Json& body) {
  const std::string token = path.rfind("/lab/", 0) == 0 ? kController : "bystander";
  const lab::HttpReply reply = simulator_->Handle(Authorized(method, path, body, token));
  return reply.body.empty() ? lab::Json() : lab::Json::parse(reply.body, nullptr, false);
}

void FaultyCloud::SetStates(const std::string& state) {
  const lab::Json inventory = simulator_->Inventory();
  for (const lab::Json& cluster : inventory["clusters"]) {
    const std::string now = lab::StringField(cluster, "state");
    if (now != "deleting" && now != state) {
      Call("POST", absl::StrCat("/lab/clusters/", lab::StringField(cluster, "id"), "/state"),
           {{"state", state}, {"message", "injected fault"}});
    }
  }
}

void FaultyCloud::Mend() {
  SetStates("running");
  const auto busy = [this] {
    const lab::Json inventory = simulator_->Inventory();
    return std::any_of(
        inventory["clusters"].begin(), inventory["clusters"].end(),
        [](const lab::Json& cluster) { return lab::StringField(cluster, "state") == "upgrading"; });
  };
  while (busy()) {
    std::this_thread::yield();
  }
}

}  // namespace kproto::testing
