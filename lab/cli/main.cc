// SPDX-License-Identifier: MPL-2.0
// kproto-lab: a whole offline world to try kproto against. See lab/README.md.
#include <cstdio>
#include <map>
#include <string>

#include "lab/cli/commands.h"

namespace {

constexpr char kUsage[] =
    R"usage(kproto-lab: DigitalOcean, Kubernetes and Argo CD on this machine, for kproto

usage: kproto-lab COMMAND [--dir DIRECTORY | --name NAME] [options]

  up          start a lab, or go on with the one that is there
                --foreground        stay; end with the parent process, or on SIGINT or SIGTERM
                --time-factor N     how many times faster cloud time passes (default 30)
                --no-control-plane  clusters by name only: no API servers, charts or Git
                --provider PATH     the provider that `env` offers to OpenTofu
  down        end it and remove all it kept
  status      what runs, and where   [--json]
  env         shell exports for work by hand:  eval "$(kproto-lab env)"   [--provider PATH]
  inventory   what the simulated account holds and costs   [--json]
  calls       what was asked of the DigitalOcean API   [--json] [--clear]
  fault       make a call go wrong:  fault METHOD PATH KIND [key=value …] | fault list | fault clear [ID]
                kinds: status drop_before drop_after delay garbage truncate silence error_state
              make a cluster fail, and mend it:
                fault scene NAME [TARGET] [--cluster NAME] | fault scene NAME --clear | fault scenes [--json]

Without --dir or --name: KPROTO_LAB_DIR, else the lab called `default`.
)usage";

}  // namespace

int main(int argc, char** argv) {
  using namespace kproto::lab;  // NOLINT: this file is its front door
  const std::map<std::string, absl::Status (*)(const Words&)> commands = {
      {"up", UpCommand},         {"daemon", DaemonCommand}, {"down", DownCommand},
      {"status", StatusCommand}, {"env", EnvCommand},       {"inventory", InventoryCommand},
      {"calls", CallsCommand},   {"fault", FaultCommand}};
  const std::string name = argc > 1 ? argv[1] : "";
  if (name == "--help" || name == "-h" || name == "help") {
    fputs(kUsage, stdout);
    return 0;
  }
  const auto command = commands.find(name);
  if (command == commands.end()) {
    fputs(kUsage, stderr);
    return 2;
  }
  const absl::Status status = command->second(Words(argv + 2, argv + argc));
  if (!status.ok()) {
    fprintf(stderr, "kproto-lab %s: %s\n", name.c_str(), std::string(status.message()).c_str());
  }
  return status.ok() ? 0 : 1;
}
