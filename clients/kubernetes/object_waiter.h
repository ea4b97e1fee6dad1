// SPDX-License-Identifier: MPL-2.0
// ObjectWaiter: WaitUntil() of RestKubernetes. Rounds of list and watch, as client libraries do:
// the list gives the present state and the version to watch from; whatever ends the watch (its
// time, a lost connection, 410 because the version is too old) starts the next round.
#pragma once

#include <optional>
#include <string>

#include "absl/status/statusor.h"
#include "base/clock.h"
#include "clients/kubernetes/discovery.h"
#include "clients/kubernetes/kubernetes.h"
#include "clients/kubernetes/session.h"

namespace kproto::kubernetes {

class ObjectWaiter {
 public:
  // All outlive this object, which lives for one wait.
  ObjectWaiter(Session* session, Discovery* discovery, Clock* clock, const ObjectKey& key,
               const Kubernetes::Predicate& done, const Call& call)
      : session_(*session),
        discovery_(*discovery),
        clock_(*clock),
        key_(key),
        done_(done),
        call_(call) {}

  absl::StatusOr<std::optional<Json>> Run();

 private:
  absl::Status Round();
  absl::Status List(const std::string& path);
  absl::Status Watch(const std::string& path);
  // Shows the state to the predicate; true when the wait is over.
  bool Show(std::optional<Json> object);
  absl::Status Pause();
  absl::Status TimedOut() const;

  Session& session_;
  Discovery& discovery_;
  Clock& clock_;
  const ObjectKey& key_;
  const Kubernetes::Predicate& done_;
  const Call& call_;

  std::optional<absl::StatusOr<std::optional<Json>>> result_;
  std::string version_;    // to watch from; "" when the kind is not there
  bool eventful_ = false;  // the last watch brought something
  absl::Status trouble_;   // of the last round
  absl::Duration pause_ = absl::ZeroDuration();
};

}  // namespace kproto::kubernetes
