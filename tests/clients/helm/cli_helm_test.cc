// SPDX-License-Identifier: MPL-2.0
// CliHelm against a program that writes down how it was called and answers from files: what the
// real helm gets to see, and what becomes of its answers.
#include "clients/helm/cli_helm.h"

#include <filesystem>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "base/hint.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_kubernetes.h"
#include "tests/support/scoped_environment.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::helm {
namespace {

using ::kproto::testing::FakeKubernetes;
using ::kproto::testing::IsOk;
using ::kproto::testing::IsOkAndHolds;
using ::kproto::testing::ScopedEnvironment;
using ::kproto::testing::StatusIs;
using ::kproto::testing::TempDir;
using ::testing::AllOf;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using Code = absl::StatusCode;

constexpr char kScript[] = R"(#!/bin/sh
D=DIR
if [ "$1" = version ]; then cat $D/version; exit 0; fi
n=$(cat $D/runs 2>/dev/null | wc -l)
echo "$1" >> $D/runs
printf '%s\n' "$@" > $D/argv.$n
env > $D/env.$n
cat > $D/stdin.$n
if [ "$1" = pull ]; then touch "$3/chart.tgz"; fi
previous=
for argument in "$@"; do
  if [ "$previous" = --kubeconfig ]; then
    cp "$argument" $D/kubeconfig.$n
    stat -c %a "$argument" > $D/mode.$n
  fi
  previous=$argument
done
[ -f $D/out.$1 ] && cat $D/out.$1
[ -f $D/err.$1 ] && cat $D/err.$1 >&2
[ -f $D/code.$1 ] && exit $(cat $D/code.$1)
exit 0
)";

const ReleaseKey kKey = {"argocd", "argo"};
const ChartRef kChart = {"https://charts.example", "argo-cd", "10.1.1"};

class CliHelmTest : public ::testing::Test {
 protected:
  CliHelmTest() {
    dir_.Write("version", "v3.22.0");
    const std::string path =
        dir_.Write("bin/helm", absl::StrReplaceAll(kScript, {{"DIR", dir_.path()}}));
    std::filesystem::permissions(path, std::filesystem::perms::owner_all);
    cluster_.host = "https://cluster";
    cluster_.token = SecretString("geheim");
    CliHelmOptions options;
    options.beside = dir_ / "bin";
    options.temp_dir = dir_.path();
    options.connect = [this](const Cluster&) {
      return std::unique_ptr<kubernetes::Kubernetes>(new Borrowed(&kubernetes_));
    };
    helm_ = MakeCliHelm(options);
  }

  // The interface hands over ownership; the fake has to stay for the test to look at.
  class Borrowed : public kubernetes::Kubernetes {
   public:
    explicit Borrowed(kubernetes::Kubernetes* to) : to_(*to) {}
    using Json = kubernetes::Json;
    absl::StatusOr<std::optional<Json>> Get(const kubernetes::ObjectKey& k,
                                            const Call& c) override {
      return to_.Get(k, c);
    }
    absl::StatusOr<std::vector<Json>> List(absl::string_view v, absl::string_view k,
                                           const kubernetes::ListOptions& o,
                                           const Call& c) override {
      return to_.List(v, k, o, c);
    }
    absl::StatusOr<Json> Apply(const Json& o, kubernetes::Conflicts f, const Call& c) override {
      return to_.Apply(o, f, c);
    }
    absl::StatusOr<Json> Patch(const kubernetes::ObjectKey& k, kubernetes::PatchType t,
                               const Json& p, const Call& c) override {
      return to_.Patch(k, t, p, c);
    }
    absl::Status Delete(const kubernetes::ObjectKey& k, kubernetes::Propagation p,
                        const Call& c) override {
      return to_.Delete(k, p, c);
    }
    absl::StatusOr<std::optional<Json>> WaitUntil(const kubernetes::ObjectKey& k,
                                                  const Predicate& d, const Call& c) override {
      return to_.WaitUntil(k, d, c);
    }
    absl::StatusOr<kubernetes::ServiceAccountToken> RequestToken(const std::string& n,
                                                                 const std::string& a,
                                                                 absl::Duration l,
                                                                 const Call& c) override {
      return to_.RequestToken(n, a, l, c);
    }
    absl::StatusOr<kubernetes::Version> GetVersion(const Call& c) override {
      return to_.GetVersion(c);
    }
    absl::StatusOr<kubernetes::ServiceResponse> Proxy(const kubernetes::ServiceRequest& r,
                                                      const Call& c) override {
      return to_.Proxy(r, c);
    }

