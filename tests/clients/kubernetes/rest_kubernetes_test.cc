// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/rest_kubernetes.h"

#include <filesystem>
#include <memory>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/fake_clock.h"
#include "tests/support/http_imposter.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"

namespace kproto::kubernetes {
namespace {

using ::kproto::testing::FakeClock;
using ::kproto::testing::HttpImposter;
using ::kproto::testing::IsOk;
using ::kproto::testing::IsOkAndHolds;
using ::kproto::testing::Reply;
using ::kproto::testing::StatusIs;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Eq;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::Optional;
using ::testing::SizeIs;
using Code = absl::StatusCode;

const ObjectKey kConfigMap = {"v1", "ConfigMap", "x", "a"};
constexpr char kConfigMapPath[] = "/api/v1/namespaces/x/configmaps/a";
const ObjectKey kWidget = {"example.com/v1", "Widget", "x", "w"};

std::string Failure(int code, const std::string& reason, const std::string& message) {
  return Json({{"apiVersion", "v1"},
               {"kind", "Status"},
               {"status", "Failure"},
               {"code", code},
               {"reason", reason},
               {"message", message}})
      .dump();
}

Reply NotFound() { return {404, Failure(404, "NotFound", "configmaps \"a\" not found")}; }

class RestKubernetesTest : public ::testing::Test {
 protected:
  RestKubernetesTest() {
    Credentials credentials;
    credentials.host = server_.url() + "/";
    credentials.token = SecretString("geheim");
    kubernetes_ = MakeRestKubernetes(credentials, &clock_);
  }

