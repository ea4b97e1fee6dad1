// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/explain.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/kubernetes/json_fields.h"

namespace kproto::kubernetes {
namespace {

// One line, short enough for a diagnostic.
std::string Clip(std::string text) {
  constexpr size_t kLongest = 400;
  std::replace(text.begin(), text.end(), '\n', ' ');
  if (text.size() > kLongest) {
    text.resize(kLongest);
    while (!text.empty() && (static_cast<unsigned char>(text.back()) & 0x80) != 0) {
      text.pop_back();  // do not cut a character in two
    }
    text += "…";
  }
  return text;
}

std::string WithMessage(std::string head, const std::string& message) {
  return Clip(message.empty() ? std::move(head) : absl::StrCat(head, ": ", message));
}

std::string Termination(const Json& terminated) {
  std::string text = absl::StrCat("terminated with exit code ", IntAt(terminated, "/exitCode"));
  const std::string reason = StringAt(terminated, "/reason");
  if (!reason.empty() && reason != "Error") {
    absl::StrAppend(&text, " (", reason, ")");
  }
  return WithMessage(std::move(text), StringAt(terminated, "/message"));
}

// What is amiss with one container, "" for nothing. Waiting for others to start is no problem.
std::string ContainerProblem(const Json& status) {
  const std::string reason = StringAt(status, "/state/waiting/reason");
  const Json* last = FieldAt(status, "/lastState/terminated");
  std::string problem;
  if (!reason.empty() && reason != "ContainerCreating" && reason != "PodInitializing") {
    problem = WithMessage(reason, StringAt(status, "/state/waiting/message"));
  }
  const Json* terminated = FieldAt(status, "/state/terminated");
  if (terminated != nullptr && IntAt(*terminated, "/exitCode") != 0) {
    problem = Termination(*terminated);
  } else if (last != nullptr && IntAt(*last, "/exitCode") != 0 && !BoolAt(status, "/ready")) {
    problem = absl::StrCat(problem, problem.empty() ? "" : "; ", "last time ", Termination(*last));
  }
  return problem.empty() ? ""
                         : absl::StrCat("container ", StringAt(status, "/name"), ": ", problem);
}

Event EventOf(const Json& object) {
  Event event;
  event.reason = StringAt(object, "/reason");
  event.message = Clip(StringAt(object, "/message"));
  event.object = absl::StrCat(StringAt(object, "/involvedObject/kind"), "/",
                              StringAt(object, "/involvedObject/name"));
  event.count = std::max(IntAt(object, "/count", 1), IntAt(object, "/series/count", 1));
  // Old and new style events keep the time in different places.
  for (const char* path : {"/series/lastObservedTime", "/lastTimestamp", "/eventTime",
                           "/metadata/creationTimestamp"}) {
    event.last_seen = StringAt(object, path);
    if (!event.last_seen.empty()) {
      break;
    }
  }
  return event;
}

}  // namespace

absl::StatusOr<std::vector<Event>> Warnings(Kubernetes& kubernetes, absl::string_view ns,
                                            absl::string_view name, const Call& call) {
  ListOptions options;
  options.ns = std::string(ns);
  options.field_selector = "type=Warning";
  if (!name.empty()) {
    absl::StrAppend(&options.field_selector, ",involvedObject.name=", name);
  }
  absl::StatusOr<std::vector<Json>> objects = kubernetes.List("v1", "Event", options, call);
  if (!objects.ok()) {
    return objects.status();
  }
  std::vector<Event> events;
  for (const Json& object : *objects) {
    // Not every implementation of List knows field selectors.
    if (StringAt(object, "/type") == "Warning" &&
        (name.empty() || StringAt(object, "/involvedObject/name") == name)) {
      events.push_back(EventOf(object));
    }
  }
  std::stable_sort(events.begin(), events.end(), [](const Event& a, const Event& b) {
    return a.last_seen > b.last_seen;  // RFC 3339 in UTC sorts as text
  });
  return events;
}

PodStatus PodStatusOf(const Json& pod) {
  PodStatus status;
  status.name = StringAt(pod, "/metadata/name");
  status.phase = StringAt(pod, "/status/phase");
  status.node = StringAt(pod, "/spec/nodeName");
  for (const Json& condition : ListAt(pod, "/status/conditions")) {
    const std::string type = StringAt(condition, "/type");
    const bool is_true = StringAt(condition, "/status") == "True";
    if (type == "Ready") {
      status.ready = is_true;
    } else if (type == "PodScheduled" && !is_true) {
      status.problems.push_back(WithMessage("not scheduled", StringAt(condition, "/message")));
    }
  }
  for (const char* list : {"/status/initContainerStatuses", "/status/containerStatuses"}) {
    for (const Json& container : ListAt(pod, list)) {
      if (std::string problem = ContainerProblem(container); !problem.empty()) {
        status.problems.push_back(std::move(problem));
      }
    }
  }
  if (status.phase == "Failed") {
    const std::string reason = StringAt(pod, "/status/reason");
    if (!reason.empty()) {
      status.problems.push_back(WithMessage(reason, StringAt(pod, "/status/message")));
    }
  }
  return status;
}

absl::StatusOr<std::vector<PodStatus>> PodStatuses(Kubernetes& kubernetes, absl::string_view ns,
                                                   absl::string_view label_selector,
                                                   const Call& call) {
  ListOptions options;
  options.ns = std::string(ns);
  options.label_selector = std::string(label_selector);
  absl::StatusOr<std::vector<Json>> pods = kubernetes.List("v1", "Pod", options, call);
  if (!pods.ok()) {
    return pods.status();
  }
  std::vector<PodStatus> statuses;
  for (const Json& pod : *pods) {
    statuses.push_back(PodStatusOf(pod));
  }
  return statuses;
}

std::string Explain(Kubernetes& kubernetes, absl::string_view ns, absl::string_view label_selector,
                    int limit, const Call& call) {
  std::vector<std::string> lines;
  std::set<std::string> not_ready;
  const absl::StatusOr<std::vector<PodStatus>> pods =
      PodStatuses(kubernetes, ns, label_selector, call);
  for (const PodStatus& pod : pods.ok() ? *pods : std::vector<PodStatus>{}) {
    if (pod.ready || pod.phase == "Succeeded") {
      continue;
    }
    not_ready.insert(pod.name);
    for (const std::string& problem : pod.problems) {
      lines.push_back(absl::StrCat("Pod ", ns, "/", pod.name, ": ", problem));
    }
  }
  const absl::StatusOr<std::vector<Event>> events = Warnings(kubernetes, ns, "", call);
  std::set<std::string> told;  // the same reason repeats for one object again and again
  for (const Event& event : events.ok() ? *events : std::vector<Event>{}) {
    const bool about_pod = event.object.rfind("Pod/", 0) == 0;
    const bool relevant =
        about_pod ? not_ready.contains(event.object.substr(4)) : label_selector.empty();
    // The pod's condition or its container's state already says what these events say.
    const bool said = event.reason == "FailedScheduling" ||
                      (event.reason == "Failed" && absl::StartsWith(event.message, "Error: "));
    if (relevant && !said && told.insert(event.object + event.reason).second) {
      lines.push_back(absl::StrCat(event.object, ": ", event.reason, ": ", event.message));
    }
  }
  if (static_cast<int>(lines.size()) > limit) {
    const size_t rest = lines.size() - static_cast<size_t>(limit);
    lines.resize(static_cast<size_t>(limit));
    lines.push_back(absl::StrCat("… and ", rest, " more"));
  }
  return absl::StrJoin(lines, "\n");
}

}  // namespace kproto::kubernetes
