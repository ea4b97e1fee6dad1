// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/faults.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"

namespace kproto::lab {
namespace {

constexpr std::pair<Fault::Kind, const char*> kKinds[] = {
    {Fault::Kind::kStatus, "status"},        {Fault::Kind::kDropBefore, "drop_before"},
    {Fault::Kind::kDropAfter, "drop_after"}, {Fault::Kind::kDelay, "delay"},
    {Fault::Kind::kGarbage, "garbage"},      {Fault::Kind::kTruncate, "truncate"},
    {Fault::Kind::kSilence, "silence"},      {Fault::Kind::kErrorState, "error_state"}};

bool PathMatches(const std::string& pattern, const std::string& path) {
  const std::vector<std::string> wanted = absl::StrSplit(pattern, '/', absl::SkipEmpty());
  const std::vector<std::string> given = absl::StrSplit(path, '/', absl::SkipEmpty());
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] == "**") {
      return true;
    }
    if (i >= given.size() || (wanted[i] != "*" && wanted[i] != given[i])) {
      return false;
    }
  }
  return wanted.size() == given.size();
}

}  // namespace

Json Fault::ToJson() const {
  Json json = {{"id", id},
               {"method", method},
               {"path", path},
               {"status", status},
               {"message", message},
               {"retry_after", retry_after},
               {"delay_ms", absl::ToInt64Milliseconds(delay)},
               {"skip", skip},
               {"times", times},
               {"fired", fired}};
  for (const auto& [its, name] : kKinds) {
    if (its == kind) {
      json["kind"] = name;
    }
  }
  return json;
}

absl::StatusOr<Fault> Fault::FromJson(const Json& json) {
  Fault fault;
  fault.method = StringField(json, "method", "*");
  fault.path = StringField(json, "path");
  const std::string wanted = StringField(json, "kind");
  bool known = false;
  for (const auto& [kind, name] : kKinds) {
    if (wanted == name) {
      fault.kind = kind;
      known = true;
    }
  }
  if (!known) {
    return absl::InvalidArgumentError(absl::StrCat(
        "kind \"", wanted, "\" is none of status, drop_before, drop_after, delay, garbage, ",
        "truncate, silence, error_state"));
  }
  if (fault.path.empty()) {
    return absl::InvalidArgumentError("path is missing, for example /v2/kubernetes/clusters/*");
  }
  fault.status = static_cast<int>(std::clamp<int64_t>(IntField(json, "status", 500), 100, 599));
  fault.message = StringField(json, "message", "injected fault");
  fault.retry_after = IntField(json, "retry_after");
  fault.delay = absl::Milliseconds(IntField(json, "delay_ms"));
  fault.skip = IntField(json, "skip");
  fault.times = IntField(json, "times", 1);
  return fault;
}

std::string FaultPlan::Add(Fault fault) {
  absl::MutexLock lock(&mutex_);
  fault.id = absl::StrCat(next_++);
  fault.fired = 0;
  faults_.push_back(std::move(fault));
  return faults_.back().id;
}

bool FaultPlan::Remove(const std::string& id) {
  absl::MutexLock lock(&mutex_);
  const auto it = std::find_if(faults_.begin(), faults_.end(),
                               [&](const Fault& fault) { return fault.id == id; });
  if (it == faults_.end()) {
    return false;
  }
  faults_.erase(it);
  return true;
}

void FaultPlan::Clear() {
  absl::MutexLock lock(&mutex_);
  faults_.clear();
}

std::vector<Fault> FaultPlan::List() const {
  absl::MutexLock lock(&mutex_);
  return faults_;
}

std::vector<Fault> FaultPlan::Fire(const std::string& method, const std::string& path) {
  std::vector<Fault> hits;
  absl::MutexLock lock(&mutex_);
  for (Fault& fault : faults_) {
    if ((fault.method != "*" && fault.method != method) || !PathMatches(fault.path, path)) {
      continue;
    }
    if (fault.skip > 0) {
      --fault.skip;
    } else if (fault.times < 0 || fault.fired < fault.times) {
      ++fault.fired;
      hits.push_back(fault);
    }
  }
  return hits;
}

}  // namespace kproto::lab
