// SPDX-License-Identifier: MPL-2.0
// Why something in a cluster does not come up: warning events and the state of pods, in sentences.
// Used by whoever has to say more than "timed out". Thread-safe, reads only.
#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "clients/kubernetes/kubernetes.h"

namespace kproto::kubernetes {

struct Event {
  std::string reason;   // "FailedScheduling"
  std::string message;  // "0/5 nodes are available: …"
  std::string object;   // "Pod/grafana-0"
  int count = 1;
  std::string last_seen;  // RFC 3339
};

// Warning events in `ns`, newest first; with `name`, only those about objects of that name.
absl::StatusOr<std::vector<Event>> Warnings(Kubernetes& kubernetes, absl::string_view ns,
                                            absl::string_view name, const Call& call);

struct PodStatus {
  std::string name;
  std::string phase;  // "Pending", "Running", …
  std::string node;   // "" while not scheduled
  bool ready = false;
  // What is amiss, each in a sentence: "container grafana: ImagePullBackOff: …",
  // "not scheduled: 0/5 nodes are available: …", "container loki: terminated with exit code 1: …".
  std::vector<std::string> problems;
};

PodStatus PodStatusOf(const Json& pod);

absl::StatusOr<std::vector<PodStatus>> PodStatuses(Kubernetes& kubernetes, absl::string_view ns,
                                                   absl::string_view label_selector,
                                                   const Call& call);

// Up to `limit` lines about the pods that are not ready and the warnings about them, the most
// telling first; "" when all is well or the cluster does not answer. For the tail of an error.
std::string Explain(Kubernetes& kubernetes, absl::string_view ns, absl::string_view label_selector,
                    int limit, const Call& call);

}  // namespace kproto::kubernetes
