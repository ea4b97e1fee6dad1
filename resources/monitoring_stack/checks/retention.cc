// SPDX-License-Identifier: MPL-2.0
// Rule retention: what Loki's values say of keeping and copying logs holds together. A period alone
// deletes nothing, and three copies on one pod are refused by every push.
#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "resources/monitoring_stack/checks/rules.h"

namespace kproto::monitoring_stack {
namespace {

using KeyPath = std::vector<std::string>;

class Reader {
 public:
  Reader(const RenderedComponent& loki, Findings& findings)
      : loki_(loki), values_(loki.Effective()), findings_(findings) {}

  void Read() {
    CheckCompactor();
    CheckPeriods();
    CheckCopies();
  }

 private:
  // A value of Loki's own configuration: structuredConfig has the last word. `section` differs from
  // the values' name in common (commonConfig) and schema_config (schemaConfig).
  const Json* Said(const std::string& section, const std::string& name, const std::string& key,
                   KeyPath* path = nullptr) const {
    for (const KeyPath& at :
         {KeyPath{"loki", "structuredConfig", section, key}, KeyPath{"loki", name, key}}) {
      if (const Json* value = Find(values_, at); value != nullptr) {
        if (path != nullptr) {
          *path = at;
        }
        return value;
      }
    }
    return nullptr;
  }

  bool IsTrue(const Json* value) const { return value != nullptr && *value == Json(true); }

  // Days, with Loki's own units; nullopt for what is no duration.
  static std::optional<double> Hours(const Json& value) {
    if (!value.is_string()) {
      return std::nullopt;
    }
    const std::string& text = value.get_ref<const std::string&>();
    double number = 0;
    absl::string_view rest = text;
    for (const auto& [unit, hours] : {std::pair{"d", 24.0}, {"w", 168.0}, {"y", 8760.0}}) {
      if (absl::EndsWith(rest, unit) &&
          absl::SimpleAtod(rest.substr(0, rest.size() - 1), &number)) {
        return number * hours;
      }
    }
    absl::Duration duration;
    return absl::ParseDuration(text, &duration)
               ? std::optional<double>(absl::ToDoubleHours(duration))
               : std::nullopt;
  }

  Finding& Add(const KeyPath& key, std::string summary) {
    return AddFinding(findings_, loki_.name, key, std::move(summary));
  }

  void CheckCompactor() {
    KeyPath path;
    const Json* period = Said("limits_config", "limits_config", "retention_period", &path);
    const bool keeps_for_ever =
        period == nullptr || Hours(*period).value_or(1) == 0 || *period == Json(0);
    const bool deletes = IsTrue(Said("compactor", "compactor", "retention_enabled"));
    if (!keeps_for_ever && !deletes) {
      Finding& finding = Add(path, "Logs would never be deleted");
      finding.cause = absl::StrCat("retention_period is ", period->dump(),
                                   ", and nothing deletes: that is the compactor's work, and "
                                   "compactor.retention_enabled is not true.");
      finding.cure =
          "Set the attribute loki.retention, which does both, or loki.compactor.retention_enabled "
          "to true with delete_request_store.";
    }
    // Loki 3 refuses to start without it.
    const bool is_three =
        loki_.contents != nullptr && absl::StartsWith(loki_.contents->metadata.app_version, "3.");
    if (deletes && is_three && Said("compactor", "compactor", "delete_request_store") == nullptr) {
      Finding& finding = Add({"loki", "compactor"}, "Loki would not start");
      finding.cause =
          "compactor.retention_enabled is true, and Loki 3 then demands "
          "compactor.delete_request_store.";
      finding.cure = "Set it to the object store in use, such as filesystem or s3.";
    }
  }

  void CheckPeriods() {
    KeyPath path;
    const Json* period = Said("limits_config", "limits_config", "retention_period", &path);
    if (period != nullptr) {
      const std::optional<double> hours = Hours(*period);
      if (hours && *hours > 0 && *hours < 24) {
        Finding& finding = Add(path, "The retention is too short");
        finding.cause = absl::StrCat("retention_period is ", period->dump(),
                                     ", and Loki refuses less than 24h.");
        finding.cure = "Use 24h or more.";
      }
    }
    const Json* configs = Said("schema_config", "schemaConfig", "configs");
    if (configs == nullptr || !configs->is_array() ||
        !IsTrue(Said("compactor", "compactor", "retention_enabled"))) {
      return;
    }
    for (const Json& config : *configs) {
      const Json* index = Find(config, {"index", "period"});
      if (index != nullptr && Hours(*index).value_or(24) != 24) {
        Finding& finding =
            Add({"loki", "schemaConfig", "configs"}, "Retention needs a daily index");
        finding.cause = absl::StrCat("An index period is ", index->dump(),
                                     ", and the compactor's retention works with 24h only.");
        finding.cure = "Add a schema with index.period 24h that begins in the future.";
      }
    }
  }

  // How many pods take logs in, by the way Loki runs; on the way from one to another the most.
  int64_t Takers() const {
    const Json* said = Find(values_, {"deploymentMode"});
    const std::string mode =
        said != nullptr && said->is_string() ? said->get<std::string>() : "SingleBinary";
    int64_t takers = 0;
    const auto count = [&](const char* part) {
      const Json* replicas = Find(values_, {part, "replicas"});
      if (replicas != nullptr && replicas->is_number_integer()) {
        takers = std::max(takers, replicas->get<int64_t>());
      }
    };
    if (absl::StrContains(mode, "SingleBinary") || absl::StrContains(mode, "Monolithic")) {
      count("singleBinary");
    }
    if (absl::StrContains(mode, "SimpleScalable")) {
      count("write");
    }
    if (absl::StrContains(mode, "Distributed")) {
      count("ingester");
    }
    return takers;
  }

  void CheckCopies() {
    KeyPath path;
    const Json* factor = Said("common", "commonConfig", "replication_factor", &path);
    const int64_t takers = Takers();
    if (factor == nullptr || !factor->is_number_integer() || takers == 0 ||
        factor->get<int64_t>() <= takers) {
      return;
    }
    // A majority of the copies has to be written.
    const int64_t needed = factor->get<int64_t>() / 2 + 1;
    Finding& finding = Add(path, "Loki wants more copies than it has pods");
    finding.severity = needed > takers ? Severity::kError : Severity::kWarning;
    finding.cause = absl::StrCat("replication_factor is ", factor->dump(), " and ", takers, " pod",
                                 takers == 1 ? " takes" : "s take", " logs in",
                                 needed > takers ? ": every push would be refused for too few live "
                                                   "replicas."
                                                 : ".");
    finding.cure =
        absl::StrCat("Set loki.commonConfig.replication_factor to ", takers, ", or run more pods.");
  }

  const RenderedComponent& loki_;
  const Json values_;
  Findings& findings_;
};

}  // namespace

void CheckRetention(const RenderedStack& stack, Findings& findings) {
  for (const RenderedComponent& component : stack.components) {
    if (component.chart.name == "loki" && component.contents != nullptr) {
      Reader(component, findings).Read();
    }
  }
}

}  // namespace kproto::monitoring_stack
