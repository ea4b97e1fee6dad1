// SPDX-License-Identifier: MPL-2.0
// Rule values_keys: Helm takes any key and says nothing of those that no template reads; the user
// finds out when the setting has no effect. Here each key of each file is held against its chart.
#include <algorithm>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "resources/monitoring_stack/checks/known_keys.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "resources/monitoring_stack/checks/workloads.h"

namespace kproto::monitoring_stack {
namespace {

constexpr size_t kMostMeant = 3;

// Whether a part of the chart is switched off: what it would be told matters to nobody.
bool IsOff(const Json& effective, const KnownKeys::KeyPath& path) {
  if (path.size() < 2) {
    return false;
  }
  const Json* replicas = Find(effective, {path[0], "replicas"});
  const Json* enabled = Find(effective, {path[0], "enabled"});
  return (replicas != nullptr && *replicas == Json(0)) ||
         (enabled != nullptr && *enabled == Json(false));
}

// Walks one file beside the chart.
class Reader {
 public:
  Reader(const RenderedComponent& component, const KnownKeys& known, const ValuesFile& file,
         Findings& findings)
      : component_(component),
        known_(known),
        file_(file),
        effective_(component.Effective()),
        findings_(findings) {}

  void Read(const Json& values) {
    for (const auto& [key, value] : values.items()) {
      path_.push_back(key);
      ReadKey(value);
      path_.pop_back();
    }
  }

 private:
  void ReadKey(const Json& value) {
    const KnownKeys::Answer answer = known_.Ask(path_);
    if (answer == KnownKeys::Answer::kUnknown) {
      if (!value.is_null()) {  // taking away what is not there does no harm
        AddUnknown();
      }
    } else if (known_.IsMap(path_) && !value.is_object() && !value.is_null()) {
      AddNoMap(value);
    } else if (answer == KnownKeys::Answer::kKnown && value.is_object()) {
      Read(value);
    }
  }

  Finding NewFinding() const {
    Finding finding;
    finding.component = component_.name;
    finding.key = path_;
    Json::json_pointer pointer;
    for (const std::string& key : path_) {
      pointer /= key;
    }
    const auto line = file_.lines.find(pointer.to_string());
    finding.file =
        line == file_.lines.end() ? file_.path : absl::StrCat(file_.path, ", line ", line->second);
    return finding;
  }

  void AddUnknown() {
    Finding finding = NewFinding();
    finding.summary = "A values key has no effect";
    finding.cause = absl::StrCat("Chart ", component_.chart.name, " ", component_.chart.version,
                                 " does not read ", KeyText(path_), ".");
    finding.cure = known_.Renamed(path_);
    if (finding.cure.empty()) {
      std::vector<KnownKeys::KeyPath> meant = known_.Meant(path_);
      std::stable_partition(meant.begin(), meant.end(),
                            [&](const auto& path) { return !IsOff(effective_, path); });
      meant.resize(std::min(meant.size(), kMostMeant));
      finding.cure = meant.empty()
                         ? "Remove it."
                         : absl::StrCat("Did you mean ",
                                        absl::StrJoin(meant, " or ",
                                                      [](std::string* out, const auto& path) {
                                                        absl::StrAppend(out, KeyText(path));
                                                      }),
                                        "?");
    }
    findings_.push_back(std::move(finding));
  }

  void AddNoMap(const Json& value) {
    Finding finding = NewFinding();
    finding.severity = Severity::kWarning;  // some templates take a text and render it
    finding.summary = "A values key has the wrong shape";
    finding.cause = absl::StrCat("The chart wants a map here, and gets a ", value.type_name(), ".");
    finding.cure = absl::StrCat("Write keys below ", KeyText(path_),
                                ", or null to take the chart's defaults away.");
    findings_.push_back(std::move(finding));
  }

  const RenderedComponent& component_;
  const KnownKeys& known_;
  const ValuesFile& file_;
  const Json effective_;
  Findings& findings_;
  std::vector<std::string> path_;
};

}  // namespace

void CheckValuesKeys(const RenderedStack& stack, Findings& findings) {
  for (const RenderedComponent& component : stack.components) {
    const auto files = stack.files.files.find(component.name);
    if (component.contents == nullptr || files == stack.files.files.end()) {
      continue;
    }
    if (component.contents->values.empty() && component.contents->schema.is_null()) {
      continue;  // a chart that says nothing of its keys
    }
    const KnownKeys known(component.chart.name, component.contents.get());
    for (const ValuesFile& file : files->second) {
      Reader(component, known, file, findings).Read(file.values);
    }
  }
}

}  // namespace kproto::monitoring_stack
