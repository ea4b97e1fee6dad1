// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/checks/rules.h"

#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/nearest.h"
#include "resources/monitoring_stack/checks/workloads.h"

namespace kproto::monitoring_stack {
namespace {

constexpr size_t kMostOfOneRule = 25;  // a broken chart could yield thousands

std::vector<std::string> Names() {
  std::vector<std::string> names;
  for (const Rule& rule : Rules()) {
    names.push_back(rule.name);
  }
  return names;
}

// "helm-values/loki.yaml, line 7: loki.singleBinary", or as much of it as there is.
std::string Where(const RenderedStack& stack, const Finding& finding) {
  if (!finding.file.empty()) {
    return finding.key.empty() ? finding.file
                               : absl::StrCat(finding.file, ": ", KeyText(finding.key));
  }
  if (finding.key.empty()) {
    return "";
  }
  const std::string key = KeyText(finding.key);
  if (const auto place = PlaceOf(stack.files, finding.component, finding.key)) {
    return absl::StrCat(place->file, ", line ", place->line, ": ", key);
  }
  const RenderedComponent* component = stack.Find(finding.component);
  const bool set_by_us = component != nullptr && Find(component->values, finding.key) != nullptr;
  return absl::StrCat(
      finding.component, ": ", key,
      set_by_us ? " (set by kproto)" : " (the chart's default; no values file sets it)");
}

void Add(const RenderedStack& stack, const Rule& rule, const Finding& finding, Severity severity,
         Diagnostics& diagnostics) {
  std::vector<std::string> lines;
  for (const std::string& line : {Where(stack, finding), finding.cause, finding.cure}) {
    if (!line.empty()) {
      lines.push_back(line);
    }
  }
  lines.push_back(absl::StrCat("(check: ", rule.name, ")"));
  const RenderedComponent* component = stack.Find(finding.component);
  const Path path = !finding.attribute.empty()                 ? finding.attribute
                    : component != nullptr && component->extra ? component->attribute
                    : stack.planned.values_dir.is_null()       ? Path()
                                                               : Path("values_dir");
  if (severity == Severity::kError) {
    diagnostics.AddError(finding.summary, absl::StrJoin(lines, "\n"), path);
  } else {
    diagnostics.AddWarning(finding.summary, absl::StrJoin(lines, "\n"), path);
  }
}

}  // namespace

const std::vector<Rule>& Rules() {
  static const auto& rules = *new std::vector<Rule>{
      {"values_files", "every values file is read by a component", CheckValuesFiles},
      {"charts", "every chart and version is published, by a repository that is kept up",
       CheckCharts},
      {"git_access", "every Git repository is there, lets Argo CD in and has the revision",
       CheckGitAccess},
      {"values_keys", "every key of a values file is one of its chart", CheckValuesKeys},
      {"rendering", "every chart renders with its values", CheckRendering},
      {"kubernetes", "charts and objects go with the cluster's Kubernetes version",
       CheckKubernetes},
      {"crds", "every custom resource has its definition", CheckCrds},
      {"scheduling", "every pod has a node pool that it may run on", CheckScheduling},
      {"capacity", "every pod's requests fit a node, and all pods the nodes", CheckCapacity},
      {"quota", "the stack fits its own resource_quota", CheckQuota},
      {"wiring", "every address within the stack is that of a Service", CheckWiring},
      {"dashboards", "every dashboard is loaded and finds its datasource", CheckDashboards},
      {"references", "every Secret, claim and ingress class that is named is there",
       CheckReferences},
      {"storage", "no volume is shared that cannot be, and every class exists, stays and encrypts",
       CheckStorage},
      {"data_loss", "no log becomes unreadable, and no volume is given up", CheckDataLoss},
      {"upgrades", "what a chart's new major version changes is known", CheckUpgrades},
      {"retention", "what Loki is told of keeping logs holds together", CheckRetention},
      {"autoscaling", "every autoscaler can do its work", CheckAutoscaling},
      {"exposure", "what is public asks for a secret that is one", CheckExposure},
      {"pod_security", "every pod keeps to the Pod Security Standard of its namespace",
       CheckPodSecurity},
      {"git", "the folder in Git can be rendered, which limits what its Applications may do",
       CheckGit},
      {"load_balancers", "load balancers are no more than max_load_balancers", CheckLoadBalancers},
  };
  return rules;
}

Severity SeverityOf(const MonitoringStackModel& model, const std::string& rule) {
  if (!model.checks.is_known()) {
    return Severity::kError;
  }
  const auto found = model.checks->find(rule);
  const std::string said = found == model.checks->end() ? "" : found->second.value_or("");
  return said == "off" ? Severity::kOff : said == "warning" ? Severity::kWarning : Severity::kError;
}

void ValidateSeverities(const MonitoringStackModel& config, Diagnostics& diagnostics) {
  if (!config.checks.is_known()) {
    return;
  }
  const std::vector<std::string> names = Names();
  for (const auto& [name, severity] : *config.checks) {
    const Path path = Path("checks").Key(name);
    if (std::find(names.begin(), names.end(), name) == names.end()) {
      const std::string meant = Nearest(name, names);
      diagnostics.AddError(
          absl::StrCat("There is no check \"", name, "\""),
          absl::StrCat(meant.empty() ? "" : absl::StrCat("Did you mean \"", meant, "\"? "),
                       "Checks: ", absl::StrJoin(names, ", "), "."),
          path);
    }
    if (severity.is_known() && *severity != "error" && *severity != "warning" &&
        *severity != "off") {
      diagnostics.AddError(
          "There is no such severity",
          absl::StrCat("\"", *severity, "\" is none of \"error\", \"warning\" and \"off\"."), path);
    }
  }
}

void RunChecks(const RenderedStack& stack, Diagnostics& diagnostics) {
  for (const Rule& rule : Rules()) {
    const Severity most = SeverityOf(stack.planned, rule.name);
    if (most == Severity::kOff) {
      continue;
    }
    Findings findings;
    rule.check(stack, findings);
    for (size_t i = 0; i < findings.size() && i < kMostOfOneRule; ++i) {
      Add(stack, rule, findings[i], std::min(most, findings[i].severity), diagnostics);
    }
    if (findings.size() > kMostOfOneRule) {
      diagnostics.AddWarning("There is more of the same",
                             absl::StrCat("The check ", rule.name, " found ", findings.size(),
                                          " things; the first ", kMostOfOneRule, " are shown."));
    }
  }
}

}  // namespace kproto::monitoring_stack
