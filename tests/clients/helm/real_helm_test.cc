// SPDX-License-Identifier: MPL-2.0
// CliHelm against the real helm, every version of it that is found on PATH (helm, helm4) or among
// the lab's tools; charts come from a repository on loopback. The releases need a cluster: give one
// by the variable KPROTO_TEST_KUBECONFIG, a file.
#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/random.h"
#include "base/subprocess.h"
#include "clients/helm/cli_helm.h"
#include "clients/kubernetes/kubeconfig.h"
#include "clients/kubernetes/rest_kubernetes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/http_imposter.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::helm {
namespace {

using ::kproto::testing::HttpImposter;
using ::kproto::testing::IsOk;
using ::kproto::testing::IsOkAndHolds;
using ::kproto::testing::StatusIs;
using ::kproto::testing::TempDir;
using ::testing::AllOf;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using Code = absl::StatusCode;

std::vector<std::string> Helms() {
  std::vector<std::string> helms;
  const std::string path = Environment()["PATH"];
  for (const char* name : {"helm", "helm4"}) {
    if (const std::string found = FindProgram(name, path); !found.empty()) {
      helms.push_back(found);
    }
    const std::filesystem::path tools =
        std::filesystem::path(Environment()["HOME"]) / ".cache/kproto/tools" / name;
    std::error_code error;
    for (const auto& version : std::filesystem::directory_iterator(tools, error)) {
      if (const std::string file = (version.path() / name).string();
          !FindProgram(file, "").empty()) {
        helms.push_back(file);
      }
    }
  }
  if (helms.empty()) {
    helms.push_back("");  // one case that says it is skipped
  }
  return helms;
}

constexpr char kTemplate[] =
    R"({{- if .Values.boom }}{{ fail "storage is\nnot configured" }}{{ end }}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .Release.Name }}
data:
  text: {{ .Values.text | quote }}
  kube: {{ .Capabilities.KubeVersion.Minor | quote }}
)";

// Rewrites a release's record as a killed helm would have left it: base64(base64(gzip(JSON))).
void MakePending(kubernetes::Kubernetes& api, const kubernetes::ObjectKey& record) {
  const auto secret = api.Get(record, {});
  ASSERT_THAT(secret, IsOk());
  ASSERT_TRUE(secret->has_value());
  std::string once, zipped;
  ASSERT_TRUE(absl::Base64Unescape((**secret)["data"]["release"].get<std::string>(), &once));
  ASSERT_TRUE(absl::Base64Unescape(once, &zipped));
  Command gzip;
  gzip.argv = {"gzip", "-dc"};
  gzip.environment = Environment();
  gzip.input = zipped;
  const auto plain = Run(gzip);
  ASSERT_THAT(plain, IsOk());
  Json release = Json::parse(plain->out);
  release["info"]["status"] = "pending-install";
  gzip.argv = {"gzip", "-c"};
  gzip.input = release.dump();
  const auto again = Run(gzip);
  ASSERT_THAT(again, IsOk());
  const Json patch = {{"metadata", {{"labels", {{"status", "pending-install"}}}}},
                      {"data", {{"release", absl::Base64Escape(absl::Base64Escape(again->out))}}}};
  ASSERT_THAT(api.Patch(record, kubernetes::PatchType::kMerge, patch, {}), IsOk());
}

class RealHelmTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam().empty()) {
      GTEST_SKIP() << "no helm on PATH or in ~/.cache/kproto/tools";
    }
    dir_.Write("tiny/Chart.yaml",
               "apiVersion: v2\nname: tiny\nversion: 1.2.3\nappVersion: '9.9'\nkubeVersion: "
               "'>=1.20.0-0'\n");
    dir_.Write("tiny/values.yaml", "text: default\nport: 8080\n");
    dir_.Write("tiny/values.schema.json",
               R"({"properties":{"adminPassword":{"type":"string","pattern":"^[0-9]+$"}}})");
    dir_.Write("tiny/templates/cm.yaml", kTemplate);
    dir_.Write("tiny/crds/crd.yaml",
               "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
               "metadata: {name: widgets.kproto.example}\n"
               "spec: {group: kproto.example, scope: Namespaced, names: {kind: Widget, plural: "
               "widgets}, versions: [{name: v1, served: true, storage: true, schema: "
               "{openAPIV3Schema: {type: object}}}]}\n");
    Command package;
    package.argv = {GetParam(), "package", dir_ / "tiny", "--destination", dir_.path()};
    package.environment = {{"HOME", dir_.path()}, {"PATH", Environment()["PATH"]}};
    const auto packed = kproto::Run(package);
    ASSERT_THAT(packed, IsOk());
    ASSERT_EQ(packed->exit_code, 0) << packed->err;
    const Json entry = {
        {"apiVersion", "v2"}, {"name", "tiny"}, {"version", "1.2.3"}, {"urls", {"tiny-1.2.3.tgz"}}};
    repo_.Always("GET", "/index.yaml",
                 {200, Json({{"apiVersion", "v1"}, {"entries", {{"tiny", {entry}}}}}).dump()});
    repo_.Always("GET", "/none/index.yaml", {404, "nothing"});
    repo_.Always("GET", "/tiny-1.2.3.tgz", {200, dir_.Read("tiny-1.2.3.tgz")});
    helm_ = MakeCliHelm({.helm_path = GetParam(),
                         .temp_dir = dir_.path(),
                         .connect = [this](const Cluster& cluster) {
                           return kubernetes::MakeRestKubernetes(cluster, &clock_);
                         }});
  }

  ChartRef Tiny() const { return {repo_.url(), "tiny", "1.2.3"}; }

  SystemClock clock_;
  TempDir dir_;
  HttpImposter repo_;
  std::unique_ptr<Helm> helm_;
};

