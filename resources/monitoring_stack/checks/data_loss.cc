// SPDX-License-Identifier: MPL-2.0
// Rule data_loss: nothing in the configuration makes logs unreadable or gives up the volume they
// are on. Loki finds old logs by the schema period that they were written under, so a period that
// has begun is never edited, and a new one begins in the future
// (https://grafana.com/docs/loki/latest/operations/storage/schema/).
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "clients/kubernetes/json_fields.h"
#include "resources/monitoring_stack/checks/data_facts.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/checks/workloads.h"

namespace kproto::monitoring_stack {
namespace {

const std::vector<std::string> kSchema = {"loki", "schemaConfig", "configs"};

Finding About(const char* component, std::vector<std::string> key, std::string summary) {
  Finding finding;
  finding.component = component;
  finding.attribute = Path("values_dir");
  finding.key = std::move(key);
  finding.summary = std::move(summary);
  return finding;
}

const Json* PeriodFrom(const Json& periods, const std::string& from) {
  for (const Json& period : periods) {
    if (kubernetes::StringAt(period, "/from") == from) {
      return &period;
    }
  }
  return nullptr;
}

// As in Loki's own check: a period that has begun has logs written under it.
void CheckSchema(const Json& before, const Json& now, const std::string& today,
                 Findings& findings) {
  for (const Json& period : before) {
    const std::string from = kubernetes::StringAt(period, "/from");
    const Json* kept = PeriodFrom(now, from);
    if (from > today || (kept != nullptr && Canonical(*kept) == Canonical(period))) {
      continue;
    }
    Finding finding = About("loki", kSchema, "Logs would become unreadable");
    finding.cause = absl::StrCat("The schema period from ", from, " is ",
                                 kept == nullptr ? "removed" : "changed",
                                 ", and what was written under it can be read by no other.");
    finding.cure = "Leave it as it was, and add a period that begins in the future.";
    findings.push_back(std::move(finding));
  }
  for (const Json& period : now) {
    const std::string from = kubernetes::StringAt(period, "/from");
    if (before.empty() || from > today || PeriodFrom(before, from) != nullptr) {
      continue;
    }
    Finding finding = About("loki", kSchema, "A new schema period begins in the past");
    finding.cause = absl::StrCat("It begins on ", from,
                                 ", and what was written since then lies "
                                 "under the period before.");
    finding.cure = absl::StrCat("Let it begin after ", today, " (UTC).");
    findings.push_back(std::move(finding));
  }
}

}  // namespace

DataFacts DataFactsOf(const RenderedStack& stack) {
  DataFacts facts;
  if (const RenderedComponent* loki = stack.Find("loki"); loki != nullptr) {
    const Json values = loki->Effective();
    const Json* periods = Find(values, kSchema);
    facts.schema = periods != nullptr && periods->is_array() ? *periods : Json::array();
  }
  for (const Claim& claim : ClaimsOf(stack)) {
    facts.with_volume.insert(claim.component->name);
  }
  return facts;
}

void CheckDataLoss(const RenderedStack& stack, Findings& findings) {
  if (const RenderedComponent* loki = stack.Find("loki"); loki != nullptr) {
    const std::vector<std::string> key = {"singleBinary", "persistence",
                                          "enableStatefulSetAutoDeletePVC"};
    const Json* said = Find(loki->values, key);
    if (said != nullptr && *said == Json(true)) {
      Finding finding = About("loki", key, "Loki's volume would go with its StatefulSet");
      finding.severity = Severity::kWarning;
      finding.cause =
          "Deleting the StatefulSet, as a failed upgrade may make one do, deletes the "
          "logs.";
      finding.cure = "Set it to false: destroying the stack removes the volume anyway.";
      findings.push_back(std::move(finding));
    }
  }
  if (!stack.before) {
    return;
  }
  const DataFacts now = DataFactsOf(stack);
  CheckSchema(stack.before->schema, now.schema,
              absl::FormatTime("%Y-%m-%d", absl::Now(), absl::UTCTimeZone()), findings);
  for (const std::string& component : stack.before->with_volume) {
    const RenderedComponent* still = stack.Find(component);
    if (still == nullptr || !still->rendered.ok() || now.with_volume.count(component) > 0) {
      continue;
    }
    Finding finding = About(component.c_str(), {"persistence"},
                            absl::StrCat("The volume of ", component, " would be given up"));
    if (component == "loki") {
      finding.key = {"singleBinary", "persistence"};
    }
    finding.cause =
        "It has one, and the values ask for none any more: what is on it would be lost.";
    finding.cure = "Keep persistence on; or lower this check once the data may go.";
    findings.push_back(std::move(finding));
  }
}

}  // namespace kproto::monitoring_stack
