// SPDX-License-Identifier: MPL-2.0
// Dashboards beside the configuration, and an administrator whose password somebody else keeps.
#include "resources/monitoring_stack/dashboards.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/monitoring_stack/stack_fixture.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr char kLogs[] =
    R"({"title": "Logs", "uid": "logs", "panels": [{"datasource": {"type": "loki", "uid": "loki"}}]})";

class StackDashboardsTest : public StackTest {
 protected:
  Value FromDir(Value::Map more = {}) const {
    more["dashboards_dir"] = Value::String(world_.dir / "dashboards");
    return Basic({{"grafana", Object(std::move(more))}});
  }
  std::optional<Json> ConfigMap(const char* name) const {
    return world_.kubernetes->Find({"v1", "ConfigMap", "monitoring", name});
  }
  Json GrafanaValues() const {
    return world_.Application("grafana")->at("/spec/source/helm/valuesObject"_json_pointer);
  }
  std::string Refused(const std::string& text) {
    world_.dir.Write("dashboards/a.json", text);
    host_.diagnostics = {};
    host_.Plan(FromDir());
    return host_.Errors();
  }
};

TEST_F(StackDashboardsTest, FilesBecomeConfigMapsThatGrafanaMounts) {
  world_.dir.Write("dashboards/Node Logs.json", kLogs);
  host_.Apply(FromDir());
  ASSERT_EQ(host_.Errors(), "");
  const Json made = *ConfigMap("grafana-dashboard-node-logs");
  EXPECT_EQ(made["data"]["node-logs.json"], kLogs);
  EXPECT_EQ(made["metadata"]["annotations"]["kproto/sha256"].get<std::string>().size(), 64u);
  const Json values = GrafanaValues();
  EXPECT_EQ(values["extraConfigmapMounts"][0]["configMap"], "grafana-dashboard-node-logs");
  EXPECT_EQ(values["dashboardProviders"]["kproto.yaml"]["providers"][0]["options"]["path"],
            "/var/lib/grafana/dashboards/kproto");
  EXPECT_THAT(values.dump(), Not(HasSubstr("gnetId")));
  ExpectNoChange(FromDir());
}

TEST_F(StackDashboardsTest, AnEditedFileRestartsGrafanaWithIt) {
  world_.dir.Write("dashboards/logs.json", kLogs);
  host_.Apply(FromDir());
  const Json before = GrafanaValues()["podAnnotations"];
  world_.dir.Write("dashboards/logs.json", R"({"title": "Other"})");
  EXPECT_TRUE(WouldChange(FromDir()));
  host_.Apply(FromDir());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_THAT((*ConfigMap("grafana-dashboard-logs"))["data"]["logs.json"].get<std::string>(),
              HasSubstr("Other"));
  EXPECT_NE(GrafanaValues()["podAnnotations"], before);
  host_.Apply(Basic());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(ConfigMap("grafana-dashboard-logs").has_value());
}

TEST_F(StackDashboardsTest, AnEditByHandIsDrift) {
  world_.dir.Write("dashboards/logs.json", kLogs);
  host_.Apply(FromDir());
  Json made = *ConfigMap("grafana-dashboard-logs");
  made["data"]["logs.json"] = "{}";
  world_.kubernetes->Put(made);
  EXPECT_TRUE(WouldChange(FromDir()));
  host_.Apply(FromDir());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ((*ConfigMap("grafana-dashboard-logs"))["data"]["logs.json"], kLogs);
}

TEST_F(StackDashboardsTest, WhatWasExportedForOthersFindsTheStacksDatasource) {
  world_.dir.Write("dashboards/a.json", R"({"title": "A", "__inputs": [
      {"name": "DS_LOKI", "type": "datasource", "pluginId": "loki"}],
      "panels": [{"datasource": {"type": "loki", "uid": "${DS_LOKI}"}}]})");
  host_.Apply(FromDir());
  ASSERT_EQ(host_.Errors(), "");
  const Json dashboard =
      Json::parse((*ConfigMap("grafana-dashboard-a"))["data"]["a.json"].get<std::string>());
  EXPECT_EQ(dashboard["panels"][0]["datasource"]["uid"], "loki");
  EXPECT_THAT(dashboard["__inputs"], IsEmpty());
}

