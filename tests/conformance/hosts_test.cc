// SPDX-License-Identifier: MPL-2.0
// The toy provider under real hosts: each case once for OpenTofu and once for Terraform, where they
// are installed. What passes here is the SDK's own behaviour; kproto's resources add only theirs.
#include <signal.h>
#include <sys/wait.h>

#include <filesystem>
#include <memory>
#include <thread>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/conformance/real_host.h"
#include "tests/support/plugin_host.h"

namespace kproto::testing {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

class HostsTest : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    host_ = std::make_unique<RealHost>(GetParam());
    host_->Configure("");
    const CommandResult init = host_->Run({"init", "-input=false"});
    ASSERT_EQ(init.exit_code, 0) << init.out << init.err;
  }

  // Applies and checks that a second plan has nothing to do.
  void ApplyAndSettle(const std::string& body) {
    host_->Configure(body);
    const CommandResult apply = host_->Apply();
    ASSERT_EQ(apply.exit_code, 0) << apply.out << apply.err;
    const CommandResult plan = host_->Plan();
    EXPECT_EQ(plan.exit_code, 0) << plan.out << plan.err;
  }

  nlohmann::json Thing(const std::string& name = "a") const {
    return host_->Instance("toy_thing", name);
  }
  std::string IdOf(const std::string& name = "a") const {
    const nlohmann::json thing = Thing(name);
    return thing.contains("attributes") ? thing["attributes"].value("id", "") : "";
  }

  std::unique_ptr<RealHost> host_;
};

const char kEverything[] = R"(
resource "toy_thing" "a" {
  name             = "alpha"
  size             = 3
  ratio            = 0.1
  tags             = ["b", "a", "b"]
  labels           = { x = "y" }
  numbers          = [1, 2.5, 18446744073709551616, -9223372036854775808]
  password         = "open sesame"
  password_version = 1
  door             = { number = 80 }
  pools            = { one = { count = 3 }, two = { count = 1, kind = "large" } }
  anything         = { list = [1, "x", null], "a \"quoted\" key" = true }
  port {
    number = 1
  }
  port {
    number   = 2
    protocol = "udp"
  }
  rule {
    number = 7
  }
}
)";

TEST_P(HostsTest, EveryKindOfAttributeIsStoredAsWritten) {
  ApplyAndSettle(kEverything);
  const nlohmann::json attributes = Thing()["attributes"];
  EXPECT_EQ(attributes["name"], "alpha");
  EXPECT_EQ(attributes["label"], "ALPHA");
  EXPECT_EQ(attributes["enabled"], true);
  EXPECT_EQ(attributes["ratio"].dump(), "0.1");
  EXPECT_EQ(attributes["tags"], nlohmann::json({"a", "b"}));
  EXPECT_EQ(attributes["pools"]["one"]["kind"], "small");
  EXPECT_THAT(attributes["port"], SizeIs(2));
  EXPECT_THAT(attributes["rule"], SizeIs(1));
  EXPECT_EQ(attributes["anything"]["value"]["a \"quoted\" key"], true);
  // Integers beyond 64 bits are in the file digit by digit.
  EXPECT_THAT(host_->dir().Read("work/terraform.tfstate"), HasSubstr("18446744073709551616"));
}

TEST_P(HostsTest, AWriteOnlyValueReachesTheProviderButNoState) {
  ApplyAndSettle(kEverything);
  EXPECT_THAT(host_->dir().Read("work/terraform.tfstate"), Not(HasSubstr("open sesame")));
  EXPECT_THAT(host_->dir().Read("store/" + IdOf()), HasSubstr("open sesame"));
}

TEST_P(HostsTest, AnUpdateKeepsWhatIsStable) {
  ApplyAndSettle(kEverything);
  const nlohmann::json before = Thing()["attributes"];
  ApplyAndSettle(absl::StrReplaceAll(kEverything, {{"size             = 3", "size = 4"}}));
  const nlohmann::json after = Thing()["attributes"];
  EXPECT_EQ(after["id"], before["id"]);
  EXPECT_EQ(after["token"], before["token"]);
  EXPECT_EQ(after["pools"], before["pools"]);
  EXPECT_EQ(after["size"], 4);
  EXPECT_EQ(after["revision"], 2);
}

