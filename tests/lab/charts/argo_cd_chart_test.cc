// SPDX-License-Identifier: MPL-2.0
#include <filesystem>

#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/lab/charts/rendering.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::lab {
namespace {

using ::kproto::testing::IsOk;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

Objects ArgoCd(Json values = Json::object(),
               const std::string& chart = Source("lab/charts/argo-cd")) {
  const absl::StatusOr<Objects> objects =
      Render({.chart = chart, .release = "argocd", .ns = "argocd", .values = std::move(values)});
  EXPECT_THAT(objects, IsOk());
  return objects.value_or(Objects{});
}

TEST(ArgoCdChartTest, ObjectsBearTheOfficialNames) {
  const Objects objects = ArgoCd();
  for (const char* key :
       {"StatefulSet/argocd-application-controller", "Deployment/argocd-repo-server",
        "Deployment/argocd-server", "Deployment/argocd-applicationset-controller",
        "Deployment/argocd-redis", "Deployment/argocd-dex-server",
        "Deployment/argocd-notifications-controller", "Job/argocd-redis-secret-init",
        "ConfigMap/argocd-cm", "ConfigMap/argocd-rbac-cm", "ConfigMap/argocd-cmd-params-cm",
        "ConfigMap/argocd-ssh-known-hosts-cm", "ConfigMap/argocd-tls-certs-cm",
        "ConfigMap/argocd-gpg-keys-cm", "Secret/argocd-secret",
        "ServiceAccount/argocd-application-controller", "ClusterRole/argocd-application-controller",
        "ClusterRoleBinding/argocd-server", "Role/argocd-server"}) {
    EXPECT_EQ(objects.count(key), 1u) << key;
  }
}

TEST(ArgoCdChartTest, LabelsAreThoseArgoCdLooksFor) {
  const Objects objects = ArgoCd();
  const Json& labels = objects.at("ConfigMap/argocd-cm")["metadata"]["labels"];
  EXPECT_EQ(labels["app.kubernetes.io/part-of"], "argocd");
  EXPECT_EQ(labels["app.kubernetes.io/name"], "argocd-cm");
  const Json& server = objects.at("Deployment/argocd-server")["spec"];
  EXPECT_EQ(server["selector"]["matchLabels"], (Json{{"app.kubernetes.io/name", "argocd-server"},
                                                     {"app.kubernetes.io/instance", "argocd"}}));
  EXPECT_EQ(server["template"]["spec"]["containers"][0]["image"],
            "quay.io/argoproj/argocd:v3.2.11");
}

TEST(ArgoCdChartTest, ServicesHaveTheOfficialPorts) {
  const Objects objects = ArgoCd();
  const auto ports = [&](const std::string& name) {
    std::map<std::string, int> result;
    for (const Json& port : objects.at("Service/" + name)["spec"]["ports"]) {
      result[port["name"]] = port["port"];
    }
    return result;
  };
  using Ports = std::map<std::string, int>;
  EXPECT_EQ(ports("argocd-server"), (Ports{{"http", 80}, {"https", 443}}));
  EXPECT_EQ(ports("argocd-repo-server"), (Ports{{"tcp-repo-server", 8081}}));
  EXPECT_EQ(ports("argocd-redis"), (Ports{{"redis", 6379}}));
  EXPECT_EQ(ports("argocd-dex-server"), (Ports{{"http", 5556}, {"grpc", 5557}}));
  EXPECT_EQ(ports("argocd-applicationset-controller"), (Ports{{"http-webhook", 7000}}));
}

TEST(ArgoCdChartTest, TheSecretOfRedisIsMadeBeforeAnythingElse) {
  const Objects objects = ArgoCd();
  for (const char* key :
       {"Job/argocd-redis-secret-init", "Role/argocd-redis-secret-init",
        "RoleBinding/argocd-redis-secret-init", "ServiceAccount/argocd-redis-secret-init"}) {
    EXPECT_EQ(objects.at(key)["metadata"]["annotations"]["helm.sh/hook"], "pre-install,pre-upgrade")
        << key;
  }
  EXPECT_EQ(
      ArgoCd({{"redisSecretInit", {{"enabled", false}}}}).count("Job/argocd-redis-secret-init"),
      0u);
}

TEST(ArgoCdChartTest, PlacementOfAComponentWinsOverTheGlobalOne) {
  const Json toleration = {{"key", "dedicated"},
                           {"operator", "Equal"},
                           {"value", "monitoring"},
                           {"effect", "NoSchedule"}};
  const Objects objects = ArgoCd(
      {{"global", {{"nodeSelector", {{"node-type", "primary"}}}, {"tolerations", {toleration}}}},
       {"server", {{"nodeSelector", {{"node-type", "other"}}}}}});
  const auto pod = [&](const std::string& key) {
    return objects.at(key)["spec"]["template"]["spec"];
  };
  EXPECT_EQ(pod("Deployment/argocd-redis")["nodeSelector"]["node-type"], "primary");
  EXPECT_EQ(pod("Job/argocd-redis-secret-init")["nodeSelector"]["node-type"], "primary");
  EXPECT_EQ(pod("Deployment/argocd-server")["nodeSelector"]["node-type"], "other");
  EXPECT_EQ(pod("StatefulSet/argocd-application-controller")["tolerations"],
            Json::array({toleration}));
}

TEST(ArgoCdChartTest, SettingsReachArgoCdAndRestartIt) {
  const Objects before = ArgoCd();
  const Objects after =
      ArgoCd({{"configs",
               {{"cm", {{"timeout.reconciliation", "60s"}, {"admin.enabled", false}}},
                {"params", {{"server.insecure", true}}}}}});
  const Json& data = after.at("ConfigMap/argocd-cm")["data"];
  EXPECT_EQ(data["timeout.reconciliation"], "60s");
  EXPECT_EQ(data["admin.enabled"], "false");
  EXPECT_EQ(after.at("ConfigMap/argocd-cmd-params-cm")["data"]["server.insecure"], "true");
  const auto annotations = [](const Objects& objects) {
    return objects.at("Deployment/argocd-server")["spec"]["template"]["metadata"]["annotations"];
  };
  EXPECT_NE(annotations(before)["checksum/cm"], annotations(after)["checksum/cm"]);
  EXPECT_NE(annotations(before)["checksum/cmd-params"], annotations(after)["checksum/cmd-params"]);
}

// Without a data field an upgrade leaves alone what argocd-server wrote into its Secret.
TEST(ArgoCdChartTest, TheSecretHasNoDataUnlessGivenSome) {
  EXPECT_FALSE(ArgoCd().at("Secret/argocd-secret").contains("data"));
  const Json data = ArgoCd({{"configs",
                             {{"secret",
                               {{"argocdServerAdminPassword", "$2a$10$x"},
                                {"argocdServerAdminPasswordMtime", "2026-01-01T00:00:00Z"}}}}}})
                        .at("Secret/argocd-secret")["data"];
  EXPECT_EQ(data["admin.password"], "JDJhJDEwJHg=");
  EXPECT_EQ(data["admin.passwordMtime"], "MjAyNi0wMS0wMVQwMDowMDowMFo=");
}

class PackedWithCrds : public ::testing::Test {
 protected:
  PackedWithCrds() {
    std::filesystem::copy(Source("lab/charts/argo-cd"), dir_ / "argo-cd",
                          std::filesystem::copy_options::recursive);
    dir_.Write("argo-cd/files/crds/application-crd.yaml",
               "apiVersion: apiextensions.k8s.io/v1\nkind: CustomResourceDefinition\n"
               "metadata: {name: applications.argoproj.io, labels: {app.kubernetes.io/name: "
               "applications.argoproj.io}}\n"
               "spec: {group: argoproj.io, versions: [{name: v1alpha1, schema: {openAPIV3Schema: "
               "{maxLength: 9007199254740993}}}]}\n");
  }
  const testing::TempDir dir_;
};

TEST_F(PackedWithCrds, CrdsAreInstalledAndOutliveTheRelease) {
  const Json crd =
      ArgoCd({}, dir_ / "argo-cd").at("CustomResourceDefinition/applications.argoproj.io");
  EXPECT_EQ(crd["metadata"]["annotations"]["helm.sh/resource-policy"], "keep");
  EXPECT_EQ(crd["metadata"]["labels"]["app.kubernetes.io/part-of"], "argocd");
  EXPECT_EQ(crd["metadata"]["labels"]["app.kubernetes.io/name"], "applications.argoproj.io");
  EXPECT_EQ(crd["spec"]["versions"][0]["name"], "v1alpha1");
}

TEST_F(PackedWithCrds, CrdsFollowInstallAndKeep) {
  const std::string chart = dir_ / "argo-cd";
  const Json crd = ArgoCd({{"crds", {{"keep", false}}}}, chart)
                       .at("CustomResourceDefinition/applications.argoproj.io");
  EXPECT_FALSE(
      crd["metadata"].value("annotations", Json::object()).contains("helm.sh/resource-policy"));
  EXPECT_EQ(ArgoCd({{"crds", {{"install", false}}}}, chart)
                .count("CustomResourceDefinition/applications.argoproj.io"),
            0u);
}

TEST_F(PackedWithCrds, AFileThatIsNoCrdIsRefused) {
  dir_.Write("argo-cd/files/crds/other.yaml", "kind: ConfigMap\n");
  const absl::StatusOr<CommandResult> result =
      Template({.chart = dir_ / "argo-cd", .release = "argocd"});
  ASSERT_THAT(result, IsOk());
  EXPECT_NE(result->exit_code, 0);
  EXPECT_THAT(result->err, HasSubstr("files/crds/other.yaml is no CustomResourceDefinition"));
}

TEST(ArgoCdChartTest, EverythingOnHangsTogether) {
  const Json on = {{"enabled", true}};
  EXPECT_THAT(LooseEnds(ArgoCd({{"server", {{"metrics", on}, {"autoscaling", on}, {"ingress", on}}},
                                {"repoServer", {{"metrics", on}, {"autoscaling", on}}},
                                {"controller", {{"metrics", on}}},
                                {"applicationSet", {{"metrics", on}}},
                                {"notifications", {{"metrics", on}}},
                                {"dex", {{"metrics", on}}}})),
              IsEmpty());
}

}  // namespace
}  // namespace kproto::lab
