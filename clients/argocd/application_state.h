// SPDX-License-Identifier: MPL-2.0
// What Argo CD says of an Application (its status), and the one rule that decides whether that
// means done, not yet, or never. Pure, so that every case is a test without a cluster.
#pragma once

#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "clients/argocd/application.h"

namespace kproto::argocd {

enum class Sync { kUnknown, kSynced, kOutOfSync };
enum class Health { kUnknown, kHealthy, kProgressing, kDegraded, kSuspended, kMissing };
enum class Phase { kNone, kRunning, kTerminating, kFailed, kError, kSucceeded };

absl::string_view ToString(Sync sync);      // "OutOfSync"
absl::string_view ToString(Health health);  // "Degraded"
absl::string_view ToString(Phase phase);    // "Succeeded"; "" for kNone

struct Condition {
  std::string type;  // "ComparisonError"
  std::string message;
  absl::Time since = absl::InfinitePast();
};

struct ResourceState {
  std::string group, version, kind, ns, name;
  std::string status;  // sync: "Synced"; in an operation's result: "SyncFailed"
  std::string health;  // "" where Argo CD does not keep it
  std::string message;
};

// What was compared or synced: the part of a spec that decides what should be live.
struct Comparison {
  Destination destination;
  std::vector<Source> sources;
};

struct Operation {
  Phase phase = Phase::kNone;
  std::string message;
  int retry_count = 0;
  int retry_limit = 0;  // -1 means for ever
  absl::Time finished_at = absl::InfinitePast();
  std::vector<Source> sources;  // synced from; empty when Argo CD does not say
  std::vector<ResourceState> resources;
};

struct ApplicationState {
  Sync sync = Sync::kUnknown;
  Health health = Health::kUnknown;
  std::string health_message;
  absl::Time health_since = absl::InfinitePast();
  Comparison compared_to;
  bool compared = false;               // false until Argo CD has looked at it once
  std::vector<std::string> revisions;  // chart versions or commits, one per source
  Operation operation;
  std::vector<Condition> conditions;
  std::vector<ResourceState> resources;
  std::vector<std::string> external_urls;
  absl::Time reconciled_at = absl::InfinitePast();
  absl::Time observed_at = absl::InfinitePast();  // when we read it
  bool deleting = false;
  bool operation_pending = false;  // an operation is asked for and not begun
  bool refresh_pending = false;
};

// Never fails: what is missing or malformed reads as unknown.
ApplicationState StateFrom(const Json& object, absl::Time now);

struct VerdictOptions {
  // When the wish was last expressed: a failure from before it is history.
  absl::Time applied_at = absl::InfinitePast();
  absl::Duration degraded_grace = absl::Minutes(2);  // Degraded for longer is a failure
  // An error of comparison counts once Argo CD has reconciled this much later and still says so; an
  // error of the spec, which it does not time, once it is four times as old.
  absl::Duration condition_grace = absl::Seconds(5);
};

struct Verdict {
  enum class Kind { kDone, kProgressing, kFailed };
  Kind kind = Kind::kProgressing;
  std::string reason;  // a sentence; "" when done
};

// Done: what Argo CD compared is what is wanted, it is Synced and Healthy, and no operation on it
// is running or has failed. Failed: the operation failed with no retry left, an error of comparison
// or spec persists over two reconciliations, or it is Degraded beyond the grace.
Verdict Judge(const Application& want, const ApplicationState& is,
              const VerdictOptions& options = {});

// Whether what Argo CD compared is what is wanted.
bool ComparedTo(const Application& want, const ApplicationState& is);

// The last operation failed before `applied_at`: nobody will try again unless asked to.
bool FailedBefore(const ApplicationState& is, absl::Time applied_at);

// The condition of that type; nullptr when there is none.
const Condition* FindCondition(const ApplicationState& is, absl::string_view type);

}  // namespace kproto::argocd
