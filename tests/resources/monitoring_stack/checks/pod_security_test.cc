// SPDX-License-Identifier: MPL-2.0
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/checks/pod_standards.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "tests/resources/monitoring_stack/checks/picture.h"

namespace kproto::monitoring_stack {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;

using Json = nlohmann::json;

Json PodWith(const std::string& spec) { return {{"spec", Json::parse(spec)}}; }

std::vector<std::string> Baseline(const std::string& spec) {
  return ViolationsOf(PodWith(spec), PodLevel::kBaseline);
}

constexpr char kCareful[] = R"({"securityContext": {"runAsNonRoot": true,
    "seccompProfile": {"type": "RuntimeDefault"}},
  "volumes": [{"name": "data", "persistentVolumeClaim": {"claimName": "data"}}],
  "containers": [{"name": "loki", "securityContext": {"allowPrivilegeEscalation": false,
    "capabilities": {"drop": ["ALL"], "add": ["NET_BIND_SERVICE"]}}}]})";

TEST(PodStandardsTest, ACarefulPodIsAllowedEverywhere) {
  EXPECT_THAT(ViolationsOf(PodWith(kCareful), PodLevel::kRestricted), IsEmpty());
  EXPECT_THAT(Baseline(R"({"containers": [{"name": "a"}]})"), IsEmpty());
}

TEST(PodStandardsTest, BaselineKeepsAPodFromItsNode) {
  const auto in_container = [](const std::string& member) {
    return Baseline(R"({"containers": [{"name": "a", )" + member + "}]}");
  };
  EXPECT_THAT(Baseline(R"({"hostNetwork": true, "hostPID": true, "containers": []})"),
              ElementsAre("host namespaces (hostNetwork, hostPID)"));
  EXPECT_THAT(Baseline(R"({"volumes": [{"name": "logs", "hostPath": {"path": "/var/log"}}]})"),
              ElementsAre("hostPath volumes (logs)"));
  EXPECT_THAT(in_container(R"("securityContext": {"privileged": true})"),
              ElementsAre("privileged containers (a)"));
  EXPECT_THAT(in_container(R"("securityContext": {"capabilities": {"add": ["NET_ADMIN"]}})"),
              ElementsAre("added capabilities (a)"));
  EXPECT_THAT(in_container(R"("securityContext": {"capabilities": {"add": ["CHOWN"]}})"),
              IsEmpty());
  EXPECT_THAT(in_container(R"("ports": [{"containerPort": 80, "hostPort": 80}])"),
              ElementsAre("host ports (a)"));
  EXPECT_THAT(in_container(R"("livenessProbe": {"httpGet": {"host": "10.0.0.1", "port": 80}})"),
              ElementsAre("probes of another host (a)"));
  EXPECT_THAT(in_container(R"("securityContext": {"procMount": "Unmasked"})"),
              ElementsAre("procMount (a)"));
  EXPECT_THAT(in_container(R"("securityContext": {"seLinuxOptions": {"type": "spc_t"}})"),
              ElementsAre("SELinux options (a)"));
  EXPECT_THAT(in_container(R"("securityContext": {"appArmorProfile": {"type": "Unconfined"}})"),
              ElementsAre("AppArmor profile (a)"));
  EXPECT_THAT(Baseline(R"({"securityContext": {"seccompProfile": {"type": "Unconfined"}}})"),
              ElementsAre("seccomp profile Unconfined (the pod)"));
  EXPECT_THAT(Baseline(R"({"securityContext": {"sysctls": [{"name": "kernel.msgmax"},
                          {"name": "net.ipv4.tcp_syncookies"}]}})"),
              ElementsAre("sysctls (kernel.msgmax)"));
}

TEST(PodStandardsTest, RestrictedAsksForCare) {
  const auto restricted = [](const char* spec) {
    return ViolationsOf(PodWith(spec), PodLevel::kRestricted);
  };
  EXPECT_THAT(
      restricted(R"({"containers": [{"name": "a"}], "initContainers": [{"name": "b"}]})"),
      ElementsAre("allowPrivilegeEscalation is not false (b, a)", "runAsNonRoot is not true (b, a)",
                  "seccompProfile is not RuntimeDefault or Localhost (b, a)",
                  "capabilities beside NET_BIND_SERVICE are not all dropped (b, a)"));
  Json pod = PodWith(kCareful);
  pod["spec"]["volumes"][0] = {{"name", "share"}, {"nfs", Json::object()}};
  pod["spec"]["containers"][0]["securityContext"]["runAsUser"] = 0;
  EXPECT_THAT(ViolationsOf(pod, PodLevel::kRestricted),
              ElementsAre("volume types (share: nfs)", "runAsUser is 0 (loki)"));
}