   private:
    kubernetes::Kubernetes& to_;
  };

  std::vector<std::string> Runs() const {
    return absl::StrSplit(dir_.Read("runs"), '\n', absl::SkipEmpty());
  }
  std::vector<std::string> Argv(int run) const {
    return absl::StrSplit(dir_.Read(absl::StrCat("argv.", run)), '\n', absl::SkipEmpty());
  }
  void Answer(const std::string& command, const std::string& out) {
    dir_.Write("out." + command, out);
  }
  void Fail(const std::string& command, const std::string& err) {
    dir_.Write("err." + command, "Error: " + err + "\n");
    dir_.Write("code." + command, "1");
  }

  TempDir dir_;
  Cluster cluster_;
  FakeKubernetes kubernetes_;
  std::unique_ptr<Helm> helm_;
};

constexpr char kRecord[] =
    R"({"version":2,"info":{"status":"deployed"},"chart":{"metadata":{"name":"argo-cd"}}})";

TEST_F(CliHelmTest, UpgradeGivesValuesOnStdinAndTheClusterByAPrivateFile) {
  Answer("upgrade", kRecord);
  UpgradeRequest request{.key = kKey, .chart = kChart, .values = {{"password", "streng"}}};
  request.create_namespace = Namespace::kCreate;
  request.on_failure = OnFailure::kRollBack;
  request.timeout = absl::Seconds(90);
  const auto release = helm_->UpgradeInstall(cluster_, request, {});
  ASSERT_THAT(release, IsOk());
  EXPECT_EQ(release->revision, 2);
  ASSERT_THAT(Runs(), ElementsAre("pull", "upgrade"));
  EXPECT_EQ(Argv(0)[0], "pull");
  EXPECT_THAT(Argv(0), Contains("--version=10.1.1"));
  EXPECT_THAT(Argv(1), AllOf(Contains("--install"), Contains("--reset-values"), Contains("--wait"),
                             Contains("--create-namespace"), Contains("--timeout=90s"),
                             Contains("--atomic"), Not(Contains("--force-conflicts"))));
  EXPECT_EQ(dir_.Read("stdin.1"), R"({"password":"streng"})");
  EXPECT_EQ(dir_.Read("mode.1"), "600\n");
  EXPECT_THAT(dir_.Read("kubeconfig.1"), AllOf(HasSubstr("https://cluster"), HasSubstr("geheim")));
  for (const char* file : {"argv.1", "env.1"}) {
    EXPECT_THAT(dir_.Read(file), AllOf(Not(HasSubstr("streng")), Not(HasSubstr("geheim"))));
  }
}

TEST_F(CliHelmTest, NoKubeconfigIsLeftBehind) {
  Answer("history", "[]");
  ASSERT_THAT(helm_->Status(cluster_, kKey, {}), IsOk());
  for (const auto& file : std::filesystem::recursive_directory_iterator(dir_.path())) {
    if (absl::StrContains(file.path().string(), "kproto-helm-")) {
      EXPECT_FALSE(file.is_regular_file()) << file.path();
    }
  }
  helm_.reset();
  for (const auto& file : std::filesystem::directory_iterator(dir_.path())) {
    EXPECT_THAT(file.path().string(), Not(HasSubstr("kproto-helm-")));
  }
}

TEST_F(CliHelmTest, NothingOfTheUsersHelmLeaksIn) {
  const ScopedEnvironment kubeconfig("KUBECONFIG", "/home/user/.kube/config");
  const ScopedEnvironment driver("HELM_DRIVER", "sql");
  const ScopedEnvironment token("DIGITALOCEAN_TOKEN", "geheim");
  const ScopedEnvironment proxy("HTTPS_PROXY", "http://proxy:1");
  Answer("history", "[]");
  ASSERT_THAT(helm_->Status(cluster_, kKey, {}), IsOk());
  const std::string env = dir_.Read("env.0");
  EXPECT_THAT(env, AllOf(Not(HasSubstr("/home/user")), Not(HasSubstr("HELM_DRIVER")),
                         Not(HasSubstr("geheim")), HasSubstr("HTTPS_PROXY=http://proxy:1")));
  for (const char* name :
       {"HOME", "HELM_CACHE_HOME", "HELM_CONFIG_HOME", "HELM_DATA_HOME", "HELM_REPOSITORY_CONFIG",
        "HELM_REPOSITORY_CACHE", "HELM_REGISTRY_CONFIG", "HELM_CONTENT_CACHE", "HELM_PLUGINS"}) {
    EXPECT_THAT(env, HasSubstr(absl::StrCat(name, "=", dir_.path(), "/kproto-helm-"))) << name;
  }
}