TEST_P(HostsTest, AChangeThatForcesReplacementReplaces) {
  ApplyAndSettle(kEverything);
  const std::string before = IdOf();
  ApplyAndSettle(absl::StrReplaceAll(kEverything, {{"\"alpha\"", "\"beta\""}}));
  EXPECT_NE(IdOf(), before);
  EXPECT_THAT(host_->Store(), SizeIs(1));
}

TEST_P(HostsTest, RemovingAndAddingOptionalPartsSettlesEachTime) {
  ApplyAndSettle("resource \"toy_thing\" \"a\" {\n  name = \"alpha\"\n}\n");
  ApplyAndSettle(kEverything);
  ApplyAndSettle("resource \"toy_thing\" \"a\" {\n  name = \"alpha\"\n}\n");
  EXPECT_TRUE(Thing()["attributes"]["door"].is_null());
  EXPECT_THAT(Thing()["attributes"]["port"], IsEmpty());
}

TEST_P(HostsTest, DestroyLeavesNothing) {
  ApplyAndSettle(kEverything);
  const CommandResult destroy = host_->Run({"destroy", "-auto-approve", "-input=false"});
  EXPECT_EQ(destroy.exit_code, 0) << destroy.err;
  EXPECT_THAT(host_->Store(), IsEmpty());
}

TEST_P(HostsTest, WhatChangedOutsideIsPutRight) {
  ApplyAndSettle("resource \"toy_thing\" \"a\" {\n  name = \"alpha\"\n  size = 3\n}\n");
  host_->dir().Write("store/" + IdOf(), R"({"name":"alpha","size":9,"revision":1})");
  EXPECT_EQ(host_->Plan().exit_code, 2);
  EXPECT_EQ(host_->Apply().exit_code, 0);
  EXPECT_THAT(host_->dir().Read("store/" + IdOf()), HasSubstr("\"size\":3"));
}

TEST_P(HostsTest, WhatVanishedOutsideIsMadeAgain) {
  ApplyAndSettle("resource \"toy_thing\" \"a\" {\n  name = \"alpha\"\n}\n");
  const std::string before = IdOf();
  std::filesystem::remove(host_->dir() / ("store/" + before));
  EXPECT_EQ(host_->Plan().exit_code, 2);
  EXPECT_EQ(host_->Apply().exit_code, 0);
  EXPECT_NE(IdOf(), before);
}

TEST_P(HostsTest, AnImportedThingNeedsNoChange) {
  const std::string body = "resource \"toy_thing\" \"a\" {\n  name = \"alpha\"\n  size = 3\n}\n";
  host_->dir().Write("store/0badcafe", R"({"name":"alpha","size":3,"revision":5})");
  host_->Configure(body);
  const CommandResult import = host_->Run({"import", "toy_thing.a", "0badcafe"});
  ASSERT_EQ(import.exit_code, 0) << import.err;
  EXPECT_EQ(Thing()["attributes"]["revision"], 5);
  const CommandResult bad = host_->Run({"import", "toy_thing.b", "not an id"});
  EXPECT_EQ(bad.exit_code, 1);
}

TEST_P(HostsTest, ACreateThatFailsHalfWayIsTaintedAndReplaced) {
  const std::string body = "resource \"toy_thing\" \"a\" {\n  name = \"alpha\"\n$0}\n";
  host_->Configure(absl::StrReplaceAll(body, {{"$0", "  fail = \"after\"\n"}}));
  const CommandResult apply = host_->Apply();
  EXPECT_EQ(apply.exit_code, 1);
  EXPECT_THAT(apply.err, HasSubstr("Could not finish the thing"));
  EXPECT_EQ(Thing()["status"], "tainted");
  const std::string half = IdOf();
  EXPECT_THAT(half, Not(IsEmpty()));
  ApplyAndSettle(absl::StrReplaceAll(body, {{"$0", ""}}));
  EXPECT_NE(IdOf(), half);
  EXPECT_THAT(host_->Store(), SizeIs(1));
}