TEST(PodStandardsTest, WhatIsOddlyShapedIsNoCrash) {
  for (const char* spec : {"{}", "[]", "7", R"({"containers": 7, "volumes": ["x"]})",
                           R"({"containers": [7, null], "securityContext": []})"}) {
    ViolationsOf(PodWith(spec), PodLevel::kRestricted);
  }
  EXPECT_THAT(ViolationsOf(Json(), PodLevel::kRestricted), IsEmpty());
}

// ---- the rule --------------------------------------------------------------------------------

constexpr char kPromtail[] = R"(
kind: DaemonSet
metadata: {name: promtail}
spec:
  template:
    spec:
      volumes: [{name: pods, hostPath: {path: /var/log/pods}}]
      containers: [{name: promtail}]
)";
constexpr char kGrafana[] = R"(
kind: Deployment
metadata: {name: grafana}
spec: {template: {spec: {containers: [{name: grafana}]}}}
)";

Picture With(const char* enforce, const char* warn = nullptr) {
  Picture picture;
  picture.Add("grafana", "", kGrafana);
  picture.Add("promtail", "", kPromtail);
  StackPodSecurity said;
  said.enforce = enforce;
  if (warn != nullptr) {
    said.warn = warn;
  }
  picture.stack.planned.ns = "monitoring";
  picture.stack.planned.pod_security = said;
  return picture;
}

TEST(PodSecurityRuleTest, APodThatWouldNotBeMadeIsNamedWithWhatItViolates) {
  EXPECT_THAT(Lines(CheckPodSecurity, With("baseline")),
              ElementsAre(AllOf(HasSubstr("Pods of DaemonSet promtail violate the Pod Security "
                                          "Standard baseline"),
                                HasSubstr("pod_security.enforce = \"baseline\""),
                                HasSubstr("hostPath volumes (pods)"),
                                HasSubstr("Set pod_security.enforce to \"privileged\""))));
  EXPECT_THAT(All(CheckPodSecurity, With("restricted")), SizeIs(2));
  EXPECT_THAT(Lines(CheckPodSecurity, With("privileged")), IsEmpty());
}

TEST(PodSecurityRuleTest, AWarningIsOne) {
  const Findings findings = All(CheckPodSecurity, With("privileged", "baseline"));
  ASSERT_THAT(findings, SizeIs(1));
  EXPECT_EQ(findings[0].severity, Severity::kWarning);
}

TEST(PodSecurityRuleTest, EachNamespaceIsHeldToItsOwn) {
  Picture picture = With("privileged");
  picture.Add("argocd", "", kGrafana);
  StackArgoCd argocd;
  argocd.ns = "argocd";
  StackPodSecurity restricted;
  restricted.enforce = "restricted";
  argocd.pod_security = restricted;
  picture.stack.planned.argocd = argocd;
  EXPECT_THAT(Lines(CheckPodSecurity, picture),
              ElementsAre(HasSubstr("argocd.pod_security.enforce to \"baseline\"")));
}

TEST(PodSecurityRuleTest, JobsCountAndTestsDoNot) {
  Picture picture = With("baseline");
  picture.stack.components.clear();
  constexpr char kJob[] = R"(
kind: CronJob
metadata: {name: compact}
spec: {jobTemplate: {spec: {template: {spec: {hostNetwork: true, containers: [{name: a}]}}}}}
---
kind: Pod
metadata: {name: test, annotations: {helm.sh/hook: test}}
spec: {hostNetwork: true, containers: [{name: a}]}
---
kind: Pod
metadata: {name: elsewhere, namespace: kube-system}
spec: {hostNetwork: true, containers: [{name: a}]}
)";
  picture.Add("loki", "", kJob);
  EXPECT_THAT(Lines(CheckPodSecurity, picture), ElementsAre(HasSubstr("CronJob compact")));
}

}  // namespace
}  // namespace kproto::monitoring_stack