  FakeClock clock_;
  HttpImposter server_;
  std::unique_ptr<Kubernetes> kubernetes_;
};

TEST_F(RestKubernetesTest, GetSendsTheTokenAndReadsTheObject) {
  server_.On("GET", kConfigMapPath, {200, R"({"kind":"ConfigMap","data":{"k":"v"}})"});
  const auto object = kubernetes_->Get(kConfigMap, {});
  ASSERT_THAT(object, IsOk());
  ASSERT_TRUE(object->has_value());
  EXPECT_EQ((**object)["data"]["k"], "v");
  EXPECT_EQ(server_.requests()[0].headers.at("authorization"), "Bearer geheim");
}

TEST_F(RestKubernetesTest, WhatIsNotThereIsAnAnswer) {
  server_.On("GET", kConfigMapPath, NotFound());
  EXPECT_THAT(kubernetes_->Get(kConfigMap, {}), IsOkAndHolds(Eq(std::nullopt)));
}

TEST_F(RestKubernetesTest, AKindThatIsNotInstalledIsNotThere) {
  server_.On("GET", "/apis/argoproj.io/v1alpha1/namespaces/x/applications/a",
             {404, "404 page not found\n"});
  server_.On("GET", "/version", {200, R"({"gitVersion":"v1.34.1","major":"1","minor":"34"})"});
  EXPECT_THAT(kubernetes_->Get({"argoproj.io/v1alpha1", "Application", "x", "a"}, {}),
              IsOkAndHolds(Eq(std::nullopt)));
}

TEST_F(RestKubernetesTest, A404OfAStrayProxyIsNotBelieved) {
  server_.Always("GET", kConfigMapPath, {404, "<html>no such site</html>"});
  server_.Always("GET", "/version", {404, "<html>no such site</html>"});
  server_.Always("DELETE", kConfigMapPath, {404, "<html>no such site</html>"});
  EXPECT_THAT(kubernetes_->Get(kConfigMap, {}), StatusIs(Code::kUnavailable));
  EXPECT_THAT(kubernetes_->Delete(kConfigMap, Propagation::kBackground, {}),
              StatusIs(Code::kUnavailable));
}

TEST_F(RestKubernetesTest, FailuresAreDecoded) {
  const struct {
    int http;
    const char* reason;
    Code code;
  } kCases[] = {
      {401, "Unauthorized", Code::kUnauthenticated},
      {403, "Forbidden", Code::kPermissionDenied},
      {409, "Conflict", Code::kAborted},
      {409, "AlreadyExists", Code::kAlreadyExists},
      {410, "Expired", Code::kOutOfRange},
      {422, "Invalid", Code::kInvalidArgument},
      {400, "BadRequest", Code::kInvalidArgument},
      {429, "TooManyRequests", Code::kUnavailable},
      {503, "ServiceUnavailable", Code::kUnavailable},
      {500, "InternalError", Code::kUnavailable},
  };
  for (const auto& test : kCases) {
    HttpImposter server;
    server.Always("GET", kConfigMapPath,
                  {test.http, Failure(test.http, test.reason, "the reason")});
    Credentials credentials;
    credentials.host = server.url();
    credentials.token = SecretString("geheim");
    const absl::Status status =
        MakeRestKubernetes(credentials, &clock_)->Get(kConfigMap, {}).status();
    EXPECT_THAT(status,
                StatusIs(test.code, AllOf(HasSubstr("ConfigMap x/a"), HasSubstr("the reason"),
                                          Not(HasSubstr("geheim")))))
        << test.reason;
  }
}

TEST_F(RestKubernetesTest, AnUnreachableServerIsUnavailable) {
  std::string url;
  {
    HttpImposter gone;
    url = gone.url();
  }
  Credentials credentials;
  credentials.host = url;
  const auto away = MakeRestKubernetes(credentials, &clock_);
  EXPECT_THAT(away->Get(kConfigMap, {}), StatusIs(Code::kUnavailable));
  EXPECT_THAT(away->List("v1", "Pod", {}, {}), StatusIs(Code::kUnavailable));
  EXPECT_THAT(away->Delete(kConfigMap, Propagation::kBackground, {}), StatusIs(Code::kUnavailable));
}

TEST_F(RestKubernetesTest, ATokenOfAServiceAccountIsAskedFor) {
  const std::string target = "/api/v1/namespaces/x/serviceaccounts/a/token";
  server_.On("POST", target, {201, R"({"kind":"TokenRequest","status":{"token":"ey.ey.s",
                       "expirationTimestamp":"2026-03-01T00:00:00Z"}})"});
  const auto token = kubernetes_->RequestToken("x", "a", absl::Hours(2), {});
  ASSERT_THAT(token, IsOk());
  EXPECT_EQ(token->token.Reveal(), "ey.ey.s");
  EXPECT_EQ(absl::FormatTime(token->expires, absl::UTCTimeZone()), "2026-03-01T00:00:00+00:00");
  EXPECT_EQ(Json::parse(server_.requests()[0].body)["spec"]["expirationSeconds"], 7200);
  server_.On("POST", target, NotFound());
  EXPECT_THAT(kubernetes_->RequestToken("x", "a", absl::Hours(2), {}), StatusIs(Code::kNotFound));
  server_.On("POST", target, {201, R"({"kind":"TokenRequest","status":{}})"});
  EXPECT_THAT(kubernetes_->RequestToken("x", "a", absl::Hours(2), {}), StatusIs(Code::kDataLoss));
}

TEST_F(RestKubernetesTest, ApplyIsServerSide) {
  const std::string target = absl::StrCat(kConfigMapPath, "?fieldManager=kproto&force=true");
  server_.On("PATCH", target, {201, R"({"kind":"ConfigMap","metadata":{"uid":"1"}})"});
  const Json object = {{"apiVersion", "v1"},
                       {"kind", "ConfigMap"},
                       {"metadata", {{"namespace", "x"}, {"name", "a"}}},
                       {"data", {{"k", "v"}}}};
  const auto stored = kubernetes_->Apply(object, Conflicts::kForce, {});
  ASSERT_THAT(stored, IsOk());
  EXPECT_EQ((*stored)["metadata"]["uid"], "1");
  const auto request = server_.requests()[0];
  EXPECT_EQ(request.headers.at("content-type"), "application/apply-patch+yaml");
  EXPECT_EQ(Json::parse(request.body), object);
}

TEST_F(RestKubernetesTest, AnApplyThatMetA503IsTriedAgain) {
  const std::string target = absl::StrCat(kConfigMapPath, "?fieldManager=kproto&force=false");
  server_.On("PATCH", target, {503, "busy"});
  server_.On("PATCH", target, {200, R"({"kind":"ConfigMap"})"});
  EXPECT_THAT(kubernetes_->Apply({{"apiVersion", "v1"},
                                  {"kind", "ConfigMap"},
                                  {"metadata", {{"namespace", "x"}, {"name", "a"}}}},
                                 Conflicts::kFail, {}),
              IsOk());
}

TEST_F(RestKubernetesTest, ApplyNamesTheConflictAndTheMissingNamespace) {
  const std::string target = absl::StrCat(kConfigMapPath, "?fieldManager=kproto&force=false");
  const Json object = {{"apiVersion", "v1"},
                       {"kind", "ConfigMap"},
                       {"metadata", {{"namespace", "x"}, {"name", "a"}}}};
  server_.On("PATCH", target,
             {409, Failure(409, "Conflict", "conflict with \"helm\" using v1: .data.k")});
  EXPECT_THAT(kubernetes_->Apply(object, Conflicts::kFail, {}),
              StatusIs(Code::kAborted, HasSubstr("conflict with \"helm\"")));
  server_.On("PATCH", target, {404, Failure(404, "NotFound", "namespaces \"x\" not found")});
  EXPECT_THAT(kubernetes_->Apply(object, Conflicts::kFail, {}),
              StatusIs(Code::kNotFound, HasSubstr("namespaces \"x\"")));
  EXPECT_THAT(kubernetes_->Apply({{"kind", "ConfigMap"}}, Conflicts::kFail, {}),
              StatusIs(Code::kInvalidArgument));
}

TEST_F(RestKubernetesTest, ApplyOfAnUnknownKindSaysSo) {
  server_.On("GET", "/apis/example.com/v1", {404, "404 page not found\n"});
  server_.On("GET", "/version", {200, R"({"gitVersion":"v1.34.1"})"});
  const absl::Status status =
      kubernetes_
          ->Apply(
              {{"apiVersion", "example.com/v1"}, {"kind", "Widget"}, {"metadata", {{"name", "w"}}}},
              Conflicts::kFail, {})
          .status();
  EXPECT_THAT(status, StatusIs(Code::kNotFound, HasSubstr("Widget of example.com/v1")));
  EXPECT_THAT(HintOf(status), HasSubstr("CustomResourceDefinition"));
}

TEST_F(RestKubernetesTest, DiscoveryFindsOtherKindsOnce) {
  server_.On("GET", "/apis/example.com/v1",
             {200, R"({"resources":[{"name":"widgets/status","kind":"Widget","namespaced":true},
                                    {"name":"widgets","kind":"Widget","namespaced":true}]})"});
  server_.Always("GET", "/apis/example.com/v1/namespaces/x/widgets/w", {200, R"({"n":1})"});
  EXPECT_THAT(kubernetes_->Get(kWidget, {}), IsOkAndHolds(Optional(Json({{"n", 1}}))));
  EXPECT_THAT(kubernetes_->Get(kWidget, {}), IsOkAndHolds(Optional(Json({{"n", 1}}))));
  EXPECT_THAT(server_.calls(), SizeIs(3));
}

