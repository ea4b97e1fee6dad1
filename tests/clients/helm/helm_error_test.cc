// SPDX-License-Identifier: MPL-2.0
// The sentences are those of helm 3.22.0 and 4.3.1, recorded from runs against a chart repository
// on loopback and an API server.
#include "clients/helm/helm_error.h"

#include "base/hint.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/status_matchers.h"

namespace kproto::helm {
namespace {

using ::kproto::testing::StatusIs;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using Code = absl::StatusCode;

TEST(HelmErrorTest, KnowsHelmsSentences) {
  const struct {
    const char* text;
    Code code;
  } kCases[] = {
      {"release: not found", Code::kNotFound},
      {"uninstall: Release not loaded: x: release: not found", Code::kNotFound},
      {"chart \"nope\" version \"1.2.3\" not found in http://127.0.0.1:1 repository",
       Code::kNotFound},
      {"looks like \"http://h/none\" is not a valid chart repository or cannot be reached: failed "
       "to "
       "fetch http://h/none/index.yaml : 404 File not found",
       Code::kNotFound},
      {"looks like \"http://h\" is not a valid chart repository or cannot be reached: Get "
       "\"http://h/index.yaml\": dial tcp 127.0.0.1:1: connect: connection refused",
       Code::kUnavailable},
      {"could not find protocol handler for: ftp", Code::kInvalidArgument},
      {"failed to perform \"FetchReference\" on source: Get \"https://h/v2/x\": tls: first record "
       "does not look like a TLS handshake",
       Code::kUnavailable},
      {"Kubernetes cluster unreachable: Get \"https://127.0.0.1:1/version\": dial tcp 127.0.0.1:1: "
       "connect: connection refused",
       Code::kUnavailable},
      {"kubernetes cluster unreachable: the server has asked for the client to provide credentials",
       Code::kUnauthenticated},
      {"query: failed to query with labels: secrets is forbidden: User \"u\" cannot list",
       Code::kPermissionDenied},
      {"create: failed to create: namespaces \"ns1\" not found", Code::kNotFound},
      {"UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress",
       Code::kAborted},
      {"INSTALLATION FAILED: cannot re-use a name that is still in use", Code::kAlreadyExists},
      {"Unable to continue with install: ConfigMap \"w\" in namespace \"a\" exists and cannot be "
       "imported into the current release: invalid ownership metadata",
       Code::kAlreadyExists},
      {"chart requires kubeVersion: >=1.50.0-0 which is incompatible with Kubernetes v1.37.0",
       Code::kInvalidArgument},
      {"invalid kube version 'banana': could not parse \"banana\" as version",
       Code::kInvalidArgument},
      {"UPGRADE FAILED: release x failed, and has been rolled back due to atomic being set: "
       "context "
       "deadline exceeded",
       Code::kDeadlineExceeded},
      {"something nobody has seen before", Code::kUnknown},
  };
  for (const auto& test : kCases) {
    EXPECT_THAT(StatusFromStderr(std::string("Error: ") + test.text + "\n"),
                StatusIs(test.code, test.text));
  }
}

TEST(HelmErrorTest, KeepsTheChartsOwnTextWhole) {
  const absl::Status status = StatusFromStderr(
      "level=WARN msg=\"something else\"\n"
      "Error: execution error at (tiny/templates/cm.yaml:1:25): Cannot run Scalable targets\n"
      "without storage\n\nUse --debug flag to render out invalid YAML\n");
  EXPECT_THAT(status,
              StatusIs(Code::kInvalidArgument,
                       "execution error at (tiny/templates/cm.yaml:1:25): Cannot run Scalable "
                       "targets\nwithout storage"));
}

TEST(HelmErrorTest, SilenceIsAnErrorToo) {
  EXPECT_THAT(StatusFromStderr(""), StatusIs(Code::kUnknown, HasSubstr("said nothing")));
  EXPECT_THAT(StatusFromStderr("panic: x"), StatusIs(Code::kUnknown, "panic: x"));
}

TEST(HelmErrorTest, OnlyAMissingReleaseIsAMissingRelease) {
  EXPECT_TRUE(IsReleaseNotFound(StatusFromStderr("Error: release: not found")));
  EXPECT_FALSE(IsReleaseNotFound(StatusFromStderr("Error: namespaces \"x\" not found")));
  EXPECT_FALSE(IsReleaseNotFound(absl::OkStatus()));
}

TEST(HelmErrorTest, SecretValuesAreTakenOut) {
  const Json values = {{"adminPassword", "geheim"},
                       {"secrets", {{"list", {"eins", "zwei"}}}},
                       {"replicas", 3},
                       {"name", "grafana"}};
  EXPECT_EQ(RedactValues("'geheim' does not match in grafana, eins, zwei", values),
            "'(secret)' does not match in grafana, (secret), (secret)");
  EXPECT_EQ(RedactValues("nothing here", Json()), "nothing here");
}

}  // namespace
}  // namespace kproto::helm