TEST_F(CliHelmTest, Helm4GetsItsOwnFlags) {
  dir_.Write("version", "v4.3.1");
  Answer("upgrade", kRecord);
  UpgradeRequest request{.key = kKey, .chart = kChart};
  request.on_failure = OnFailure::kRollBack;
  request.ownership = Ownership::kTake;
  ASSERT_THAT(helm_->UpgradeInstall(cluster_, request, {}), IsOk());
  EXPECT_THAT(Argv(1), AllOf(Contains("--rollback-on-failure"), Not(Contains("--atomic")),
                             Contains("--take-ownership"), Contains("--force-conflicts"),
                             Contains("--server-side=true")));
}

TEST_F(CliHelmTest, HelmIsLookedForInThreePlaces) {
  const std::string own = dir_.Write("own/helm", "#!/bin/sh\necho v2.17.0\n");
  std::filesystem::permissions(own, std::filesystem::perms::owner_all);
  const ScopedEnvironment path("PATH", "/nowhere");
  const auto status = [&](const CliHelmOptions& options) {
    return MakeCliHelm(options)->Status(cluster_, kKey, {}).status();
  };
  EXPECT_THAT(status({.beside = dir_ / "own"}),
              StatusIs(Code::kFailedPrecondition, HasSubstr("own/helm is not a Helm 3 or 4")));
  EXPECT_THAT(status({.beside = "/none", .helm_path = own}),
              StatusIs(Code::kFailedPrecondition, HasSubstr("own/helm is not a Helm 3 or 4")));
  EXPECT_THAT(status({.helm_path = "/none/helm"}),
              StatusIs(Code::kFailedPrecondition, HasSubstr("helm_path")));
  const absl::Status none = status({});
  EXPECT_THAT(none, StatusIs(Code::kFailedPrecondition));
  EXPECT_THAT(HintOf(none), HasSubstr("helm_path"));
}

TEST_F(CliHelmTest, AChartIsPulledOnceForAllThreads) {
  Answer("show", "name: argo-cd\nversion: 10.1.1\nappVersion: v3.4.4\ndeprecated: true\n");
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([this] { EXPECT_THAT(helm_->ShowChart(kChart, {}), IsOk()); });
  }
  for (std::thread& thread : threads) {
    thread.join();
  }
  const auto metadata = helm_->ShowChart(kChart, {});
  ASSERT_THAT(metadata, IsOk());
  EXPECT_TRUE(metadata->deprecated);
  EXPECT_EQ(metadata->app_version, "v3.4.4");
  EXPECT_THAT(dir_.Read("runs"), Not(HasSubstr("pull\npull")));
  int pulls = 0;
  for (const std::string& run : Runs()) {
    pulls += run == "pull" ? 1 : 0;
  }
  EXPECT_EQ(pulls, 1);
}

TEST_F(CliHelmTest, AFailedPullNamesTheChartAndIsTriedAgain) {
  Fail("pull",
       "chart \"argo-cd\" version \"10.1.1\" not found in https://charts.example repository");
  EXPECT_THAT(helm_->ShowValues(kChart, {}),
              StatusIs(Code::kNotFound,
                       AllOf(HasSubstr("argo-cd 10.1.1"), HasSubstr("https://charts.example"))));
  std::filesystem::remove(dir_ / "code.pull");
  Answer("show", "# only comments\n");
  EXPECT_THAT(helm_->ShowValues(kChart, {}), IsOkAndHolds(Json::object()));
}

TEST_F(CliHelmTest, TemplateGivesObjectsAndTheChartsOwnWords) {
  Answer("template", "---\n# Source: a\nkind: A\n---\n# nothing\n---\nkind: B\nkind: B\n");
  TemplateRequest request{"r", "ns", kChart, {{"adminPassword", "streng"}}, "1.34", {"x/v1"}};
  EXPECT_THAT(helm_->Template(request, {}),
              IsOkAndHolds(ElementsAre(Json({{"kind", "A"}}), Json({{"kind", "B"}}))));
  EXPECT_THAT(Argv(1), AllOf(Contains("--include-crds"), Contains("--kube-version=1.34"),
                             Contains("--api-versions=x/v1"), Not(Contains("--kubeconfig"))));
  request.ns = "other";  // the same would not be rendered again
  Fail("template", "execution error at (x): set a password other than streng\nplease");
  EXPECT_THAT(
      helm_->Template(request, {}),
      StatusIs(Code::kInvalidArgument, HasSubstr("set a password other than (secret)\nplease")));
}

