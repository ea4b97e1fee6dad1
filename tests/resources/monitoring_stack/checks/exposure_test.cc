// SPDX-License-Identifier: MPL-2.0
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "resources/monitoring_stack/checks/rules.h"
#include "tests/resources/monitoring_stack/checks/picture.h"

namespace kproto::monitoring_stack {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::string Service(const std::string& name, const std::string& rest) {
  return "kind: Service\nmetadata: {name: " + name + "}\nspec: {" + rest + "}\n";
}

std::vector<std::string> With(const std::string& component, const std::string& values,
                              const std::string& objects) {
  Picture picture;
  picture.Add(component, values, objects);
  return Lines(CheckExposure, picture);
}

TEST(ExposureTest, APublicGrafanaLetsNobodyInUnasked) {
  const std::string is_public = Service("grafana", "type: LoadBalancer");
  EXPECT_THAT(
      With("grafana", "adminPassword: changeme\nadmin: {existingSecret: s}", is_public),
      ElementsAre(AllOf(HasSubstr("A password stands in a values file"),
                        HasSubstr("| adminPassword |"), HasSubstr("Service grafana (LoadBalancer)"),
                        HasSubstr("grafana.admin_password_wo"))));
  const std::string anonymous = "grafana.ini: {auth.anonymous: {enabled: true}}";
  EXPECT_THAT(With("grafana", anonymous, is_public), ElementsAre(HasSubstr("Anonymous access")));
  EXPECT_THAT(With("grafana", anonymous, Service("grafana", "type: ClusterIP")), IsEmpty());
  EXPECT_THAT(
      With("grafana", anonymous,
           Service("grafana", "type: LoadBalancer, loadBalancerSourceRanges: [10.0.0.0/8]")),
      IsEmpty());
  EXPECT_THAT(With("grafana", "", is_public), IsEmpty());
}

TEST(ExposureTest, APasswordInAFileIsAWarningWhereNobodyReachesGrafana) {
  Picture picture;
  picture.Add("grafana", "adminPassword: changeme");
  const Findings findings = All(CheckExposure, picture);
  ASSERT_EQ(findings.size(), 1);
  EXPECT_EQ(findings[0].severity, Severity::kWarning);
}

TEST(ExposureTest, APublicLokiAsksForAPassword) {
  const std::string is_public = Service("loki-gateway", "type: LoadBalancer");
  EXPECT_THAT(With("loki", "loki: {auth_enabled: true}", is_public),
              ElementsAre(HasSubstr("Everybody may read and write logs")));
  EXPECT_THAT(With("loki", "gateway: {basicAuth: {enabled: true}}", is_public), IsEmpty());
  EXPECT_THAT(With("loki", "", Service("loki-gateway", "type: ClusterIP")), IsEmpty());
}

TEST(ExposureTest, APublicArgoCdKnowsItsUsersAndIsEncrypted) {
  const std::string is_public = Service("argocd-server", "type: LoadBalancer");
  EXPECT_THAT(
      With("argocd",
           "configs: {cm: {users.anonymous.enabled: true}, params: {server.insecure: true}}",
           is_public),
      ElementsAre(HasSubstr("Everybody may use Argo CD"), HasSubstr("without encryption")));
  EXPECT_THAT(With("argocd", "configs: {params: {server.insecure: true}}",
                   Service("argocd-server", "type: ClusterIP")),
              IsEmpty());
}

}  // namespace
}  // namespace kproto::monitoring_stack