TEST_P(RealHelmTest, ShowsAChart) {
  const auto chart = helm_->ShowChart(Tiny(), {});
  ASSERT_THAT(chart, IsOk());
  EXPECT_EQ(chart->version, "1.2.3");
  EXPECT_EQ(chart->app_version, "9.9");
  EXPECT_EQ(chart->kube_version, ">=1.20.0-0");
  EXPECT_THAT(helm_->ShowValues(Tiny(), {}),
              IsOkAndHolds(Json({{"text", "default"}, {"port", 8080}})));
  const std::vector<std::string> calls = repo_.calls();
  EXPECT_EQ(std::count(calls.begin(), calls.end(), "GET /tiny-1.2.3.tgz"), 1);
}

TEST_P(RealHelmTest, RendersForAVersionOfKubernetes) {
  TemplateRequest request{"r", "ns", Tiny(), {{"text", "a: \"b\"\nyes"}}, "1.34"};
  const auto objects = helm_->Template(request, {});
  ASSERT_THAT(objects, IsOkAndHolds(SizeIs(2)));
  EXPECT_EQ((*objects)[0]["kind"], "CustomResourceDefinition");
  EXPECT_EQ((*objects)[1]["data"], Json({{"text", "a: \"b\"\nyes"}, {"kube", "34"}}));
  request.crds = TemplateRequest::Crds::kLeaveOut;
  EXPECT_THAT(helm_->Template(request, {}), IsOkAndHolds(SizeIs(1)));
}

TEST_P(RealHelmTest, ARefusingChartIsQuotedAndSecretsAreNot) {
  TemplateRequest request{"r", "ns", Tiny(), {{"boom", true}}};
  EXPECT_THAT(helm_->Template(request, {}),
              StatusIs(Code::kInvalidArgument, HasSubstr("storage is\nnot configured")));
  request.values = {{"adminPassword", "geheim"}};
  EXPECT_THAT(helm_->Template(request, {}),
              StatusIs(Code::kInvalidArgument,
                       AllOf(HasSubstr("does not match pattern"), Not(HasSubstr("geheim")))));
  request.values = Json::object();
  request.kube_version = "1.10";
  EXPECT_THAT(helm_->Template(request, {}),
              StatusIs(Code::kInvalidArgument, HasSubstr("requires kubeVersion")));
}

TEST_P(RealHelmTest, ChartsThatAreNotThere) {
  const auto code = [&](const ChartRef& chart) {
    return helm_->ShowChart(chart, {}).status().code();
  };
  EXPECT_EQ(code({repo_.url(), "nope", "1.2.3"}), Code::kNotFound);
  EXPECT_EQ(code({repo_.url(), "tiny", "9.9.9"}), Code::kNotFound);
  EXPECT_EQ(code({repo_.url() + "/none", "tiny", "1.2.3"}), Code::kNotFound);
  EXPECT_EQ(code({"ftp://h", "tiny", "1.2.3"}), Code::kInvalidArgument);
  std::string gone;
  {
    HttpImposter server;
    gone = server.url();
  }
  EXPECT_EQ(code({gone, "tiny", "1.2.3"}), Code::kUnavailable);
}

TEST_P(RealHelmTest, AnUnreachableClusterIsNoMissingRelease) {
  Cluster cluster;
  {
    HttpImposter server;
    cluster.host = server.url();
  }
  cluster.token = SecretString("geheim");
  EXPECT_THAT(helm_->Status(cluster, {"ns", "x"}, {}),
              StatusIs(Code::kUnavailable, Not(HasSubstr("geheim"))));
  EXPECT_THAT(helm_->Uninstall(cluster, {"ns", "x"}, Wait::kReady, absl::Seconds(5), {}),
              StatusIs(Code::kUnavailable));
  EXPECT_THAT(helm_->UpgradeInstall(cluster, {.key = {"ns", "x"}, .chart = Tiny()}, {}),
              StatusIs(Code::kUnavailable));
}

