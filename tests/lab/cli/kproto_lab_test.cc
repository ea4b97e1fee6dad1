// SPDX-License-Identifier: MPL-2.0
// The program as its users run it, over clusters that exist by name only.
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "gmock/gmock.h"
#include "lab/kubernetes/json.h"
#include "lab/process/port.h"
#include "lab/process/wait.h"
#include "tests/lab/support/lab_program.h"

namespace kproto::lab {
namespace {

using ::testing::HasSubstr;
using testing::LabProgram;
using ::testing::Not;

absl::Time Soon() { return absl::Now() + absl::Seconds(30); }

const nlohmann::json kCluster = nlohmann::json::parse(R"({"name": "demo", "region": "nyc3",
    "version": "latest", "node_pools": [{"name": "p", "size": "s-2vcpu-4gb", "count": 1}]})");

int Port(const std::string& url) {
  int port = 0;
  EXPECT_TRUE(absl::SimpleAtoi(url.substr(url.rfind(':') + 1), &port)) << url;
  return port;
}

// A process that has ended but not been waited for by its parent has no command line left.
bool Lives(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/cmdline"));
  return file.peek() != std::ifstream::traits_type::eof();
}

std::string MirroredProvider(const LabProgram& lab, const std::string& registry) {
  return absl::StrCat(lab.directory(), "/mirror/", registry,
                      "/kproto/kproto/0.1.0/linux_amd64/terraform-provider-kproto_v0.1.0");
}

TEST(KprotoLabTest, WithoutALabEveryCommandSaysHowToStartOne) {
  LabProgram lab;
  for (const char* command : {"status", "env", "inventory", "calls", "fault"}) {
    const CommandResult result = lab.Do(command);
    EXPECT_EQ(result.exit_code, 1) << command;
    EXPECT_THAT(result.err, HasSubstr("kproto-lab up")) << command;
  }
  EXPECT_EQ(lab.Do("down").exit_code, 0);
  EXPECT_EQ(lab.Do("fly").exit_code, 2);
}

TEST(KprotoLabTest, UpIsIdempotentAndDownLeavesNoPortAndNoFile) {
  LabProgram lab;
  lab.Up({"--no-control-plane"});
  const auto status = lab.DoJson("status");
  ASSERT_TRUE(Lives(status["pid"].get<pid_t>()));
  lab.Up({"--no-control-plane"});
  EXPECT_EQ(lab.DoJson("status")["pid"], status["pid"]);
  const int port = Port(Text(status, {"simulator_url"}));
  EXPECT_FALSE(PortIsFree(port));
  EXPECT_EQ(lab.Do("down").exit_code, 0);
  EXPECT_TRUE(PortIsFree(port));
  EXPECT_FALSE(std::filesystem::exists(lab.directory()));
  EXPECT_TRUE(WaitUntil([&] { return !Lives(status["pid"].get<pid_t>()); }, Soon()));
}

TEST(KprotoLabTest, EnvLeadsToTheSimulatedApi) {
  LabProgram lab;
  lab.Up({"--no-control-plane"});
  const auto env = lab.Env();
  EXPECT_TRUE(absl::StartsWith(env.at("DIGITALOCEAN_TOKEN"), "dop_v1_"));
  EXPECT_EQ(Text(lab.Api("GET", "/v2/account"), {"account", "status"}), "active");
  EXPECT_THAT(lab.Do("env", {"--provider", LabProgram::Binary()}).err,
              Not(HasSubstr("no provider")));
  struct stat info {};
  ASSERT_EQ(stat(env.at("TF_CLI_CONFIG_FILE").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 077U, 0U);
  for (const char* registry : {"registry.opentofu.org", "registry.terraform.io"}) {
    EXPECT_TRUE(std::filesystem::exists(MirroredProvider(lab, registry)));
  }
}

// A host may be starting the provider from the mirror while another shell asks for the exports.
TEST(KprotoLabTest, AskingForTheEnvironmentAgainLeavesTheMirrorAlone) {
  LabProgram lab;
  lab.Up({"--no-control-plane"});
  const std::string link = MirroredProvider(lab, "registry.opentofu.org");
  struct stat before {
  }, after{};
  lab.Do("env", {"--provider", "/bin/true"});
  ASSERT_EQ(lstat(link.c_str(), &before), 0);
  lab.Do("env", {"--provider", "/bin/true"});
  ASSERT_EQ(lstat(link.c_str(), &after), 0);
  EXPECT_EQ(before.st_ino, after.st_ino);
  lab.Do("env", {"--provider", "/bin/false"});
  EXPECT_EQ(std::filesystem::read_symlink(link), "/bin/false");
}

TEST(KprotoLabTest, SecretsAreInNoFileThatOthersCanRead) {
  LabProgram lab;
  lab.Up({"--no-control-plane"});
  lab.Env();
  struct stat info {};
  ASSERT_EQ(stat(lab.directory().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 077U, 0U);
  ASSERT_EQ(stat((lab.directory() + "/lab.json").c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 077U, 0U);
}

TEST(KprotoLabTest, TwoLabsRunSideBySide) {
  LabProgram one, two;
  one.Up({"--no-control-plane"});
  two.Up({"--no-control-plane"});
  ASSERT_FALSE(one.Api("POST", "/v2/kubernetes/clusters", kCluster).is_null());
  EXPECT_EQ(one.DoJson("inventory")["clusters"].size(), 1U);
  EXPECT_EQ(two.DoJson("inventory")["clusters"].size(), 0U);
}

TEST(KprotoLabTest, AfterAKillUpGoesOnWithTheSameCloudAddressAndToken) {
  LabProgram lab;
  lab.Up({"--no-control-plane"});
  ASSERT_FALSE(lab.Api("POST", "/v2/kubernetes/clusters", kCluster).is_null());
  const auto before = lab.Env();
  const auto pid = lab.DoJson("status")["pid"].get<pid_t>();
  kill(pid, SIGKILL);
  ASSERT_TRUE(WaitUntil([&] { return lab.Do("status").exit_code != 0; }, Soon()));
  lab.Up({"--no-control-plane"});
  EXPECT_EQ(lab.Env(), before);
  EXPECT_EQ(lab.DoJson("inventory")["clusters"][0]["name"], "demo");
}

TEST(KprotoLabTest, InventoryCallsAndFaultsAreShownToPeople) {
  LabProgram lab;
  lab.Up({"--no-control-plane"});
  EXPECT_THAT(lab.Do("inventory").out, HasSubstr("holds nothing"));
  ASSERT_FALSE(lab.Api("POST", "/v2/kubernetes/clusters", kCluster).is_null());
  EXPECT_THAT(lab.Do("inventory").out, HasSubstr("demo"));
  EXPECT_THAT(lab.Do("calls").out, HasSubstr("/v2/kubernetes/clusters"));
  EXPECT_EQ(lab.Do("calls", {"--clear"}).exit_code, 0);
  EXPECT_THAT(lab.Do("calls").out, HasSubstr("no calls"));

  const CommandResult fault =
      lab.Do("fault", {"GET", "/v2/account", "status", "status=503", "times=1"});
  EXPECT_EQ(fault.exit_code, 0) << fault.err;
  EXPECT_THAT(lab.Do("fault", {"list"}).out, HasSubstr("503"));
  EXPECT_TRUE(lab.Api("GET", "/v2/account").is_null());
  EXPECT_FALSE(lab.Api("GET", "/v2/account").is_null());
  EXPECT_EQ(lab.Do("fault", {"clear"}).exit_code, 0);
  EXPECT_THAT(lab.Do("fault").out, HasSubstr("no faults"));
  EXPECT_THAT(lab.Do("fault", {"GET", "/x", "explode"}).err, HasSubstr("drop_before"));
}

// What started a lab in the foreground is killed: the lab ends by itself, and its port is free.
TEST(KprotoLabTest, AForegroundLabEndsWithItsParent) {
  LabProgram lab;
  int output[2];
  ASSERT_EQ(pipe(output), 0);
  const pid_t starter = fork();
  if (starter == 0) {
    const pid_t child = fork();
    if (child == 0) {
      dup2(output[1], 1);
      execl(LabProgram::Binary().c_str(), "kproto-lab", "up", "--foreground", "--no-control-plane",
            "--dir", lab.directory().c_str(), nullptr);
      _exit(127);
    }
    pause();
    _exit(0);
  }
  close(output[1]);
  FILE* lines = fdopen(output[0], "r");
  char line[256];
  bool ready = false;
  while (!ready && fgets(line, sizeof line, lines) != nullptr) {
    ready = std::string(line) == "ready\n";
  }
  fclose(lines);
  ASSERT_TRUE(ready);
  const int port = Port(lab.Env().at("DIGITALOCEAN_API_URL"));
  kill(starter, SIGKILL);
  waitpid(starter, nullptr, 0);
  EXPECT_TRUE(WaitUntil([&] { return PortIsFree(port); }, Soon()));
  EXPECT_TRUE(WaitUntil([&] { return lab.Do("status").exit_code == 1; }, Soon()));
}

}  // namespace
}  // namespace kproto::lab
