// SPDX-License-Identifier: MPL-2.0
// Rule scheduling: every pod has a node pool that it may run on, and its copies find nodes enough
// to keep apart as they ask to. Else it stays Pending, and its Application Progressing, for ever.
#include <algorithm>
#include <optional>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/placement.h"
#include "resources/monitoring_stack/checks/rules.h"

namespace kproto::monitoring_stack {
namespace {

using kubernetes::FieldAt;
using kubernetes::ListAt;
using kubernetes::StringAt;

// Labels whose values differ from node to node: no plan knows them.
bool IsOfOneNode(absl::string_view label) {
  return absl::StartsWith(label, "topology.") || absl::StrContains(label, "hostname") ||
         absl::StrContains(label, "region") || absl::StrContains(label, "zone") ||
         absl::StrContains(label, "instance-type") || absl::StrContains(label, "doks.");
}

std::string LabelText(const std::string& key, const std::string& value) {
  return value.empty() ? key : absl::StrCat(key, "=", value);
}

bool Has(const std::vector<std::string>& values, const std::string& value) {
  return std::find(values.begin(), values.end(), value) != values.end();
}

// One matchExpressions entry against a pool's labels.
bool Matches(const Json& expression, const Pool& pool) {
  const std::string key = StringAt(expression, "/key");
  const std::string op = StringAt(expression, "/operator");
  const std::vector<std::string> values = kubernetes::StringsAt(expression, "/values");
  const auto label = pool.labels.find(key);
  if (label == pool.labels.end()) {
    return IsOfOneNode(key) || op == "NotIn" || op == "DoesNotExist";
  }
  int64_t is = 0, bound = 0;
  const bool numbers = !values.empty() && absl::SimpleAtoi(label->second, &is) &&
                       absl::SimpleAtoi(values[0], &bound);
  return op == "In"             ? Has(values, label->second)
         : op == "NotIn"        ? !Has(values, label->second)
         : op == "Exists"       ? true
         : op == "DoesNotExist" ? false
         : op == "Gt"           ? numbers && is > bound
         : op == "Lt"           ? numbers && is < bound
                                : true;
}

std::string ExpressionText(const Json& expression) {
  const std::string op = StringAt(expression, "/operator");
  const std::vector<std::string> values = kubernetes::StringsAt(expression, "/values");
  return absl::StrCat(StringAt(expression, "/key"), " ", op, values.empty() ? "" : " ",
                      absl::StrJoin(values, ", "));
}

// Any term must match, and in a term every expression.
std::string AffinityAgainst(const Json& pod, const Pool& pool) {
  const Json& terms = ListAt(pod,
                             "/affinity/nodeAffinity/requiredDuringSchedulingIgnoredDuringExecution"
                             "/nodeSelectorTerms");
  std::string unmet;
  for (const Json& term : terms) {
    unmet.clear();
    for (const Json& expression : ListAt(term, "/matchExpressions")) {
      if (unmet.empty() && !Matches(expression, pool)) {
        unmet = absl::StrCat("does not meet the affinity \"", ExpressionText(expression), "\"");
      }
    }
    if (unmet.empty()) {
      return "";
    }
  }
  return unmet;
}

bool Tolerates(const Json& toleration, const Taint& taint) {
  const std::string effect = StringAt(toleration, "/effect");
  const std::string key = StringAt(toleration, "/key");
  if (!effect.empty() && effect != taint.effect) {
    return false;
  }
  if (StringAt(toleration, "/operator") == "Exists") {
    return key.empty() || key == taint.key;
  }
  return key == taint.key && StringAt(toleration, "/value") == taint.value;
}

std::string TaintAgainst(const Json& pod, const Pool& pool) {
  for (const Taint& taint : pool.taints) {
    const Json& tolerations = ListAt(pod, "/tolerations");
    if (taint.effect != "PreferNoSchedule" &&
        std::none_of(tolerations.begin(), tolerations.end(),
                     [&](const Json& toleration) { return Tolerates(toleration, taint); })) {
      return absl::StrCat("has the taint ", LabelText(taint.key, taint.value), ":", taint.effect,
                          ", which they do not tolerate");
    }
  }
  return "";
}

// The key that says where the pods go, for the message.
std::vector<std::string> BlamedKey(const Workload& workload) {
  for (const char* key : {"nodeSelector", "affinity", "tolerations"}) {
    const Json* said = FieldAt(*workload.pod, absl::StrCat("/", key).c_str());
    if (said != nullptr && !said->empty()) {
      const auto path = KeyWithValue(workload.component->values, key, *said);
      if (!path.empty()) {
        return path;
      }
    }
  }
  return {};
}

void CheckPlace(const Workload& workload, const std::vector<Pool>& pools, Findings& findings) {
  std::vector<std::string> reasons;
  for (const Pool& pool : pools) {
    const std::string reason = WhyNot(workload, pool);
    if (reason.empty()) {
      return;
    }
    reasons.push_back(absl::StrCat("pool ", pool.name, " ", reason));
  }
  Finding finding;
  finding.component = workload.component->name;
  finding.key = BlamedKey(workload);
  finding.summary = absl::StrCat("No node can run the pods of ", workload.ToString());
  finding.cause =
      absl::StrCat("They would stay Pending: ",
                   pools.empty() ? "there is no node pool" : absl::StrJoin(reasons, "; "), ".");
  finding.cure =
      "Give a pool the label (in kproto_cluster, dedicated = true sets label and taint), or change "
      "nodeSelector, affinity and tolerations; kproto sets them for node_pool.";
  findings.push_back(std::move(finding));
}

// Whether copies of these pods refuse to share a node.
bool KeepsApart(const Workload& workload) {
  for (const Json& term :
       ListAt(*workload.pod,
              "/affinity/podAntiAffinity/requiredDuringSchedulingIgnoredDuringExecution")) {
    const auto wanted = kubernetes::StringMapAt(term, "/labelSelector/matchLabels");
    const bool own =
        !wanted.empty() && std::all_of(wanted.begin(), wanted.end(), [&](const auto& entry) {
          const auto label = workload.labels->find(entry.first);
          return label != workload.labels->end() && *label == entry.second;
        });
    if (own && StringAt(term, "/topologyKey") == "kubernetes.io/hostname") {
      return true;
    }
  }
  return false;
}

void CheckCopies(const Workload& workload, const std::vector<const Pool*>& fitting,
                 Findings& findings) {
  int64_t nodes = 0;
  for (const Pool* pool : fitting) {
    if (!pool->nodes) {
      return;
    }
    nodes += *pool->nodes;
  }
  if (fitting.empty() || workload.IsDaemonSet() || workload.replicas <= nodes ||
      !KeepsApart(workload)) {
    return;
  }
  Finding finding;
  finding.component = workload.component->name;
  finding.key = KeyWithValue(workload.component->values, "replicas", workload.replicas);
  finding.summary = absl::StrCat("Nodes are fewer than the pods of ", workload.ToString());
  finding.cause = absl::StrCat("It has up to ", workload.replicas,
                               " pods, none of which may share a node with another (required "
                               "podAntiAffinity), and ",
                               nodes, " node", nodes == 1 ? "" : "s", " for them.");
  finding.cure = "Lower replicas, add nodes, or relax podAntiAffinity to preferred.";
  findings.push_back(std::move(finding));
}

}  // namespace

std::string WhyNot(const Workload& workload, const Pool& pool) {
  for (const auto& [key, value] : kubernetes::StringMapAt(*workload.pod, "/nodeSelector")) {
    const auto label = pool.labels.find(key);
    if (label == pool.labels.end() ? !IsOfOneNode(key) : label->second != value) {
      return absl::StrCat("has no label ", LabelText(key, value));
    }
  }
  const std::string affinity = AffinityAgainst(*workload.pod, pool);
  return affinity.empty() ? TaintAgainst(*workload.pod, pool) : affinity;
}

std::vector<const Pool*> PoolsFor(const Workload& workload, const std::vector<Pool>& pools) {
  std::vector<const Pool*> fitting;
  for (const Pool& pool : pools) {
    if (WhyNot(workload, pool).empty()) {
      fitting.push_back(&pool);
    }
  }
  return fitting;
}

void CheckScheduling(const RenderedStack& stack, Findings& findings) {
  if (!stack.pools) {
    return;
  }
  for (const Workload& workload : WorkloadsOf(stack)) {
    CheckPlace(workload, *stack.pools, findings);
    CheckCopies(workload, PoolsFor(workload, *stack.pools), findings);
  }
}

}  // namespace kproto::monitoring_stack
