// SPDX-License-Identifier: MPL-2.0
// The examples workflow-broken and workflow-mended by the real OpenTofu and the real Helm, over the
// lab's charts and a DigitalOcean without control planes: one plan names every mistake, and none
// where they are mended.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <optional>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lab/servers/chart_repository.h"
#include "lab/servers/http_listener.h"
#include "tests/acceptance/workspace.h"
#include "tests/support/scoped_environment.h"
#include "tests/support/status_matchers.h"

namespace kproto::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class PlanChecksAcceptanceTest : public ::testing::Test {
 protected:
  void SetUp() override {
    lab_.Up({"--no-control-plane", "--time-factor", "60"});
    const auto tools = kproto::Run(
        {.argv = {KPROTO_SOURCE_DIR "/lab/tools/install", "--path"}, .environment = Environment()});
    ASSERT_THAT(tools, IsOk());
    // The charts need no definitions of Argo CD to be rendered.
    charts_.Write("crds/README", "");
    ASSERT_THAT(
        lab::PackCharts({.charts = KPROTO_SOURCE_DIR "/lab/charts",
                         .destination = charts_ / "packed",
                         .helm = absl::StrCat(absl::StripAsciiWhitespace(tools->out), "/helm"),
                         .argocd_crds = charts_ / "crds"}),
        IsOk());
    auto listener = lab::HttpListener::Start(
        0, [&](httplib::Server& server) { lab::ServeCharts(server, charts_ / "packed"); });
    ASSERT_THAT(listener, IsOk());
    listener_ = *std::move(listener);
    mirror_.emplace("KPROTO_CHART_MIRROR", listener_->url());
  }

  // What the host said, in one line: it wraps and frames its messages.
  CommandResult PlanOf(const std::string& example) {
    Workspace workspace(lab_, example);
    workspace.Init();
    CommandResult plan = workspace.Plan();
    std::string line;
    for (const absl::string_view word :
         absl::StrSplit(plan.err, absl::ByAnyChar(" \n"), absl::SkipEmpty())) {
      if (word != "│" && word != "╷" && word != "╵") {
        absl::StrAppend(&line, word, " ");
      }
    }
    plan.err = line;
    return plan;
  }

  lab::testing::LabProgram lab_;
  TempDir charts_;
  std::unique_ptr<lab::HttpListener> listener_;
  std::optional<ScopedEnvironment> mirror_;
};

TEST_F(PlanChecksAcceptanceTest, OnePlanNamesEveryMistakeAndNoneWhenTheyAreMended) {
  const CommandResult broken = PlanOf("workflow-broken");
  EXPECT_EQ(broken.exit_code, 1) << broken.out;
  for (const char* told : {
           // a: Loki asked for one level too deep, beside three of everything else
           "loki.yaml, line 9: loki.singleBinary",
           "The chart's key is singleBinary, one level up.",
           "Chart loki 6.55.0 does not render with these values",
           "have more than zero replicas",
           // b: keys that the chart does not have, copies, retention
           "loki.yaml, line 19: nodeSelector",
           "loki.yaml, line 21: resources",
           "loki.yaml, line 4: loki.commonConfig.replication_factor",
           "loki.yaml, line 8: loki.limits_config.retention_period",
           "Logs would never be deleted",
           // c: a key that Promtail's chart dropped
           "promtail.yaml, line 2: config.lokiAddress",
           "config.clients[].url",
           // d: no Prometheus, no provider
           "Datasource Prometheus leads nowhere",
           "no chart makes a Service prometheus-server in namespace monitoring",
           "no dashboard provider has the name default",
           // e: no node with the label, or the room
           "No node can run the pods of Deployment grafana",
           "pool primary has no label node-type=monitoring",
           "A pod of StatefulSet argocd-application-controller is too large for every node",
           // f: a file that nobody reads
           "dev/pomtail.yaml",
           "Did you mean promtail.yaml?",
           // h: what it would cost
           "The stack asks for 2 load balancers, and 1 may be made",
           // i: a Secret in another namespace
           "Nothing makes the Secret registry-auth",
           // j: promised and never built
           "Nobody serves the Ingress grafana",
           "HorizontalPodAutoscaler grafana has no metrics to go by",
           "cannot compute the use of cpu",
           "There is no StorageClass encrypted-ssd",
           "Pods of Deployment grafana cannot share their volume",
           "The first update of Deployment grafana would hang",
           // and a password for everybody
           "grafana.yaml, line 1: adminPassword",
       }) {
    EXPECT_THAT(broken.err, HasSubstr(told));
  }
  EXPECT_THAT(broken.err, Not(HasSubstr("changeme")));

  const CommandResult mended = PlanOf("workflow-mended");
  EXPECT_EQ(mended.exit_code, 2) << mended.err;
  EXPECT_THAT(mended.err, IsEmpty());
  EXPECT_THAT(mended.out, Not(HasSubstr("Warning")));
  EXPECT_THAT(mended.out, HasSubstr("planned_load_balancers"));
}

}  // namespace
}  // namespace kproto::testing
