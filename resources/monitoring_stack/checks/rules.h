// SPDX-License-Identifier: MPL-2.0
// The rules that a planned stack is held against. Each is a function in a file of its own name
// (scheduling.cc) that looks at the picture and says what it finds; none asks the world anything,
// and none says a word about what is not known. docs/guides/plan_checks.md shows each with a bad
// and a good example.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "provider/runtime/diagnostics.h"
#include "resources/monitoring_stack/checks/finding.h"
#include "resources/monitoring_stack/checks/rendered_stack.h"

namespace kproto::monitoring_stack {

// In the order in which their findings are shown: first what the others rest on.
void CheckValuesFiles(const RenderedStack& stack, Findings& findings);
void CheckCharts(const RenderedStack& stack, Findings& findings);
void CheckGitAccess(const RenderedStack& stack, Findings& findings);
void CheckValuesKeys(const RenderedStack& stack, Findings& findings);
void CheckRendering(const RenderedStack& stack, Findings& findings);
void CheckKubernetes(const RenderedStack& stack, Findings& findings);
void CheckCrds(const RenderedStack& stack, Findings& findings);
void CheckScheduling(const RenderedStack& stack, Findings& findings);
void CheckCapacity(const RenderedStack& stack, Findings& findings);
void CheckQuota(const RenderedStack& stack, Findings& findings);
void CheckWiring(const RenderedStack& stack, Findings& findings);
void CheckDashboards(const RenderedStack& stack, Findings& findings);
void CheckReferences(const RenderedStack& stack, Findings& findings);
void CheckStorage(const RenderedStack& stack, Findings& findings);
void CheckDataLoss(const RenderedStack& stack, Findings& findings);
void CheckUpgrades(const RenderedStack& stack, Findings& findings);
void CheckRetention(const RenderedStack& stack, Findings& findings);
void CheckAutoscaling(const RenderedStack& stack, Findings& findings);
void CheckExposure(const RenderedStack& stack, Findings& findings);
void CheckGit(const RenderedStack& stack, Findings& findings);
void CheckPodSecurity(const RenderedStack& stack, Findings& findings);
void CheckLoadBalancers(const RenderedStack& stack, Findings& findings);  // forecast.cc

struct Rule {
  const char* name;   // as in `checks = { name = "warning" }`
  const char* holds;  // what holds where it is kept: a clause
  void (*check)(const RenderedStack& stack, Findings& findings);
};
const std::vector<Rule>& Rules();

// What the user says of each rule; "" and unknown leave it as it is.
Severity SeverityOf(const MonitoringStackModel& model, const std::string& rule);
// Refuses rules and severities that do not exist.
void ValidateSeverities(const MonitoringStackModel& config, Diagnostics& diagnostics);

// Every rule in turn; each finding becomes a diagnostic that names file, key, cause and cure.
void RunChecks(const RenderedStack& stack, Diagnostics& diagnostics);

}  // namespace kproto::monitoring_stack
