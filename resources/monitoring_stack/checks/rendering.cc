// SPDX-License-Identifier: MPL-2.0
// Rule rendering: a chart that refuses its values at plan would refuse them in the cluster, where
// Argo CD shows it as ComparisonError and nothing more. The chart's own words are the cause.
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "base/hint.h"
#include "resources/monitoring_stack/checks/rules.h"

namespace kproto::monitoring_stack {
namespace {

// "execution error at (loki/templates/validate.yaml:9:4): Cannot run …" → template, words.
struct Refusal {
  std::string where, words;
};
Refusal RefusalOf(absl::string_view message) {
  constexpr absl::string_view kMark = "execution error at (";
  const size_t at = message.rfind(kMark);
  const size_t end = at == absl::string_view::npos ? at : message.find("): ", at);
  if (end == absl::string_view::npos) {
    return {"", std::string(message)};
  }
  return {std::string(message.substr(at + kMark.size(), end - at - kMark.size())),
          std::string(message.substr(end + 3))};
}

// A key that the words name and the values hold: "loki.useTestSchema must be false" → that one.
std::vector<std::string> KeyNamedIn(absl::string_view words, const Json& values) {
  for (absl::string_view word : absl::StrSplit(words, absl::ByAnyChar(" \n\t,:;()[]'\"`="))) {
    absl::ConsumePrefix(&word, ".Values.");
    absl::ConsumeSuffix(&word, ".");
    const std::vector<std::string> path = absl::StrSplit(word, '.');
    if (path.size() > 1 && Find(values, path) != nullptr) {
      return path;
    }
  }
  return {};
}

}  // namespace

void CheckRendering(const RenderedStack& stack, Findings& findings) {
  for (const RenderedComponent& component : stack.components) {
    if (component.rendered.ok()) {
      continue;
    }
    const Refusal refusal = RefusalOf(component.rendered.message());
    Finding finding;
    finding.component = component.name;
    finding.summary = absl::StrCat("Chart ", component.chart.name, " ", component.chart.version,
                                   " does not render with these values");
    finding.key = KeyNamedIn(refusal.words, component.values);
    finding.cause = refusal.where.empty()
                        ? refusal.words
                        : absl::StrCat("The chart says (", refusal.where, "): ", refusal.words);
    finding.cure = HintOf(component.rendered);
    if (finding.key.empty() && stack.files.files.count(component.name) > 0) {
      finding.file = stack.files.files.at(component.name).back().path;
    }
    findings.push_back(std::move(finding));
  }
}

}  // namespace kproto::monitoring_stack
