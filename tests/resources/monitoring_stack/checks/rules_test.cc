// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/checks/rules.h"

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/resources/monitoring_stack/checks/picture.h"
#include "tests/support/temp_dir.h"

namespace kproto::monitoring_stack {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

TEST(ValuesFilesTest, AFileThatNobodyReadsIsNamedWithTheNameThatWasMeant) {
  const kproto::testing::TempDir dir;
  dir.Write("pomtail.yaml", "a: 1\n");
  dir.Write("loki.yaml", "a: 1\n");
  dir.Write("notes.yaml", "a: 1\n");
  Picture picture;
  picture.stack.files = *ReadValuesDir(dir.path(), "");
  const Findings findings = All(CheckValuesFiles, picture);
  ASSERT_EQ(findings.size(), 2);
  EXPECT_EQ(findings[0].severity, Severity::kWarning);  // notes.yaml may be somebody else's
  EXPECT_EQ(findings[1].severity, Severity::kError);
  EXPECT_THAT(findings[1].file, HasSubstr("pomtail.yaml"));
  EXPECT_THAT(findings[1].cure, HasSubstr("Did you mean promtail.yaml?"));
}

TEST(ValuesFilesTest, TwoFilesForOneComponentAreNamed) {
  const kproto::testing::TempDir dir;
  dir.Write("loki.yaml", "a: 1\n");
  dir.Write("loki.yml", "a: 2\n");
  dir.Write("dev/loki.yaml", "a: 3\n");
  Picture picture;
  picture.stack.files = *ReadValuesDir(dir.path(), "dev");
  EXPECT_THAT(Lines(CheckValuesFiles, picture),
              ElementsAre(HasSubstr("Two values files for loki")));
}

TEST(ChartsRuleTest, AVersionThatIsNotThereIsNamedWithTheNewest) {
  Picture picture;
  RenderedComponent& loki = picture.Add("loki", "");
  EXPECT_THAT(Lines(CheckCharts, picture), IsEmpty());
  loki.fetched = absl::NotFoundError("chart loki 99.0.0 not found");
  loki.newest = helm::ChartMetadata{.version = "6.55.0", .app_version = "3.6.7"};
  EXPECT_THAT(Lines(CheckCharts, picture),
              ElementsAre(AllOf(HasSubstr("is not available"), HasSubstr("newest version there is "
                                                                         "6.55.0"))));
}

TEST(ChartsRuleTest, ARepositoryThatMovedIsNamedWithItsSuccessor) {
  Picture picture;
  RenderedComponent& loki = picture.Add("loki", "");
  loki.repository = "https://grafana.github.io/helm-charts";
  loki.chart.version = "6.55.0";
  Findings findings = All(CheckCharts, picture);
  ASSERT_EQ(findings.size(), 1);
  EXPECT_EQ(findings[0].severity, Severity::kWarning);
  EXPECT_THAT(findings[0].cure, HasSubstr("https://grafana-community.github.io/helm-charts"));
  loki.chart.version = "7.3.0";
  findings = All(CheckCharts, picture);
  ASSERT_EQ(findings.size(), 1);
  EXPECT_EQ(findings[0].severity, Severity::kError);
  EXPECT_THAT(findings[0].cause, HasSubstr("Enterprise"));
  loki.repository = "https://grafana-community.github.io/helm-charts";
  EXPECT_THAT(Lines(CheckCharts, picture), IsEmpty());
}

TEST(RenderingTest, AChartsOwnWordsAreTheCause) {
  Picture picture;
  RenderedComponent& loki = picture.Add("loki", "loki: {useTestSchema: true}");
  EXPECT_THAT(Lines(CheckRendering, picture), IsEmpty());
  loki.rendered = absl::InvalidArgumentError(
      "chart loki 6.55.0 of https://x: execution error at (loki/templates/checks.yaml:9:4): "
      "loki.useTestSchema must be false here");
  EXPECT_THAT(
      Lines(CheckRendering, picture),
      ElementsAre(AllOf(HasSubstr("Chart loki 1.0.0 does not render"),
                        HasSubstr("| loki.useTestSchema |"),
                        HasSubstr("(loki/templates/checks.yaml:9:4): loki.useTestSchema must "
                                  "be false here"))));
}

TEST(RulesTest, SeverityIsLoweredByRuleAndNeverRaised) {
  Picture picture;
  picture.Add("grafana", "adminPassword: x", "kind: Service\nspec: {type: LoadBalancer}\n");
  const auto run = [&](const char* severity) {
    picture.stack.planned.checks = MapOf<std::string>{{"exposure", Attr<std::string>(severity)}};
    Diagnostics diagnostics;
    RunChecks(picture.stack, diagnostics);
    return diagnostics;
  };
  EXPECT_TRUE(run("error").has_error());
  EXPECT_FALSE(run("warning").has_error());
  EXPECT_EQ(run("warning").all().size(), 1);
  EXPECT_THAT(run("warning").all()[0].detail, HasSubstr("(check: exposure)"));
  EXPECT_TRUE(run("off").empty());
  picture.stack.components[0].objects.clear();
  EXPECT_FALSE(run("error").has_error());  // only a warning by itself
}

TEST(RulesTest, ACheckThatDoesNotExistIsNamedWithTheOneThatWasMeant) {
  MonitoringStackModel config;
  config.checks = MapOf<std::string>{{"schedulling", Attr<std::string>("off")},
                                     {"wiring", Attr<std::string>("info")}};
  Diagnostics diagnostics;
  ValidateSeverities(config, diagnostics);
  ASSERT_EQ(diagnostics.all().size(), 2);
  EXPECT_THAT(diagnostics.all()[0].detail, HasSubstr("Did you mean \"scheduling\"?"));
  EXPECT_THAT(diagnostics.all()[1].detail, HasSubstr("\"info\" is none of"));
}

}  // namespace
}  // namespace kproto::monitoring_stack