TEST_F(StackDashboardsTest, ADashboardWithoutItsDatasourceIsRefused) {
  EXPECT_THAT(Refused(R"({"title": "A", "panels": [{"datasource": {"uid": "prometheus"}}]})"),
              AllOf(HasSubstr("grafana.dashboards_dir"), HasSubstr("a.json"),
                    HasSubstr("asks the datasource prometheus")));
  EXPECT_THAT(Refused(R"({"title": "A", "__inputs": [
      {"name": "DS_P", "type": "datasource", "pluginId": "prometheus"}]})"),
              HasSubstr("a datasource of type prometheus"));
  host_.diagnostics = {};
  host_.Plan(
      Basic({{"grafana", Object({{"dashboards_dir", Value::String(world_.dir / "dashboards")}})},
             {"prometheus", Object({})}}));
  EXPECT_EQ(host_.Errors(), "");
}

TEST_F(StackDashboardsTest, WhatGrafanaOrKubernetesWouldNotTakeIsRefused) {
  EXPECT_THAT(Refused("{\n  \"title\": }"), HasSubstr("a.json: line 2, column 12: it is not JSON"));
  EXPECT_THAT(Refused("{}"), HasSubstr("it has no title"));
  EXPECT_THAT(Refused(R"({"meta": {}, "dashboard": {"title": "A"}})"),
              HasSubstr("under the key \"dashboard\""));
  EXPECT_THAT(Refused(R"({"title": ")" + std::string(1'000'001, 'x') + R"("})"),
              HasSubstr("a ConfigMap takes"));
  world_.dir.Write("dashboards/b.json", kLogs);
  EXPECT_THAT(Refused(kLogs), HasSubstr("it has the uid \"logs\" of"));
  host_.diagnostics = {};
  host_.Plan(Basic({{"grafana", Object({{"dashboards_dir", Text("/nonexistent")}})}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("/nonexistent does not exist"));
}

TEST(DashboardsTest, WhatTheUserMountsStays) {
  const Json values = monitoring_stack::DashboardValues(
      {{"a", "a.json", "{}", Json::object()}},
      {{"extraConfigmapMounts", Json::array({{{"name", "mine"}}})}});
  EXPECT_EQ(values["extraConfigmapMounts"].size(), 2u);
  EXPECT_EQ(monitoring_stack::DashboardValues({}, Json::object()), Json::object());
}

// ---- an existing secret ----------------------------------------------------------------------

class StackExistingSecretTest : public StackTest {
 protected:
  Value Existing() const {
    return Basic({{"grafana", Object({{"existing_secret", Text("ours")}})}});
  }
  void MakeSecret() {
    world_.kubernetes->Put({{"apiVersion", "v1"},
                            {"kind", "Secret"},
                            {"metadata", {{"name", "ours"}, {"namespace", "monitoring"}}},
                            {"data", {{"admin-user", "YQ=="}, {"admin-password", "YQ=="}}}});
  }
};

TEST_F(StackExistingSecretTest, IsUsedAndLeftAlone) {
  MakeSecret();
  host_.Apply(Existing());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_EQ(world_.Application("grafana")->at(
                "/spec/source/helm/valuesObject/admin/existingSecret"_json_pointer),
            "ours");
  EXPECT_FALSE(world_.kubernetes->Find({"v1", "Secret", "monitoring", "grafana-admin"}));
  ExpectNoChange(Existing());
  host_.Destroy();
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_TRUE(world_.kubernetes->Find({"v1", "Secret", "monitoring", "ours"}).has_value());
}

TEST_F(StackExistingSecretTest, TakesThePlaceOfTheStacksOwn) {
  host_.Apply(Basic());
  ASSERT_TRUE(world_.kubernetes->Find({"v1", "Secret", "monitoring", "grafana-admin"}).has_value());
  MakeSecret();
  host_.Apply(Existing());
  ASSERT_EQ(host_.Errors(), "");
  EXPECT_FALSE(world_.kubernetes->Find({"v1", "Secret", "monitoring", "grafana-admin"}));
  ExpectNoChange(Existing());
}

TEST_F(StackExistingSecretTest, ThatIsNotThereIsAnErrorWithWhatToDo) {
  host_.Apply(Existing());
  EXPECT_THAT(host_.Errors(),
              AllOf(HasSubstr("grafana.existing_secret"), HasSubstr("there is no Secret ours"),
                    HasSubstr("admin-password")));
  host_.diagnostics = {};
  host_.Plan(Basic({{"grafana", Object({{"existing_secret", Text("ours")},
                                        {"admin_password_wo", Text("long enough")}})}}));
  EXPECT_THAT(host_.Errors(), HasSubstr("Two passwords"));
}

}  // namespace
}  // namespace kproto::testing