TEST_F(RestKubernetesTest, ListFollowsPagesAndNamesItsItems) {
  const std::string base = "/api/v1/namespaces/x/pods?limit=500&labelSelector=app%3Dloki";
  server_.On("GET", base,
             {200, R"({"metadata":{"continue":"a=/"},"items":[{"metadata":{"name":"1"}},7]})"});
  server_.On("GET", base + "&continue=a%3D%2F",
             {200, R"({"metadata":{},"items":[{"metadata":{"name":"2"}}]})"});
  const auto pods = kubernetes_->List("v1", "Pod", {"x", "app=loki", ""}, {});
  ASSERT_THAT(pods, IsOk());
  ASSERT_THAT(*pods, SizeIs(2));
  EXPECT_EQ(KeyOf((*pods)[1]), (ObjectKey{"v1", "Pod", "", "2"}));
}

TEST_F(RestKubernetesTest, AListThatExpiredBetweenPagesStartsOver) {
  server_.On("GET", "/api/v1/pods?limit=500",
             {200, R"({"metadata":{"continue":"c"},"items":[{}]})"});
  server_.On("GET", "/api/v1/pods?limit=500&continue=c", {410, Failure(410, "Expired", "too old")});
  server_.On("GET", "/api/v1/pods?limit=500", {200, R"({"metadata":{},"items":[{},{}]})"});
  EXPECT_THAT(kubernetes_->List("v1", "Pod", {}, {}), IsOkAndHolds(SizeIs(2)));
}

TEST_F(RestKubernetesTest, DeleteSaysHowAndTakesAMissingObject) {
  server_.On("DELETE", kConfigMapPath, {200, "{}"});
  EXPECT_THAT(kubernetes_->Delete(kConfigMap, Propagation::kForeground, {}), IsOk());
  EXPECT_EQ(Json::parse(server_.requests()[0].body)["propagationPolicy"], "Foreground");
  server_.On("DELETE", kConfigMapPath, NotFound());
  EXPECT_THAT(kubernetes_->Delete(kConfigMap, Propagation::kForeground, {}), IsOk());
}