TEST_P(HostsTest, ACreateThatFailsBeforeAnythingLeavesNoState) {
  host_->Configure("resource \"toy_thing\" \"a\" {\n  name = \"alpha\"\n  fail = \"before\"\n}\n");
  EXPECT_EQ(host_->Apply().exit_code, 1);
  EXPECT_THAT(IdOf(), IsEmpty());
  EXPECT_THAT(host_->Store(), IsEmpty());
}

TEST_P(HostsTest, AnUpdateThatFailsKeepsTheOldState) {
  ApplyAndSettle("resource \"toy_thing\" \"a\" {\n  name = \"alpha\"\n  size = 3\n}\n");
  host_->Configure(
      "resource \"toy_thing\" \"a\" {\n  name = \"alpha\"\n  size = 4\n  fail = \"update\"\n}\n");
  EXPECT_EQ(host_->Apply().exit_code, 1);
  EXPECT_EQ(Thing()["attributes"]["size"], 3);
}

TEST_P(HostsTest, AWrongValueIsReportedAtItsLine) {
  host_->Configure("resource \"toy_thing\" \"a\" {\n  name = \"alpha\"\n  size = -1\n}\n");
  const CommandResult validate = host_->Run({"validate", "-json"});
  EXPECT_EQ(validate.exit_code, 1);
  const auto json = nlohmann::json::parse(validate.out, nullptr, false);
  ASSERT_FALSE(json.is_discarded()) << validate.out;
  ASSERT_THAT(json["diagnostics"], SizeIs(1));
  EXPECT_EQ(json["diagnostics"][0]["summary"], "Size is negative");
  EXPECT_THAT(json["diagnostics"][0]["snippet"]["code"], "  size = -1");
}

TEST_P(HostsTest, ValuesKnownOnlyAtApplyArriveEverywhere) {
  ApplyAndSettle(R"(
resource "toy_thing" "a" {
  name = "alpha"
}
resource "toy_thing" "b" {
  name    = "after ${toy_thing.a.id}"
  size    = toy_thing.a.revision
  tags    = [toy_thing.a.id, toy_thing.a.token, "fixed"]
  labels  = { (toy_thing.a.name) = toy_thing.a.id }
  door    = { number = toy_thing.a.revision }
  pools   = { p = { count = toy_thing.a.revision } }
  numbers = [toy_thing.a.revision]
  dynamic "port" {
    for_each = toy_thing.a.revision > 0 ? [1, 2] : []
    content {
      number = port.value
    }
  }
  dynamic "rule" {
    for_each = toy_thing.a.revision > 0 ? [1, 2] : []
    content {
      number = rule.value
    }
  }
}
)");
  EXPECT_THAT(Thing("b")["attributes"]["port"], SizeIs(2));
  EXPECT_THAT(Thing("b")["attributes"]["rule"], SizeIs(2));
  EXPECT_THAT(Thing("b")["attributes"]["tags"], SizeIs(3));
}

TEST_P(HostsTest, DataSourcesFunctionsAndEphemeralResourcesWork) {
  ApplyAndSettle(R"(
ephemeral "toy_lease" "l" {
  purpose = "test"
}
resource "toy_thing" "a" {
  name     = "alpha"
  password = ephemeral.toy_lease.l.secret
}
data "toy_thing" "a" {
  id = toy_thing.a.id
}
output "joined" {
  value = provider::toy::join("-", data.toy_thing.a.name, null, "z")
}
)");
  EXPECT_EQ(host_->State()["outputs"]["joined"]["value"], "alpha-z");
  EXPECT_THAT(host_->dir().Read("store/" + IdOf()), HasSubstr("\"password\":\"s-"));
}

