// SPDX-License-Identifier: MPL-2.0
// Workspace: a directory with a configuration, and the real OpenTofu working in it against a lab,
// as a user does. Every call returns what the host printed; nothing is interpreted behind the back.
#pragma once

#include <functional>
#include <future>
#include <map>
#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "base/subprocess.h"
#include "tests/lab/support/lab_program.h"
#include "tests/support/temp_dir.h"

namespace kproto::testing {

class Workspace {
 public:
  // `lab` is up and outlives this. An empty `example` starts with no configuration, else with a
  // copy of examples/tofu/<example>.
  explicit Workspace(lab::testing::LabProgram& lab, const std::string& example = "");

  void Write(const std::string& file, const std::string& text) { directory_.Write(file, text); }
  std::string Read(const std::string& file) const;
  // Replaces the only occurrence of `from`; fails the test when there is not exactly one.
  void Edit(const std::string& file, const std::string& from, const std::string& to);
  void SetVariable(const std::string& name, const std::string& value);

  // `tofu <arguments> -no-color -input=false`, in the workspace.
  CommandResult Tofu(std::vector<std::string> arguments);
  void Init();
  CommandResult Apply() { return Tofu({"apply", "-auto-approve"}); }
  CommandResult Destroy() { return Tofu({"destroy", "-auto-approve"}); }
  CommandResult Plan() { return Tofu({"plan", "-detailed-exitcode"}); }
  // 0: nothing to do, 2: changes; the plan is printed when it is not `code`.
  void ExpectPlan(int code);
  nlohmann::json Output(const std::string& name);
  nlohmann::json State();  // resources of the root module, by address

  // Starts a command and leaves it running; Interrupt and KillProvider act on what runs.
  std::shared_future<CommandResult> Begin(std::vector<std::string> arguments);
  // Polls until `condition` holds while `run` goes on; fails the test, with what the host printed,
  // when the run ends first.
  void WaitDuring(const std::shared_future<CommandResult>& run, const std::string& what,
                  const std::function<bool()>& condition);
  void Interrupt();     // SIGINT to the host and its plugins, as Ctrl-C does
  void KillProvider();  // SIGKILL

  // Any other program with the lab's environment (PATH with the tools, KUBECONFIG).
  CommandResult Do(std::vector<std::string> argv);
  // kubectl's JSON; null when it failed.
  nlohmann::json Kubectl(std::vector<std::string> arguments);

 private:
  std::vector<int> Processes(const std::string& program) const;

  lab::testing::LabProgram& lab_;
  TempDir directory_;
  std::map<std::string, std::string> variables_;
  std::string mark_;  // in the environment of everything started here
};

// The command went well, and OpenTofu's own consistency checks had nothing against the provider.
void ExpectOk(const CommandResult& result);
// Forgets a thing and takes it over again by its name: nothing is left to do.
void ExpectImport(Workspace& workspace, const std::string& address, const std::string& name);

// Polls until `condition` holds; fails the test when it has not within two minutes.
void Eventually(const std::string& what, const std::function<bool()>& condition);

// Names of the things of one kind in the lab's account.
std::vector<std::string> Inventory(lab::testing::LabProgram& lab, const std::string& kind);

}  // namespace kproto::testing
