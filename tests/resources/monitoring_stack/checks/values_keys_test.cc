// SPDX-License-Identifier: MPL-2.0
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/checks/known_keys.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "tests/resources/monitoring_stack/checks/picture.h"
#include "tests/support/temp_dir.h"

namespace kproto::monitoring_stack {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kDefaults[] = R"(
nameOverride: null
loki:
  auth_enabled: true
  limits_config: {query_timeout: 300s}
  schemaConfig: {}
singleBinary:
  replicas: 0
  nodeSelector: {}
  persistence:
    size: 10Gi
    # existingClaim: ""
read: {replicas: 3, nodeSelector: {}}
gateway:
  enabled: true
  service: {type: ClusterIP}
)";

// What a values file of that text is told.
std::vector<std::string> With(const std::string& text, const std::string& templates = "") {
  const kproto::testing::TempDir dir;
  dir.Write("loki.yaml", text);
  Picture picture;
  picture.stack.files = *ReadValuesDir(dir.path(), "");
  picture.Add("loki", text);
  picture.SetChart("loki", kDefaults, templates);
  std::vector<std::string> lines = Lines(CheckValuesKeys, picture);
  for (size_t i = 0; i < lines.size(); ++i) {
    lines[i] += " @ " + All(CheckValuesKeys, picture)[i].file;
  }
  return lines;
}

TEST(ValuesKeysTest, AKeyThatNoTemplateReadsIsNamedWithTheOneThatWasMeant) {
  EXPECT_THAT(With("gateway:\n  enabled: true\n  servce: {type: LoadBalancer}\n"),
              ElementsAre(AllOf(HasSubstr("A values key has no effect | gateway.servce |"),
                                HasSubstr("Did you mean gateway.service?"),
                                HasSubstr("loki.yaml, line 3"))));
  EXPECT_THAT(With("loki: {singleBinary: {replicas: 1}}"),
              ElementsAre(HasSubstr("The chart's key is singleBinary, one level up.")));
  EXPECT_THAT(
      With("nodeSelector: {node-type: monitoring}"),
      ElementsAre(HasSubstr("Did you mean read.nodeSelector or singleBinary.nodeSelector?")));
  // The part that runs comes first.
  EXPECT_THAT(
      With("nodeSelector: {a: b}\nsingleBinary: {replicas: 1}\nread: {replicas: 0}\n"),
      ElementsAre(HasSubstr("Did you mean singleBinary.nodeSelector or read.nodeSelector")));
  EXPECT_THAT(With("gateway: {service: {type: LoadBalancer}}"), IsEmpty());
}

TEST(ValuesKeysTest, WhatIsTheUsersOwnIsNotJudged) {
  EXPECT_THAT(With("loki: {limits_config: {anything: 1}, schemaConfig: {configs: [{a: 1}]}}\n"
                   "singleBinary: {nodeSelector: {a/b: c}, persistence: {existingClaim: mine}}\n"
                   "global: {x: 1}\nnameOverride: other\n"),
              IsEmpty());
  EXPECT_THAT(With("gateway: {absent: null}"), IsEmpty());
}

TEST(ValuesKeysTest, AKeyThatOnlyATemplateKnowsIsRight) {
  EXPECT_THAT(With("gateway: {hidden: 1}", "{{ with .Values.gateway }}{{ .hidden }}{{ end }}"),
              IsEmpty());
  EXPECT_THAT(With("gateway: {nodeSelector: {a: b}}", "{{ .Values.gateway.nodeSelector }}"),
              IsEmpty());
  // Read, but elsewhere.
  EXPECT_THAT(With("nodeSelector: {a: b}", "{{ .Values.read.nodeSelector }}"),
              ElementsAre(HasSubstr("nodeSelector")));
}

TEST(ValuesKeysTest, ATextWhereAMapBelongsIsNamed) {
  EXPECT_THAT(With("singleBinary: {nodeSelector: \"{}\"}"),
              ElementsAre(AllOf(HasSubstr("wrong shape"), HasSubstr("gets a string"))));
}

TEST(ValuesKeysTest, TheSchemaCountsToo) {
  helm::ChartContents contents;
  contents.values = {{"a", {{"b", 1}}}};
  contents.schema =
      Json::parse(R"({"definitions": {"d": {"type": "object", "properties": {"e": {}}}},
      "properties": {"a": {"properties": {"c": {}, "d": {"$ref": "#/definitions/d"}}},
                     "open": {"additionalProperties": {"type": "string"}}}})");
  const KnownKeys keys("x", &contents);
  EXPECT_EQ(keys.Ask({"a", "c"}), KnownKeys::Answer::kKnown);
  EXPECT_EQ(keys.Ask({"a", "d", "e"}), KnownKeys::Answer::kKnown);
  EXPECT_EQ(keys.Ask({"a", "d", "f"}), KnownKeys::Answer::kUnknown);
  EXPECT_EQ(keys.Ask({"open"}), KnownKeys::Answer::kFree);
}

}  // namespace
}  // namespace kproto::monitoring_stack