TEST_P(HostsTest, AFunctionsErrorNamesItsArgument) {
  host_->Configure("output \"x\" {\n  value = provider::toy::join(\"-\", \"a\", \"\")\n}\n");
  const CommandResult plan = host_->Plan();
  EXPECT_EQ(plan.exit_code, 1);
  EXPECT_THAT(plan.err, HasSubstr("a part is empty"));
}

TEST_P(HostsTest, StateOfAnOlderSchemaIsUpgraded) {
  const std::string body = "resource \"toy_thing\" \"a\" {\n  name = \"alpha\"\n}\n";
  ApplyAndSettle(body);
  nlohmann::json state = host_->State();
  auto& instance = state["resources"][0]["instances"][0];
  instance["schema_version"] = 0;
  instance["attributes"]["title"] = instance["attributes"]["name"];
  instance["attributes"].erase("name");
  host_->dir().Write("work/terraform.tfstate", state.dump());
  const CommandResult plan = host_->Plan();
  EXPECT_EQ(plan.exit_code, 0) << plan.out << plan.err;
}

TEST_P(HostsTest, CtrlCDuringACreateKeepsWhatWasMade) {
  host_->Configure("resource \"toy_thing\" \"a\" {\n  name = \"alpha\"\n  delay = 600\n}\n");
  const pid_t apply = host_->StartApply();
  while (host_->Store().empty() && waitpid(apply, nullptr, WNOHANG) == 0) {
    std::this_thread::yield();
  }
  kill(-apply, SIGINT);  // As a terminal does it: host and provider both get it.
  int status = 0;
  ASSERT_EQ(waitpid(apply, &status, 0), apply);
  const std::string log = host_->dir().Read("work/apply.log");
  EXPECT_EQ(WEXITSTATUS(status), 1) << log;
  EXPECT_THAT(log, HasSubstr("Creating the thing was stopped"));
  EXPECT_EQ(Thing()["status"], "tainted");
  EXPECT_THAT(host_->Store(), Contains(IdOf()));
}

TEST_P(HostsTest, OneDebuggedProcessServesSeveralRuns) {
  PluginHost provider({.binary = TOY_PROVIDER,
                       .arguments = {"--debug"},
                       .environment = {{"TMPDIR", host_->dir().path()}}});
  std::string socket;
  for (const auto& entry : std::filesystem::directory_iterator(host_->dir().path())) {
    if (entry.is_socket()) {
      socket = entry.path().string();
    }
  }
  host_->set_environment(
      "TF_REATTACH_PROVIDERS",
      absl::StrCat(R"({"test/toy":{"Protocol":"grpc","ProtocolVersion":6,"Pid":)", provider.pid(),
                   R"(,"Test":true,"Addr":{"Network":"unix","String":")", socket, "\"}}}"));
  ApplyAndSettle(kEverything);
  ApplyAndSettle(absl::StrReplaceAll(kEverything, {{"\"alpha\"", "\"beta\""}}));
  kill(provider.pid(), SIGINT);
  EXPECT_EQ(provider.WaitForExit(), 0);
}

std::string NameOf(const ::testing::TestParamInfo<std::string>& info) {
  return std::filesystem::path(info.param).filename().string();
}

INSTANTIATE_TEST_SUITE_P(Real, HostsTest, ::testing::ValuesIn(InstalledHosts()), NameOf);
// Without a host on this machine there is nothing to run; ctest then shows the case below alone.
GTEST_ALLOW_UNINSTANTIATED_PARAMETERIZED_TEST(HostsTest);

TEST(InstalledHostsTest, ThereIsAHostToTestWith) {
  if (InstalledHosts().empty()) {
    GTEST_SKIP() << "neither tofu nor terraform is on PATH; set KPROTO_TOFU or KPROTO_TERRAFORM";
  }
}

}  // namespace
}  // namespace kproto::testing