TEST_P(RealHelmTest, AReleaseLivesInACluster) {
  const char* file = std::getenv("KPROTO_TEST_KUBECONFIG");
  if (file == nullptr) {
    GTEST_SKIP() << "KPROTO_TEST_KUBECONFIG names no cluster";
  }
  std::stringstream text;
  text << std::ifstream(file).rdbuf();
  const auto cluster = kubernetes::ParseKubeconfig(text.str());
  ASSERT_THAT(cluster, IsOk());
  const auto api = kubernetes::MakeRestKubernetes(*cluster, &clock_);
  const ReleaseKey key = {absl::StrCat("kproto-test-", RandomHex(4)), "tiny"};

  EXPECT_THAT(helm_->Status(*cluster, key, {}), IsOkAndHolds(Eq(std::nullopt)));
  UpgradeRequest request{.key = key, .chart = Tiny(), .values = {{"text", "one"}}};
  EXPECT_THAT(helm_->UpgradeInstall(*cluster, request, {}), StatusIs(Code::kNotFound));
  request.create_namespace = Namespace::kCreate;
  auto release = helm_->UpgradeInstall(*cluster, request, {});
  ASSERT_THAT(release, IsOk());
  EXPECT_EQ(release->revision, 1);
  EXPECT_EQ(release->chart_version, "1.2.3");
  EXPECT_THAT(helm_->GetValues(*cluster, key, {}), IsOkAndHolds(Json({{"text", "one"}})));

  // Somebody else changes what the release made; the next upgrade takes it back.
  const kubernetes::ObjectKey config_map = {"v1", "ConfigMap", key.ns, "tiny"};
  ASSERT_THAT(
      api->Patch(config_map, kubernetes::PatchType::kMerge, {{"data", {{"text", "theirs"}}}}, {}),
      IsOk());
  request.values = Json::object();  // and no value of the last revision survives
  request.on_failure = OnFailure::kRollBack;
  release = helm_->UpgradeInstall(*cluster, request, {});
  ASSERT_THAT(release, IsOk());
  EXPECT_EQ(release->revision, 2);
  EXPECT_EQ((**api->Get(config_map, {}))["data"]["text"], "default");

  request.values = {{"boom", true}};
  EXPECT_THAT(helm_->UpgradeInstall(*cluster, request, {}),
              StatusIs(Code::kInvalidArgument, HasSubstr("not configured")));
  ASSERT_THAT(helm_->Rollback(*cluster, key, 1, Wait::kReady, absl::Minutes(1), {}), IsOk());
  EXPECT_EQ((**api->Get(config_map, {}))["data"]["text"], "one");
  EXPECT_THAT(helm_->History(*cluster, key, {}), IsOkAndHolds(SizeIs(3)));

  EXPECT_THAT(helm_->Uninstall(*cluster, key, Wait::kReady, absl::Minutes(1), {}), IsOk());
  EXPECT_THAT(helm_->Uninstall(*cluster, key, Wait::kReady, absl::Minutes(1), {}), IsOk());
  EXPECT_THAT(api->Get(config_map, {}), IsOkAndHolds(Eq(std::nullopt)));

  // A helm that was killed in the middle of the first install left this.
  request.values = Json::object();
  ASSERT_THAT(helm_->UpgradeInstall(*cluster, request, {}), IsOk());
  ASSERT_NO_FATAL_FAILURE(
      MakePending(*api, {"v1", "Secret", key.ns, "sh.helm.release.v1.tiny.v1"}));
  EXPECT_THAT(helm_->UpgradeInstall(*cluster, request, {}), StatusIs(Code::kAborted));
  EXPECT_THAT(helm_->Recover(*cluster, key, {}), IsOkAndHolds(HasSubstr("pending-install")));
  EXPECT_THAT(helm_->UpgradeInstall(*cluster, request, {}), IsOk());
  EXPECT_THAT(helm_->Uninstall(*cluster, key, Wait::kReady, absl::Minutes(1), {}), IsOk());
  EXPECT_THAT(
      api->Delete({"v1", "Namespace", "", key.ns}, kubernetes::Propagation::kBackground, {}),
      IsOk());
}

INSTANTIATE_TEST_SUITE_P(Helms, RealHelmTest, ::testing::ValuesIn(Helms()),
                         [](const auto& info) { return absl::StrCat("Helm", info.index); });

}  // namespace
}  // namespace kproto::helm
