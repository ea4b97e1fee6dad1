// SPDX-License-Identifier: MPL-2.0
// Rule autoscaling: a HorizontalPodAutoscaler has something to scale, numbers to go by, and nobody
// who works against it.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/checks/workloads.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::FieldAt;
using kubernetes::IntAt;
using kubernetes::ListAt;
using kubernetes::StringAt;

const Workload* TargetOf(const Rendered& autoscaler, const std::vector<Workload>& workloads) {
  const auto found = std::find_if(workloads.begin(), workloads.end(), [&](const Workload& one) {
    return one.component == autoscaler.component &&
           one.kind == StringAt(*autoscaler.object, "/spec/scaleTargetRef/kind") &&
           one.name == StringAt(*autoscaler.object, "/spec/scaleTargetRef/name");
  });
  return found == workloads.end() ? nullptr : &*found;
}

// The first container that does not say how much it needs; "" when all do.
std::string Unmeasured(const Workload& workload, const std::string& resource) {
  for (const Json& container : ListAt(*workload.pod, "/containers")) {
    const bool says =
        FieldAt(container, absl::StrCat("/resources/requests/", resource).c_str()) != nullptr ||
        FieldAt(container, absl::StrCat("/resources/limits/", resource).c_str()) != nullptr;
    if (!says) {
      return StringAt(container, "/name");
    }
  }
  return "";
}

// Whether some chart of the stack serves pods' use of CPU and memory.
bool HasMetrics(const RenderedStack& stack) {
  for (const Rendered& service : ObjectsOf(stack, "APIService")) {
    if (service.name == "v1beta1.metrics.k8s.io") {
      return true;
    }
  }
  return false;
}

class Reader {
 public:
  Reader(const RenderedStack& stack, const Rendered& autoscaler, Findings& findings)
      : stack_(stack), autoscaler_(autoscaler), findings_(findings) {}

  void Read(const Workload* target) {
    CheckBounds();
    CheckMetrics();
    if (target == nullptr) {
      Finding& finding = Add("scales nothing");
      finding.cause = absl::StrCat("Its chart renders no ",
                                   StringAt(*autoscaler_.object, "/spec/scaleTargetRef/kind"), " ",
                                   StringAt(*autoscaler_.object, "/spec/scaleTargetRef/name"), ".");
      finding.cure = "Turn its autoscaling off.";
      return;
    }
    CheckRequests(*target);
    if (FieldAt(*target->object, "/spec/replicas") != nullptr) {
      Finding& finding = Add("and the chart both set replicas");
      finding.severity = Severity::kWarning;
      finding.cause = absl::StrCat(target->ToString(),
                                   " is rendered with a number of replicas, to which Argo CD would "
                                   "set it back after each step of the autoscaler.");
      finding.cure = "Set replicas to null where the chart lets you.";
    }
  }

 private:
  Finding& Add(const std::string& what) {
    return AddFinding(findings_, autoscaler_.component->name,
                      KeyWithValue(autoscaler_.component->values, "maxReplicas",
                                   IntAt(*autoscaler_.object, "/spec/maxReplicas")),
                      absl::StrCat("HorizontalPodAutoscaler ", autoscaler_.name, " ", what));
  }

  void CheckBounds() {
    const int least = IntAt(*autoscaler_.object, "/spec/minReplicas", 1);
    const int most = IntAt(*autoscaler_.object, "/spec/maxReplicas", 1);
    if (least > most) {
      Finding& finding = Add("has its bounds the wrong way round");
      finding.cause = absl::StrCat("minReplicas is ", least, " and maxReplicas ", most, ".");
      finding.cure = "Make maxReplicas the greater one.";
    }
  }

  bool GoesByResources() const {
    for (const Json& metric : ListAt(*autoscaler_.object, "/spec/metrics")) {
      if (StringAt(metric, "/type") == "Resource") {
        return true;
      }
    }
    return false;
  }

  void CheckMetrics() {
    if (!GoesByResources() || HasMetrics(stack_) || !stack_.on_digitalocean) {
      return;
    }
    Finding& finding = Add("has no metrics to go by");
    // Somebody may have installed it in a cluster that is there already.
    finding.severity = stack_.cluster_is_new ? Severity::kError : Severity::kWarning;
    finding.cause =
        "It scales by CPU or memory, which metrics-server measures, and DigitalOcean clusters come "
        "without one.";
    finding.cure =
        "Install the chart metrics-server of https://kubernetes-sigs.github.io/metrics-server, or "
        "turn autoscaling off.";
  }

  void CheckRequests(const Workload& target) {
    for (const Json& metric : ListAt(*autoscaler_.object, "/spec/metrics")) {
      const std::string resource = StringAt(metric, "/resource/name");
      if (StringAt(metric, "/resource/target/type") != "Utilization" || resource.empty()) {
        continue;
      }
      if (const std::string container = Unmeasured(target, resource); !container.empty()) {
        Finding& finding = Add(absl::StrCat("cannot compute the use of ", resource));
        finding.cause =
            absl::StrCat("Utilization is a share of the request, and container ", container, " of ",
                         target.ToString(), " requests no ", resource, ".");
        finding.cure = absl::StrCat("Set resources.requests.", resource, " for it.");
      }
    }
  }

  const RenderedStack& stack_;
  const Rendered& autoscaler_;
  Findings& findings_;
};

}  // namespace

void CheckAutoscaling(const RenderedStack& stack, Findings& findings) {
  const std::vector<Workload> workloads = WorkloadsOf(stack);
  for (const Rendered& autoscaler : ObjectsOf(stack, "HorizontalPodAutoscaler")) {
    Reader(stack, autoscaler, findings).Read(TargetOf(autoscaler, workloads));
  }
}

}  // namespace kproto::monitoring_stack
