// SPDX-License-Identifier: MPL-2.0
#include "tests/acceptance/workspace.h"

#include <signal.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <sstream>
#include <thread>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "base/random.h"
#include "gtest/gtest.h"

namespace kproto::testing {
namespace {

namespace fs = std::filesystem;

std::string Slurp(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// The folder of links to the lab's tools, built first when they are not there.
const std::string& ToolsFolder() {
  static const auto& folder = *new std::string([] {
    const auto result = Run(
        {.argv = {KPROTO_SOURCE_DIR "/lab/tools/install", "--path"}, .environment = Environment()});
    EXPECT_TRUE(result.ok() && result->exit_code == 0) << "no tools";
    return result.ok() ? std::string(absl::StripAsciiWhitespace(result->out)) : "";
  }());
  return folder;
}

}  // namespace

Workspace::Workspace(lab::testing::LabProgram& lab, const std::string& example)
    : lab_(lab), mark_(absl::StrCat("KPROTO_TEST_MARK=", RandomHex(8))) {
  if (!example.empty()) {
    const fs::path source = fs::path(KPROTO_SOURCE_DIR) / "examples/tofu" / example;
    for (const auto& entry : fs::directory_iterator(source)) {
      const std::string name = entry.path().filename();
      // What a user's own run in the example left there is none of ours.
      if (!absl::StartsWith(name, ".terraform") && !absl::StartsWith(name, "terraform.tfstate")) {
        fs::copy(entry.path(), fs::path(directory_.path()) / name, fs::copy_options::recursive);
      }
    }
  }
}

std::string Workspace::Read(const std::string& file) const { return Slurp(directory_ / file); }

void Workspace::Edit(const std::string& file, const std::string& from, const std::string& to) {
  std::string text = Read(file);
  const size_t at = text.find(from);
  ASSERT_NE(at, std::string::npos) << file << " has no " << from;
  ASSERT_EQ(text.find(from, at + 1), std::string::npos) << file << " has several " << from;
  directory_.Write(file, text.replace(at, from.size(), to));
}

void Workspace::SetVariable(const std::string& name, const std::string& value) {
  variables_["TF_VAR_" + name] = value;
}

CommandResult Workspace::Do(std::vector<std::string> argv) {
  Command command{.argv = std::move(argv), .directory = directory_.path()};
  command.environment = Environment();
  for (const auto& [name, value] : lab_.Env()) {
    if (name != "PATH") {
      command.environment[name] = value;
    }
  }
  command.environment["PATH"] = absl::StrCat(ToolsFolder(), ":", command.environment["PATH"]);
  for (const auto& [name, value] : variables_) {
    command.environment[name] = value;
  }
  command.environment["KPROTO_TEST_MARK"] = mark_.substr(mark_.find('=') + 1);
  absl::StatusOr<CommandResult> result = Run(command);
  EXPECT_TRUE(result.ok()) << result.status();
  return result.ok() ? *std::move(result) : CommandResult{.exit_code = -1};
}

CommandResult Workspace::Tofu(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "tofu");
  if (arguments[1] != "state" && arguments[1] != "output" && arguments[1] != "show") {
    arguments.insert(arguments.begin() + 2, {"-no-color", "-input=false"});
  }
  return Do(std::move(arguments));
}

void Workspace::Init() {
  const CommandResult init = Tofu({"init"});
  ASSERT_EQ(init.exit_code, 0) << init.out << init.err;
}

void Workspace::ExpectPlan(int code) {
  const CommandResult plan = Plan();
  EXPECT_EQ(plan.exit_code, code) << plan.out << plan.err;
}

nlohmann::json Workspace::Output(const std::string& name) {
  return nlohmann::json::parse(Tofu({"output", "-json", name}).out, nullptr, false);
}

nlohmann::json Workspace::State() {
  nlohmann::json resources = nlohmann::json::object();
  const auto shown = nlohmann::json::parse(Tofu({"show", "-json"}).out, nullptr, false);
  if (shown.is_object() && shown.contains("values")) {
    for (const auto& resource : shown["values"]["root_module"]["resources"]) {
      resources[resource["address"].get<std::string>()] = resource;
    }
  }
  return resources;
}

std::shared_future<CommandResult> Workspace::Begin(std::vector<std::string> arguments) {
  return std::async(std::launch::async, [this, arguments] { return Tofu(arguments); });
}

void Workspace::WaitDuring(const std::shared_future<CommandResult>& run, const std::string& what,
                           const std::function<bool()>& condition) {
  bool ended = false;
  Eventually(what, [&] {
    ended = run.wait_for(std::chrono::seconds(0)) == std::future_status::ready;
    return ended || condition();
  });
  if (ended) {
    ADD_FAILURE() << "it ended before " << what << ": " << run.get().out << run.get().err;
  }
}

std::vector<int> Workspace::Processes(const std::string& program) const {
  std::vector<int> found;
  std::error_code error;
  for (const auto& entry : fs::directory_iterator("/proc", error)) {
    int pid = 0;
    if (absl::SimpleAtoi(entry.path().filename().string(), &pid) &&
        absl::StrContains(Slurp(entry.path() / "environ"), mark_) &&
        absl::StartsWith(Slurp(entry.path() / "comm"), program)) {
      found.push_back(pid);
    }
  }
  return found;
}

void Workspace::Interrupt() {
  for (const int pid : Processes("tofu")) {
    kill(-getpgid(pid), SIGINT);
  }
}

void Workspace::KillProvider() {
  const std::vector<int> providers = Processes("terraform-provi");  // comm has 15 characters
  EXPECT_FALSE(providers.empty()) << "no provider runs";
  for (const int pid : providers) {
    kill(pid, SIGKILL);
  }
}

nlohmann::json Workspace::Kubectl(std::vector<std::string> arguments) {
  arguments.insert(arguments.begin(), "kubectl");
  arguments.insert(arguments.end(), {"-o", "json"});
  return nlohmann::json::parse(Do(std::move(arguments)).out, nullptr, false);
}

void ExpectOk(const CommandResult& result) {
  EXPECT_EQ(result.exit_code, 0) << result.out << result.err;
  // The words in which the host blames a provider.
  EXPECT_EQ(result.err.find("bug in the provider"), std::string::npos) << result.err;
}

void ExpectImport(Workspace& workspace, const std::string& address, const std::string& name) {
  ExpectOk(workspace.Tofu({"state", "rm", address}));
  ExpectOk(workspace.Tofu({"import", address, name}));
  workspace.ExpectPlan(0);
}

void Eventually(const std::string& what, const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::minutes(2);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) {
      ADD_FAILURE() << "never happened: " << what;
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
  }
}

std::vector<std::string> Inventory(lab::testing::LabProgram& lab, const std::string& kind) {
  std::vector<std::string> names;
  const nlohmann::json inventory = lab.DoJson("inventory");
  if (inventory.is_object() && inventory.contains(kind)) {
    for (const auto& thing : inventory[kind]) {
      names.push_back(thing.value("name", ""));
    }
  }
  return names;
}

}  // namespace kproto::testing