TEST_F(CliHelmTest, StatusTellsMissingFromUnreachable) {
  Fail("history", "release: not found");
  EXPECT_THAT(helm_->Status(cluster_, kKey, {}), IsOkAndHolds(Eq(std::nullopt)));
  Fail("history", "Kubernetes cluster unreachable: dial tcp: connection refused");
  EXPECT_THAT(helm_->Status(cluster_, kKey, {}),
              StatusIs(Code::kUnavailable, HasSubstr("release argocd/argo")));
  EXPECT_THAT(helm_->History(cluster_, kKey, {}), StatusIs(Code::kUnavailable));
}

TEST_F(CliHelmTest, UninstallTakesAMissingRelease) {
  Fail("uninstall", "uninstall: Release not loaded: argo: release: not found");
  EXPECT_THAT(helm_->Uninstall(cluster_, kKey, Wait::kReady, absl::Minutes(1), {}), IsOk());
  EXPECT_THAT(Argv(0), AllOf(Contains("--wait"), Contains("--timeout=60s")));
  Fail("uninstall", "cluster unreachable: x");
  EXPECT_THAT(helm_->Uninstall(cluster_, kKey, Wait::kReady, absl::Minutes(1), {}),
              StatusIs(Code::kUnavailable));
}

TEST_F(CliHelmTest, RecoverRollsBackToTheLastGoodRevision) {
  Answer("history", R"([{"revision":1,"status":"superseded","chart":"a-1.0.0"},
                        {"revision":2,"status":"deployed","chart":"a-1.0.0"},
                        {"revision":3,"status":"failed","chart":"a-1.0.0"},
                        {"revision":4,"status":"pending-upgrade","chart":"a-1.0.0"}])");
  EXPECT_THAT(helm_->Recover(cluster_, kKey, {}),
              IsOkAndHolds(AllOf(HasSubstr("pending-upgrade"), HasSubstr("revision 2"))));
  EXPECT_EQ(Argv(1)[0], "rollback");
  EXPECT_EQ(Argv(1)[2], "2");
}

// Helm calls an unfinished revision superseded when a rollback from it fails.
TEST_F(CliHelmTest, RecoverDoesNotTakeASupersededRevisionForTheDeployedOne) {
  Answer("history", R"([{"revision":2,"status":"deployed","chart":"a-1.0.0"},
                        {"revision":3,"status":"superseded","chart":"a-1.0.0"},
                        {"revision":4,"status":"failed","chart":"a-1.0.0"},
                        {"revision":5,"status":"pending-upgrade","chart":"a-1.0.0"}])");
  EXPECT_THAT(helm_->Recover(cluster_, kKey, {}), IsOkAndHolds(HasSubstr("revision 2")));
  EXPECT_EQ(Argv(1)[2], "2");
}

// Killed after the old revision was let go of and before the new one was called deployed.
TEST_F(CliHelmTest, RecoverRollsBackToASupersededRevisionWhereNoneIsDeployed) {
  Answer("history", R"([{"revision":1,"status":"superseded","chart":"a-1.0.0"},
                        {"revision":2,"status":"superseded","chart":"a-1.0.0"},
                        {"revision":3,"status":"pending-upgrade","chart":"a-1.0.0"}])");
  EXPECT_THAT(helm_->Recover(cluster_, kKey, {}), IsOkAndHolds(HasSubstr("revision 2")));
  EXPECT_EQ(Argv(1)[2], "2");
}

TEST_F(CliHelmTest, RecoverRemovesTheRecordOfAnInstallThatNeverEnded) {
  Answer("history", R"([{"revision":1,"status":"pending-install","chart":"a-1.0.0"}])");
  kubernetes_.Put(
      {{"apiVersion", "v1"},
       {"kind", "Secret"},
       {"metadata", {{"namespace", "argocd"}, {"name", "sh.helm.release.v1.argo.v1"}}}});
  EXPECT_THAT(helm_->Recover(cluster_, kKey, {}), IsOkAndHolds(HasSubstr("unfinished revision 1")));
  EXPECT_FALSE(
      kubernetes_.Find({"v1", "Secret", "argocd", "sh.helm.release.v1.argo.v1"}).has_value());
  EXPECT_THAT(Runs(), ElementsAre("history"));
}

