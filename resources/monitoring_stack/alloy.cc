// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/alloy.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace kproto::monitoring_stack {
namespace {

struct Rule {
  std::vector<const char*> from;  // below __meta_kubernetes_, or a label of an earlier rule
  const char* to;
  const char* separator = "";
  const char* regex = "";
  const char* replacement = "";
};

// As Promtail's chart has them; the last that matches names the app.
const std::vector<Rule>& Rules() {
  static const auto& rules = *new std::vector<Rule>{
      {{"__meta_kubernetes_pod_node_name"}, "node_name"},
      {{"__meta_kubernetes_namespace"}, "namespace"},
      {{"__meta_kubernetes_pod_name"}, "pod"},
      {{"__meta_kubernetes_pod_container_name"}, "container"},
      {{"__meta_kubernetes_pod_name"}, "app"},
      {{"__meta_kubernetes_pod_label_app"}, "app", "", "(.+)"},
      {{"__meta_kubernetes_pod_label_app_kubernetes_io_name"}, "app", "", "(.+)"},
      {{"namespace", "app"}, "job", "/"},
      {{"__meta_kubernetes_pod_uid", "__meta_kubernetes_pod_container_name"},
       "__path__",
       "/",
       "",
       "/var/log/pods/*$1/*.log"},
  };
  return rules;
}

std::string RuleText(const Rule& rule) {
  std::string text = absl::StrCat("  rule {\n    source_labels = [\"",
                                  absl::StrJoin(rule.from, "\", \""), "\"]\n");
  const auto add = [&](const char* key, const char* value) {
    if (*value != '\0') {
      absl::StrAppend(&text, "    ", key, " = \"", value, "\"\n");
    }
  };
  add("separator", rule.separator);
  add("regex", rule.regex);
  add("replacement", rule.replacement);
  add("target_label", rule.to);
  return absl::StrCat(text, "  }\n");
}

}  // namespace

std::string AlloyConfig(const std::string& push_url) {
  std::string rules;
  for (const Rule& rule : Rules()) {
    rules += RuleText(rule);
  }
  return absl::StrCat(R"(discovery.kubernetes "pods" {
  role = "pod"
  selectors {
    role  = "pod"
    field = "spec.nodeName=" + coalesce(sys.env("HOSTNAME"), constants.hostname)
  }
}

discovery.relabel "pods" {
  targets = discovery.kubernetes.pods.targets
)",
                      rules, R"(}

local.file_match "pods" {
  path_targets = discovery.relabel.pods.output
}

loki.source.file "pods" {
  targets               = local.file_match.pods.targets
  forward_to            = [loki.process.pods.receiver]
  legacy_positions_file = ")",
                      kPromtailDir, R"(/positions.yaml"
}

loki.process "pods" {
  stage.cri {}
  forward_to = [loki.write.loki.receiver]
}

loki.write "loki" {
  endpoint {
    url = ")",
                      push_url, R"("
  }
}
)");
}

}  // namespace kproto::monitoring_stack
