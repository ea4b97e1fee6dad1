// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/simulator.h"

#include <algorithm>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lab/digitalocean/admin.h"
#include "lab/digitalocean/inventory.h"
#include "lab/digitalocean/kinds.h"
#include "lab/digitalocean/projects.h"
#include "lab/digitalocean/vpcs.h"

namespace kproto::lab {
namespace {

constexpr absl::Duration kTick = absl::Milliseconds(50);

std::string Decode(absl::string_view text) {
  std::string decoded;
  for (size_t i = 0; i < text.size(); ++i) {
    int byte;
    if (text[i] == '%' && i + 2 < text.size() &&
        absl::SimpleHexAtoi(text.substr(i + 1, 2), &byte)) {
      decoded += static_cast<char>(byte);
      i += 2;
    } else {
      decoded += text[i] == '+' ? ' ' : text[i];
    }
  }
  return decoded;
}

// False when there is a body and it is no JSON.
bool Parse(const HttpRequest& http, const std::string& forced_error, ApiRequest* request) {
  const std::pair<absl::string_view, absl::string_view> halves =
      absl::StrSplit(http.target, absl::MaxSplits('?', 1));
  request->method = http.method;
  request->path = Decode(halves.first);
  request->origin = absl::StrCat("http://", http.Header("host"));
  request->forced_error = forced_error;
  for (absl::string_view pair : absl::StrSplit(halves.second, '&', absl::SkipEmpty())) {
    const std::pair<absl::string_view, absl::string_view> parts =
        absl::StrSplit(pair, absl::MaxSplits('=', 1));
    request->query.emplace(Decode(parts.first), Decode(parts.second));
  }
  if (!http.body.empty()) {
    request->body = Json::parse(http.body, nullptr, false);
  }
  return !request->body.is_discarded();
}

std::string Token(const HttpRequest& request) {
  const std::string header = request.Header("authorization");
  absl::string_view token = header;
  return absl::ConsumePrefix(&token, "Bearer ") ? std::string(token) : "";
}

// The first fault of these that decides the answer's fate; null when none does.
const Fault* Decisive(const std::vector<Fault>& faults) {
  for (const Fault& fault : faults) {
    if (fault.kind != Fault::Kind::kDelay && fault.kind != Fault::Kind::kErrorState) {
      return &fault;
    }
  }
  return nullptr;
}

ApiResponse FaultStatus(const Fault& fault) {
  ApiResponse response = Error(fault.status, fault.message);
  if (fault.retry_after > 0) {
    response.headers.emplace_back("retry-after", absl::StrCat(fault.retry_after));
  }
  return response;
}

// What becomes of an answer that was made.
void Spoil(const Fault& fault, HttpReply* reply) {
  switch (fault.kind) {
    case Fault::Kind::kDropAfter:
      reply->ending = HttpReply::Ending::kDropped;
      break;
    case Fault::Kind::kTruncate:
      reply->ending = HttpReply::Ending::kTruncated;
      break;
    case Fault::Kind::kSilence:
      reply->ending = HttpReply::Ending::kSilent;
      break;
    case Fault::Kind::kGarbage:
      // A refusal stays one: nobody could see through a success that did not happen.
      reply->status = reply->status < 400 ? 200 : reply->status;
      reply->body = "<html>this is not the JSON you are looking for";
      break;
    default:
      break;
  }
}

}  // namespace

absl::StatusOr<std::unique_ptr<Simulator>> Simulator::Create(const SimulatorOptions& options) {
  auto simulator = std::unique_ptr<Simulator>(new Simulator(options));
  absl::MutexLock lock(&simulator->mutex_);
  Cloud* cloud = &simulator->cloud_;
  if (absl::Status status = cloud->store.Open(options.state_path); !status.ok()) {
    return status;
  }
  SeedDefaultProject(cloud);
  if (options.vpcs == SimulatorOptions::Vpcs::kDefaultsExist) {
    SeedDefaultVpcs(cloud);
  }
  if (absl::Status status = cloud->store.Save(); !status.ok()) {
    return status;
  }
  if (options.ticker == SimulatorOptions::Ticker::kThread) {
    simulator->ticker_ = std::thread([simulator = simulator.get()] {
      while (true) {
        simulator->Tick();
        absl::MutexLock lock(&simulator->mutex_);
        if (simulator->mutex_.AwaitWithTimeout(absl::Condition(&simulator->stopping_), kTick)) {
          return;
        }
      }
    });
  }
  return simulator;
}

Simulator::Simulator(const SimulatorOptions& options)
    : cloud_(options),
      rate_limit_(&cloud_.time, options.requests_per_hour, options.requests_per_minute),
      driver_(&cloud_, &mutex_) {
  for (auto serve : {ServeAccount,
                     ServeRegions,
                     ServeSizes,
                     ServeKubernetesOptions,
                     ServeClusters,
                     ServeClusterAccess,
                     ServeClusterUpgrades,
                     ServeClusterExtras,
                     ServeAssociatedResources,
                     ServeNodePools,
                     ServeVpcs,
                     ServeVpcPeerings,
                     ServeNatGateways,
                     ServeFirewalls,
                     ServeLoadBalancers,
                     ServeVolumes,
                     ServeSnapshots,
                     ServeProjects,
                     ServeRegistries,
                     ServeClusterRegistries,
                     ServeTags,
                     ServeDroplets}) {
    serve(&cloud_, &api_);
  }
  ServeAdmin(&cloud_, &faults_, &calls_, &api_, &admin_);
}

Simulator::~Simulator() {
  {
    absl::MutexLock lock(&mutex_);
    stopping_ = true;
  }
  if (ticker_.joinable()) {
    ticker_.join();
  }
}

void Simulator::Advance() {
  AdvanceClusters(&cloud_);
  AdvanceLoadBalancers(&cloud_);
  AdvanceVpcPeerings(&cloud_);
  AdvanceNatGateways(&cloud_);
  AdvanceFirewalls(&cloud_);
  AdvanceVpcs(&cloud_);
}

void Simulator::Tick() {
  driver_.Tick();
  absl::MutexLock lock(&mutex_);
  Advance();
  cloud_.store.Save().IgnoreError();  // the next call's answer will say so
}

Json Simulator::Inventory() {
  absl::MutexLock lock(&mutex_);
  Advance();
  return lab::Inventory(&cloud_);
}

Simulator::Caller Simulator::Identify(const std::string& token) const {
  if (token.empty()) {
    return Caller::kStranger;
  }
  if (token == cloud_.options.controller_token) {
    return Caller::kController;
  }
  const auto& users = cloud_.options.user_tokens;
  return users.empty() || std::find(users.begin(), users.end(), token) != users.end()
             ? Caller::kUser
             : Caller::kStranger;
}

HttpReply Simulator::Reply(const ApiResponse& response) const {
  HttpReply reply;
  reply.status = response.status;
  reply.headers = response.headers;
  reply.headers.emplace_back("x-kproto-lab-time-factor", absl::StrCat(cloud_.time.factor()));
  if (const absl::Duration timeout = cloud_.options.request_timeout;
      timeout > absl::ZeroDuration()) {
    reply.headers.emplace_back("x-kproto-lab-request-timeout-ms",
                               absl::StrCat(absl::ToInt64Milliseconds(timeout)));
  }
  reply.body = response.text;
  if (reply.body.empty() && !response.body.is_null()) {
    reply.body = Dump(response.body);
  }
  if (!reply.body.empty()) {
    reply.headers.emplace_back("content-type", response.content_type);
  }
  return reply;
}

ApiResponse Simulator::Run(const Router& router, const HttpRequest& http,
                           const std::string& forced_error) {
  ApiRequest request;
  if (!Parse(http, forced_error, &request)) {
    return Error(400, "Unable to parse the request body as JSON");
  }
  absl::MutexLock lock(&mutex_);
  Advance();
  ApiResponse response = router.Route(&request);
  Advance();
  if (absl::Status status = cloud_.store.Save(); !status.ok()) {
    return Error(500, status.message());
  }
  return response;
}

HttpReply Simulator::Handle(const HttpRequest& request) {
  const std::string token = Token(request);
  const Caller caller = Identify(token);
  if (absl::StartsWith(request.target, "/lab/")) {
    return Reply(caller == Caller::kController
                     ? Run(admin_, request, "")
                     : Error(401, "The lab's own calls need the controller token."));
  }
  switch (caller) {
    case Caller::kStranger:
      return Reply(Error(401, "Unable to authenticate you"));
    case Caller::kController:
      return Reply(Run(api_, request, ""));
    case Caller::kUser:
      return HandleUser(request, token);
  }
  return Reply(Error(500, "no such caller"));
}

HttpReply Simulator::HandleUser(const HttpRequest& request, const std::string& token) {
  Call call{request.method, request.target, 0, cloud_.time.Now(), request.Header("user-agent"), ""};
  const std::string path = Decode(request.target.substr(0, request.target.find('?')));
  ApiResponse response;
  std::vector<Fault> faults;
  bool refused;
  {
    absl::MutexLock lock(&mutex_);
    refused = !rate_limit_.Take(token, &response);
  }
  if (!refused) {
    faults = faults_.Fire(request.method, path);
  }
  const Fault* fault = Decisive(faults);
  HttpReply reply;
  if (fault != nullptr && fault->kind == Fault::Kind::kDropBefore) {
    reply.ending = HttpReply::Ending::kDropped;
  } else if (fault != nullptr && fault->kind == Fault::Kind::kStatus) {
    reply = Reply(FaultStatus(*fault));
  } else {
    std::string forced_error;
    for (const Fault& each : faults) {
      forced_error = each.kind == Fault::Kind::kErrorState ? each.message : forced_error;
    }
    reply = Reply(refused ? response : Run(api_, request, forced_error));
    if (fault != nullptr) {
      Spoil(*fault, &reply);
    }
  }
  for (const Fault& each : faults) {
    reply.delay += each.kind == Fault::Kind::kDelay ? each.delay : absl::ZeroDuration();
    call.fault = each.id;
  }
  {
    absl::MutexLock lock(&mutex_);
    for (auto& header : rate_limit_.Headers(token)) {
      reply.headers.push_back(std::move(header));
    }
  }
  call.status = reply.ending == HttpReply::Ending::kComplete ? reply.status : 0;
  calls_.Add(std::move(call));
  return reply;
}

}  // namespace kproto::lab
