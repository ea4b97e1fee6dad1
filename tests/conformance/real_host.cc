// SPDX-License-Identifier: MPL-2.0
#include "tests/conformance/real_host.h"

#include <fcntl.h>
#include <spawn.h>

#include <cstdlib>
#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "gtest/gtest.h"

namespace kproto::testing {
namespace fs = std::filesystem;

namespace {

std::string FromEnvironment(const char* name) {
  const char* value = std::getenv(name);
  return value == nullptr ? "" : value;
}

// Where both hosts look for version 0.1.0 of test/toy.
void InstallInto(const fs::path& mirror) {
  for (const char* registry : {"registry.opentofu.org", "registry.terraform.io"}) {
    const fs::path package = mirror / registry / "test/toy/0.1.0/linux_amd64";
    fs::create_directories(package);
    const fs::path binary = package / "terraform-provider-toy_v0.1.0";
    std::error_code error;
    fs::create_hard_link(TOY_PROVIDER, binary, error);
    if (error) {
      fs::copy_file(TOY_PROVIDER, binary);
    }
  }
}

}  // namespace

std::vector<std::string> InstalledHosts() {
  std::vector<std::string> hosts;
  for (const auto& [variable, name] : {std::pair<const char*, const char*>{"KPROTO_TOFU", "tofu"},
                                       {"KPROTO_TERRAFORM", "terraform"}}) {
    const std::string chosen = FromEnvironment(variable);
    const std::string program =
        chosen.empty() ? FindProgram(name, FromEnvironment("PATH")) : chosen;
    if (!program.empty()) {
      hosts.push_back(program);
    }
  }
  return hosts;
}

RealHost::RealHost(std::string program) : program_(std::move(program)) {
  InstallInto(dir_ / "mirror");
  fs::create_directories(dir_ / "work");
  fs::create_directories(dir_ / "store");
  dir_.Write("cli.tfrc", absl::StrCat("provider_installation {\n  filesystem_mirror {\n",
                                      "    path = \"", dir_ / "mirror", "\"\n  }\n}\n"));
  environment_ = {{"PATH", FromEnvironment("PATH")}, {"HOME", dir_.path()},
                  {"TMPDIR", dir_.path()},           {"TF_CLI_CONFIG_FILE", dir_ / "cli.tfrc"},
                  {"TF_CLI_ARGS", "-no-color"},      {"TF_IN_AUTOMATION", "1"},
                  {"CHECKPOINT_DISABLE", "1"}};
}

void RealHost::Configure(const std::string& body) const {
  dir_.Write("work/main.tf", absl::StrCat(R"(
terraform {
  required_providers {
    toy = {
      source  = "test/toy"
      version = "0.1.0"
    }
  }
}

provider "toy" {
  directory = ")",
                                          dir_ / "store", "\"\n}\n\n", body));
}

CommandResult RealHost::Run(std::vector<std::string> arguments) const {
  arguments.insert(arguments.begin(), program_);
  const auto result = kproto::Run({.argv = std::move(arguments),
                                   .environment = environment_,
                                   .directory = dir_ / "work",
                                   .deadline = absl::Now() + absl::Minutes(2)});
  EXPECT_TRUE(result.ok()) << result.status();
  return result.value_or(CommandResult{.exit_code = -1});
}

pid_t RealHost::StartApply() const {
  std::vector<std::string> strings;
  for (const auto& [name, value] : environment_) {
    strings.push_back(absl::StrCat(name, "=", value));
  }
  std::vector<char*> environment;
  for (std::string& text : strings) {
    environment.push_back(text.data());
  }
  environment.push_back(nullptr);
  std::vector<std::string> words = {program_, absl::StrCat("-chdir=", dir_ / "work"), "apply",
                                    "-auto-approve", "-input=false"};
  std::vector<char*> argv;
  for (std::string& word : words) {
    argv.push_back(word.data());
  }
  argv.push_back(nullptr);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  const std::string log = dir_ / "work/apply.log";
  posix_spawn_file_actions_addopen(&actions, 1, log.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
  posix_spawn_file_actions_adddup2(&actions, 1, 2);
  pid_t pid = -1;
  EXPECT_EQ(
      posix_spawn(&pid, program_.c_str(), &actions, &attributes, argv.data(), environment.data()),
      0);
  posix_spawn_file_actions_destroy(&actions);
  posix_spawnattr_destroy(&attributes);
  return pid;
}

nlohmann::json RealHost::State() const {
  return nlohmann::json::parse(dir_.Read("work/terraform.tfstate"), nullptr, false);
}

nlohmann::json RealHost::Instance(const std::string& type, const std::string& name) const {
  const nlohmann::json state = State();
  if (state.is_object()) {
    for (const auto& resource : state["resources"]) {
      if (resource["mode"] == "managed" && resource["type"] == type && resource["name"] == name) {
        return resource["instances"].empty() ? nlohmann::json::object() : resource["instances"][0];
      }
    }
  }
  return nlohmann::json::object();
}

std::vector<std::string> RealHost::Store() const {
  std::vector<std::string> names;
  for (const auto& entry : fs::directory_iterator(dir_ / "store")) {
    names.push_back(entry.path().filename().string());
  }
  return names;
}

}  // namespace kproto::testing