TEST_F(RestKubernetesTest, PatchesInTwoWays) {
  const std::string target = absl::StrCat(kConfigMapPath, "?fieldManager=kproto");
  server_.Always("PATCH", target, {200, "{}"});
  EXPECT_THAT(kubernetes_->Patch(kConfigMap, PatchType::kMerge, {{"a", nullptr}}, {}), IsOk());
  EXPECT_THAT(kubernetes_->Patch(kConfigMap, PatchType::kJson, Json::array(), {}), IsOk());
  EXPECT_EQ(server_.requests()[0].headers.at("content-type"), "application/merge-patch+json");
  EXPECT_EQ(server_.requests()[0].body, R"({"a":null})");
  EXPECT_EQ(server_.requests()[1].headers.at("content-type"), "application/json-patch+json");
}

TEST_F(RestKubernetesTest, ReadsVersionsOfClouds) {
  server_.On("GET", "/version",
             {200, R"({"gitVersion":"v1.34.1-do.0","major":"1","minor":"34+"})"});
  const auto version = kubernetes_->GetVersion({});
  ASSERT_THAT(version, IsOk());
  EXPECT_EQ(version->git_version, "v1.34.1-do.0");
  EXPECT_EQ(version->minor, 34);
}

TEST_F(RestKubernetesTest, ProxyTellsTheServiceFromTheApiServer) {
  const std::string target = "/api/v1/namespaces/m/services/http:grafana:80/proxy/api/health";
  ServiceRequest request;
  request.ns = "m";
  request.service = "grafana";
  request.port = "80";
  request.path = "api/health";
  request.headers = {{"Cookie", "a=b"}};
  server_.On("GET", target, {503, "grafana is starting"});
  server_.On("PUT", target, {200, "{}"});
  const auto answer = kubernetes_->Proxy(request, {});
  ASSERT_THAT(answer, IsOk());
  EXPECT_EQ(answer->status, 503);
  EXPECT_EQ(answer->body, "grafana is starting");
  EXPECT_EQ(server_.requests()[0].headers.at("cookie"), "a=b");
  EXPECT_THAT(answer->headers, Not(IsEmpty()));
  request.method = ServiceRequest::Method::kPut;
  request.body = "{}";
  EXPECT_EQ(kubernetes_->Proxy(request, {})->status, 200);
  request.method = ServiceRequest::Method::kGet;
  server_.On("GET", target,
             {503, Failure(503, "ServiceUnavailable", "no endpoints available for service")});
  EXPECT_THAT(kubernetes_->Proxy(request, {}),
              StatusIs(Code::kUnavailable, HasSubstr("no endpoints")));
}

TEST_F(RestKubernetesTest, ARevokedCredentialOfAPluginIsRenewedOnce) {
  testing::TempDir dir;
  const std::string plugin =
      dir.Write("plugin", absl::StrCat("#!/bin/sh\necho x >> ", dir / "runs",
                                       "\necho \"{\\\"status\\\":{\\\"token\\\":\\\"t$(wc -l < ",
                                       dir / "runs", ")\\\"}}\"\n"));
  std::filesystem::permissions(plugin, std::filesystem::perms::owner_all);
  Credentials credentials;
  credentials.host = server_.url();
  credentials.exec = ExecPlugin{"client.authentication.k8s.io/v1", plugin, {}, {}};
  server_.On("GET", kConfigMapPath, {401, Failure(401, "Unauthorized", "expired")});
  server_.On("GET", kConfigMapPath, {200, "{}"});
  EXPECT_THAT(MakeRestKubernetes(credentials, &clock_)->Get(kConfigMap, {}), IsOk());
  EXPECT_EQ(server_.requests()[0].headers.at("authorization"), "Bearer t1");
  EXPECT_EQ(server_.requests()[1].headers.at("authorization"), "Bearer t2");
}

TEST_F(RestKubernetesTest, NoTimeLeftMeansNoRequest) {
  EXPECT_THAT(kubernetes_->Get(kConfigMap, {clock_.Now() - absl::Seconds(1), {}}),
              StatusIs(Code::kDeadlineExceeded));
  EXPECT_THAT(server_.calls(), IsEmpty());
}

TEST_F(RestKubernetesTest, GarbageIsAnErrorAndNoCrash) {
  server_.On("GET", kConfigMapPath, {200, "<html>"});
  EXPECT_THAT(kubernetes_->Get(kConfigMap, {}), StatusIs(Code::kDataLoss));
  server_.On("GET", "/api/v1/pods?limit=500", {200, R"({"items":7,"metadata":[]})"});
  EXPECT_THAT(kubernetes_->List("v1", "Pod", {}, {}), IsOkAndHolds(IsEmpty()));
}

}  // namespace
}  // namespace kproto::kubernetes
