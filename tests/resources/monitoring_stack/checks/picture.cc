// SPDX-License-Identifier: MPL-2.0
#include "tests/resources/monitoring_stack/checks/picture.h"

#include "absl/strings/str_cat.h"
#include "clients/yaml/yaml.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/checks/node_pools.h"
#include "resources/monitoring_stack/checks/workloads.h"

namespace kproto::monitoring_stack {
namespace {

Json Yaml(const std::string& text) {
  const absl::StatusOr<Json> value = yaml::Parse(text);
  EXPECT_TRUE(value.ok()) << value.status() << "\n" << text;
  return value.ok() && value->is_object() ? *value : Json::object();
}

RenderedComponent& Of(RenderedStack& stack, const std::string& name) {
  for (RenderedComponent& component : stack.components) {
    if (component.name == name) {
      return component;
    }
  }
  ADD_FAILURE() << "no component " << name;
  return stack.components.front();
}

}  // namespace

RenderedComponent& Picture::Add(const std::string& name, const std::string& values,
                                const std::string& objects) {
  RenderedComponent component;
  component.name = name;
  component.ns = name == "argocd" ? "argocd" : "monitoring";
  component.by_argocd = name != "argocd";
  component.repository = "https://charts.example";
  component.chart = {"https://charts.example", name == "argocd" ? "argo-cd" : name, "1.0.0"};
  component.values = Yaml(values);
  component.contents = std::make_shared<const helm::ChartContents>();
  const auto documents = yaml::ParseAll(objects);
  EXPECT_TRUE(documents.ok()) << documents.status();
  component.objects = documents.value_or(std::vector<Json>{});
  stack.components.push_back(std::move(component));
  return stack.components.back();
}

void Picture::AddPool(const std::string& name, const std::string& size, int64_t count,
                      bool dedicated) {
  StackNodePool pool;
  pool.size = size;
  pool.count = count;
  pool.dedicated = dedicated;
  MapOf<StackNodePool> pools =
      stack.planned.node_pools.is_known() ? *stack.planned.node_pools : MapOf<StackNodePool>();
  pools[name] = pool;
  stack.planned.node_pools = pools;
  stack.pools = KnownPools(stack.planned.node_pools);
}

void Picture::SetChart(const std::string& name, const std::string& defaults,
                       const std::string& templates, const std::string& app_version) {
  auto contents = std::make_shared<helm::ChartContents>();
  contents->values_text = defaults;
  contents->values = Yaml(defaults);
  contents->templates = templates;
  contents->metadata.app_version = app_version;
  Of(stack, name).contents = contents;
}

Findings All(CheckFunction check, const Picture& picture) {
  Findings findings;
  check(picture.stack, findings);
  return findings;
}

std::vector<std::string> Lines(CheckFunction check, const Picture& picture) {
  std::vector<std::string> lines;
  for (const Finding& finding : All(check, picture)) {
    lines.push_back(absl::StrCat(finding.summary, " | ", KeyText(finding.key), " | ", finding.cause,
                                 " | ", finding.cure));
  }
  return lines;
}

}  // namespace kproto::monitoring_stack
