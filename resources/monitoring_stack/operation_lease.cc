// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/operation_lease.h"

#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <optional>
#include <vector>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/random.h"
#include "base/status_macros.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::Json;
using kubernetes::StringAt;

constexpr absl::Duration kDuration = absl::Seconds(30);
constexpr std::chrono::seconds kRenewal(10);
constexpr absl::Duration kPoll = absl::Seconds(2);
// Losing the race for a free Lease this often means that the API server refuses us.
constexpr int kTries = 5;

std::string HostName() {
  char name[256] = "";
  gethostname(name, sizeof name - 1);
  return name;
}

// metav1.MicroTime.
std::string Now() {
  return absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone());
}

// Whether the holder was a process of this machine that is no more.
bool HolderIsDead(const std::string& identity) {
  const std::vector<std::string> parts = absl::StrSplit(identity, '_');
  pid_t pid = 0;
  return parts.size() == 3 && parts[0] == HostName() && absl::SimpleAtoi(parts[1], &pid) &&
         pid > 0 && kill(pid, 0) != 0 && errno == ESRCH;
}

absl::StatusOr<Json> Existing(kubernetes::Kubernetes& kubernetes, const kubernetes::ObjectKey& key,
                              const kubernetes::Call& call) {
  KPROTO_ASSIGN_OR_RETURN(std::optional<Json> there, kubernetes.Get(key, call));
  if (there) {
    return *std::move(there);
  }
  // Without a holder: taking it is the next step, for everyone who sees it.
  return kubernetes.Apply({{"apiVersion", key.api_version},
                           {"kind", key.kind},
                           {"metadata", {{"name", key.name}, {"namespace", key.ns}}}},
                          kubernetes::Conflicts::kForce, call);
}

// Only if nobody has written to it since it was read.
absl::Status Claim(kubernetes::Kubernetes& kubernetes, const kubernetes::ObjectKey& key,
                   const Json& seen, const std::string& identity, const kubernetes::Call& call) {
  const std::string now = Now();
  const Json patch = Json::array({{{"op", "test"},
                                   {"path", "/metadata/resourceVersion"},
                                   {"value", StringAt(seen, "/metadata/resourceVersion")}},
                                  {{"op", "add"},
                                   {"path", "/spec"},
                                   {"value",
                                    {{"holderIdentity", identity},
                                     {"leaseDurationSeconds", absl::ToInt64Seconds(kDuration)},
                                     {"acquireTime", now},
                                     {"renewTime", now}}}}});
  return kubernetes.Patch(key, kubernetes::PatchType::kJson, patch, call).status();
}

absl::Status AtWork(const std::string& ns, const Json& lease) {
  return WithHint(absl::AbortedError(absl::StrCat(
                      "another operation is at work on the monitoring stack in namespace ", ns,
                      ": ", StringAt(lease, "/spec/holderIdentity"), " (host, process), since ",
                      StringAt(lease, "/spec/acquireTime"))),
                  "Wait until it has ended and apply again. If it was killed on another machine, "
                  "its claim runs "
                  "out within half a minute.");
}

}  // namespace

std::string NewHolderIdentity() {
  return absl::StrCat(HostName(), "_", getpid(), "_", RandomHex(4));
}

absl::StatusOr<std::unique_ptr<OperationLease>> OperationLease::Take(
    std::shared_ptr<kubernetes::Kubernetes> kubernetes, const std::string& ns, Clock& clock,
    const kubernetes::Call& call) {
  const kubernetes::ObjectKey key = {"coordination.k8s.io/v1", "Lease", "kube-system",
                                     absl::StrCat("kproto-monitoring-stack-", ns)};
  const std::string identity = NewHolderIdentity();
  std::string renewed;  // as first seen: one that changes has a holder who lives
  absl::Time since;
  for (int tries = 0; tries < kTries;) {
    absl::StatusOr<Json> lease = Existing(*kubernetes, key, call);
    if (absl::IsPermissionDenied(lease.status())) {
      Log(LogLevel::kWarn, "these credentials may not hold a Lease: nobody else is kept out");
      return nullptr;
    }
    KPROTO_RETURN_IF_ERROR(lease.status());
    const std::string holder = StringAt(*lease, "/spec/holderIdentity");
    const std::string renewal = StringAt(*lease, "/spec/renewTime");
    if (renewed.empty()) {
      renewed = renewal;
      since = clock.Now();
    }
    const bool free = holder.empty() || HolderIsDead(holder) || clock.Now() - since >= kDuration;
    if (!free && renewal != renewed) {
      return AtWork(ns, *lease);
    }
    if (free) {
      ++tries;
      const absl::Status claimed = Claim(*kubernetes, key, *lease, identity, call);
      if (claimed.ok()) {
        return std::unique_ptr<OperationLease>(
            new OperationLease(std::move(kubernetes), key, identity));
      }
      // Somebody was quicker: their claim is what is looked at next.
      if (!absl::IsAborted(claimed) && !absl::IsInvalidArgument(claimed) &&
          !absl::IsNotFound(claimed)) {
        return claimed;
      }
      renewed.clear();
    } else if (!clock.Sleep(kPoll, call.stop)) {
      return absl::CancelledError("interrupted while another operation is at work");
    } else if (clock.Now() >= call.deadline) {
      return AtWork(ns, *lease);
    }
  }
  return absl::AbortedError(absl::StrCat(key.ToString(), " cannot be taken"));
}

OperationLease::OperationLease(std::shared_ptr<kubernetes::Kubernetes> kubernetes,
                               kubernetes::ObjectKey key, std::string identity)
    : kubernetes_(std::move(kubernetes)),
      key_(std::move(key)),
      identity_(std::move(identity)),
      renewal_([this](std::stop_token stop) { Renew(std::move(stop)); }) {}

void OperationLease::Renew(std::stop_token stop) const {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  while (!never.wait_for(lock, stop, kRenewal, [&] { return stop.stop_requested(); })) {
    // One that fails is followed by another before the time is up.
    (void)kubernetes_->Patch(key_, kubernetes::PatchType::kMerge,
                             {{"spec", {{"renewTime", Now()}}}},
                             {absl::Now() + absl::Seconds(5), stop});
  }
}

OperationLease::~OperationLease() {
  renewal_.request_stop();
  renewal_.join();
  const kubernetes::Call brief{absl::Now() + absl::Seconds(5)};
  const absl::StatusOr<std::optional<Json>> lease = kubernetes_->Get(key_, brief);
  if (lease.ok() && *lease && StringAt(**lease, "/spec/holderIdentity") == identity_) {
    (void)kubernetes_->Delete(key_, kubernetes::Propagation::kBackground, brief);
  }
}

}  // namespace kproto::monitoring_stack
