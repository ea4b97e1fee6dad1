// SPDX-License-Identifier: MPL-2.0
// RestKubernetes against a real API server: give its kubeconfig, a file, by
// KPROTO_TEST_KUBECONFIG. Everything is made in a namespace of its own.
#include <cstdlib>
#include <fstream>
#include <memory>
#include <sstream>
#include <string>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/clock.h"
#include "base/random.h"
#include "clients/kubernetes/kubeconfig.h"
#include "clients/kubernetes/rest_kubernetes.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace kproto::kubernetes {
namespace {

using ::kproto::testing::IsOk;
using ::kproto::testing::IsOkAndHolds;
using ::kproto::testing::StatusIs;
using ::testing::Eq;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using Code = absl::StatusCode;

class RealClusterTest : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* file = std::getenv("KPROTO_TEST_KUBECONFIG");
    if (file == nullptr) {
      GTEST_SKIP() << "KPROTO_TEST_KUBECONFIG names no cluster";
    }
    std::stringstream text;
    text << std::ifstream(file).rdbuf();
    const auto credentials = ParseKubeconfig(text.str());
    ASSERT_THAT(credentials, IsOk());
    credentials_ = *credentials;
    kubernetes_ = MakeRestKubernetes(credentials_, &clock_);
    ASSERT_THAT(kubernetes_->Apply(
                    {{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", ns_}}}},
                    Conflicts::kFail, {}),
                IsOk());
  }

  void TearDown() override {
    if (kubernetes_ != nullptr) {
      EXPECT_THAT(kubernetes_->Delete({"v1", "Namespace", "", ns_}, Propagation::kBackground, {}),
                  IsOk());
    }
  }

  Json ConfigMap(Json data) const {
    return {{"apiVersion", "v1"},
            {"kind", "ConfigMap"},
            {"metadata", {{"namespace", ns_}, {"name", "a"}, {"labels", {{"app", "x"}}}}},
            {"data", std::move(data)}};
  }

  Call Soon() const { return {absl::Now() + absl::Seconds(30), {}}; }

  SystemClock clock_;
  Credentials credentials_;
  std::unique_ptr<Kubernetes> kubernetes_;
  const std::string ns_ = absl::StrCat("kproto-test-", RandomHex(4));
  const ObjectKey key_ = {"v1", "ConfigMap", ns_, "a"};
};

TEST_F(RealClusterTest, AppliesListsAndDeletes) {
  EXPECT_THAT(kubernetes_->GetVersion({}), IsOk());
  EXPECT_THAT(kubernetes_->Get(key_, {}), IsOkAndHolds(Eq(std::nullopt)));
  ASSERT_THAT(kubernetes_->Apply(ConfigMap({{"one", "1"}, {"two", "2"}}), Conflicts::kFail, {}),
              IsOk());
  const auto again = kubernetes_->Apply(ConfigMap({{"one", "9"}}), Conflicts::kFail, {});
  ASSERT_THAT(again, IsOk());
  EXPECT_EQ((*again)["data"], Json({{"one", "9"}}));  // what is no longer applied is gone
  EXPECT_THAT(kubernetes_->List("v1", "ConfigMap", {ns_, "app=x", ""}, {}),
              IsOkAndHolds(SizeIs(1)));
  EXPECT_THAT(kubernetes_->List("v1", "ConfigMap", {ns_, "app!=x,app", ""}, {}),
              IsOkAndHolds(SizeIs(0)));
  EXPECT_THAT(kubernetes_->Delete(key_, Propagation::kBackground, {}), IsOk());
  EXPECT_THAT(WaitDeleted(*kubernetes_, key_, Soon()), IsOk());
  EXPECT_THAT(kubernetes_->Delete(key_, Propagation::kBackground, {}), IsOk());
}

TEST_F(RealClusterTest, SaysWhatIsWrong) {
  Json elsewhere = ConfigMap({});
  elsewhere["metadata"]["namespace"] = "no-such-namespace";
  EXPECT_THAT(kubernetes_->Apply(elsewhere, Conflicts::kFail, {}),
              StatusIs(Code::kNotFound, HasSubstr("no-such-namespace")));
  EXPECT_THAT(kubernetes_->Apply(ConfigMap({{"bad key!", "1"}}), Conflicts::kFail, {}),
              StatusIs(Code::kInvalidArgument, HasSubstr("bad key!")));
  Credentials stranger = credentials_;
  stranger.token = SecretString("nobody");
  stranger.client_certificate.clear();
  stranger.client_key = SecretString();
  EXPECT_THAT(MakeRestKubernetes(stranger, &clock_)->Get(key_, {}),
              StatusIs(Code::kUnauthenticated));
  EXPECT_THAT(kubernetes_->Get({"example.com/v1", "Widget", ns_, "w"}, {}),
              IsOkAndHolds(Eq(std::nullopt)));
}

TEST_F(RealClusterTest, AWatchSeesWhatAnotherThreadDoes) {
  std::jthread other;
  int seen = 0;
  const auto look = [&](const Json* object) -> absl::StatusOr<bool> {
    if (++seen == 1) {  // the watch begins after this; what happens before it must not be lost
      other = std::jthread([this] {
        EXPECT_THAT(kubernetes_->Apply(ConfigMap({{"n", "1"}}), Conflicts::kFail, {}), IsOk());
        EXPECT_THAT(kubernetes_->Apply(ConfigMap({{"n", "2"}}), Conflicts::kFail, {}), IsOk());
      });
    }
    return object != nullptr && (*object)["data"]["n"] == "2";
  };
  EXPECT_THAT(kubernetes_->WaitUntil(key_, look, Soon()), IsOk());
  EXPECT_THAT(seen, Ge(2));
}

TEST_F(RealClusterTest, ACustomKindIsFoundOnceItIsThere) {
  const std::string group = absl::StrCat(ns_, ".example.com");
  const ObjectKey crd = {"apiextensions.k8s.io/v1", "CustomResourceDefinition", "",
                         "widgets." + group};
  const Json definition = {
      {"apiVersion", crd.api_version},
      {"kind", crd.kind},
      {"metadata", {{"name", crd.name}}},
      {"spec",
       {{"group", group},
        {"scope", "Namespaced"},
        {"names", {{"kind", "Widget"}, {"plural", "widgets"}}},
        {"versions",
         {{{"name", "v1"},
           {"served", true},
           {"storage", true},
           {"schema",
            {{"openAPIV3Schema",
              {{"type", "object"}, {"x-kubernetes-preserve-unknown-fields", true}}}}}}}}}}};
  const Json widget = {{"apiVersion", group + "/v1"},
                       {"kind", "Widget"},
                       {"metadata", {{"namespace", ns_}, {"name", "w"}}},
                       {"spec", {{"size", 3}}}};
  EXPECT_THAT(kubernetes_->Apply(widget, Conflicts::kFail, {}), StatusIs(Code::kNotFound));
  ASSERT_THAT(kubernetes_->Apply(definition, Conflicts::kFail, {}), IsOk());
  const auto established = [](const Json* object) -> absl::StatusOr<bool> {
    return object != nullptr && absl::StrContains(object->value("status", Json()).dump(),
                                                  R"("status":"True","type":"Established")");
  };
  ASSERT_THAT(kubernetes_->WaitUntil(crd, established, Soon()), IsOk());
  // Established means served, give or take the moment until every handler knows.
  absl::Status applied;
  do {
    applied = kubernetes_->Apply(widget, Conflicts::kFail, Soon()).status();
  } while (absl::IsNotFound(applied) && clock_.Sleep(absl::Milliseconds(100), {}));
  EXPECT_THAT(applied, IsOk());
  EXPECT_EQ((**kubernetes_->Get(KeyOf(widget), {}))["spec"]["size"], 3);
  EXPECT_THAT(kubernetes_->Delete(crd, Propagation::kBackground, {}), IsOk());
}

}  // namespace
}  // namespace kproto::kubernetes