TEST_F(CliHelmTest, RecoverLeavesASoundReleaseAlone) {
  Answer("history", R"([{"revision":1,"status":"deployed","chart":"a-1.0.0"}])");
  EXPECT_THAT(helm_->Recover(cluster_, kKey, {}), IsOkAndHolds(IsEmpty()));
  EXPECT_THAT(Runs(), SizeIs(1));
}

TEST_F(CliHelmTest, AForgottenReleaseLeavesWhatItInstalled) {
  Answer("history", R"([{"revision":1,"status":"superseded","chart":"a-1.0.0"},
                        {"revision":2,"status":"deployed","chart":"a-1.0.0"}])");
  const auto put = [&](const std::string& name) {
    kubernetes_.Put({{"apiVersion", "v1"},
                     {"kind", "Secret"},
                     {"metadata", {{"namespace", "argocd"}, {"name", name}}}});
  };
  put("sh.helm.release.v1.argo.v1");
  put("sh.helm.release.v1.argo.v2");
  put("argocd-secret");
  EXPECT_THAT(helm_->Forget(cluster_, kKey, {}), IsOk());
  EXPECT_FALSE(kubernetes_.Find({"v1", "Secret", "argocd", "sh.helm.release.v1.argo.v2"}));
  EXPECT_TRUE(kubernetes_.Find({"v1", "Secret", "argocd", "argocd-secret"}));
  EXPECT_THAT(Runs(), ElementsAre("history"));
}

TEST_F(CliHelmTest, ValuesOfAReleaseMayBeNone) {
  Answer("get", "null\n");
  EXPECT_THAT(helm_->GetValues(cluster_, kKey, {}), IsOkAndHolds(Json::object()));
  Answer("get", "{\"a\":1}\n");
  EXPECT_THAT(helm_->GetValues(cluster_, kKey, {}), IsOkAndHolds(Json({{"a", 1}})));
}

TEST_F(CliHelmTest, ARevisionsManifestIsItsObjects) {
  Answer("get", "---\nkind: ConfigMap\nmetadata: {name: a}\n---\nkind: Secret\n");
  EXPECT_THAT(helm_->GetManifest(cluster_, kKey, 3, {}),
              IsOkAndHolds(ElementsAre(Json({{"kind", "ConfigMap"}, {"metadata", {{"name", "a"}}}}),
                                       Json({{"kind", "Secret"}}))));
}

TEST_F(CliHelmTest, NamesCannotBecomeFlags) {
  EXPECT_THAT(helm_->Status(cluster_, {"ns", "--kube-token=x"}, {}),
              StatusIs(Code::kInvalidArgument));
  EXPECT_THAT(helm_->ShowChart({"https://h", "--untar", "1"}, {}),
              StatusIs(Code::kInvalidArgument));
  EXPECT_THAT(Runs(), IsEmpty());
}

TEST_F(CliHelmTest, AStopEndsIt) {
  std::stop_source stop;
  stop.request_stop();
  EXPECT_THAT(helm_->Status(cluster_, kKey, {absl::InfiniteFuture(), stop.get_token()}),
              StatusIs(Code::kCancelled));
}

TEST_F(CliHelmTest, AnArchiveOfAnEarlierRunIsNotFetchedAgain) {
  CliHelmOptions options;
  options.beside = dir_ / "bin";
  options.temp_dir = dir_.path();
  options.chart_store = dir_ / "store";
  Answer("template", "kind: Service\n");
  for (int run = 0; run < 2; ++run) {
    EXPECT_THAT(MakeCliHelm(options)->Template(
                    {.release_name = "argo", .ns = "argo-ns", .chart = kChart}, {}),
                IsOkAndHolds(SizeIs(1)));
  }
  EXPECT_THAT(Runs(), ElementsAre("pull", "template", "template"));
}

TEST_F(CliHelmTest, TheSameIsRenderedOnce) {
  Answer("template", "kind: Service\n");
  TemplateRequest request{.release_name = "argo", .ns = "argo-ns", .chart = kChart};
  EXPECT_THAT(helm_->Template(request, {}), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(helm_->Template(request, {}), IsOkAndHolds(SizeIs(1)));
  request.values = {{"a", 1}};
  EXPECT_THAT(helm_->Template(request, {}), IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(Runs(), ElementsAre("pull", "template", "template"));
}

}  // namespace
}  // namespace kproto::helm
