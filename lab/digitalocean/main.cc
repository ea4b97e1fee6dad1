// SPDX-License-Identifier: MPL-2.0
// digitalocean-simulator: the simulator alone, its clusters existing by name only. For tests and
// for judging it with DigitalOcean's own clients; the lab proper embeds the library instead.
#include <signal.h>
#include <sys/prctl.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <string>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/string_view.h"
#include "absl/strings/strip.h"
#include "lab/digitalocean/simulator_server.h"

namespace kproto::lab {
namespace {

constexpr char kUsage[] =
    "usage: digitalocean-simulator [--port=0] [--state=FILE] [--time-factor=1] [--token=T]...\n"
    "                              [--controller-token=T] [--seed=0] [--no-default-vpcs]\n"
    "Tokens guard nothing but this simulation; without --token any is accepted.\n";

struct Flags {
  SimulatorOptions options;
  int port = 0;
};

bool ParseFlag(absl::string_view flag, Flags* flags) {
  if (flag == "--no-default-vpcs") {
    flags->options.vpcs = SimulatorOptions::Vpcs::kNone;
    return true;
  }
  if (absl::ConsumePrefix(&flag, "--port=")) {
    return absl::SimpleAtoi(flag, &flags->port) && flags->port >= 0 && flags->port < 65536;
  }
  if (absl::ConsumePrefix(&flag, "--time-factor=")) {
    return absl::SimpleAtod(flag, &flags->options.time_factor) && flags->options.time_factor > 0;
  }
  if (absl::ConsumePrefix(&flag, "--seed=")) {
    return absl::SimpleAtoi(flag, &flags->options.seed);
  }
  if (absl::ConsumePrefix(&flag, "--state=")) {
    flags->options.state_path = std::string(flag);
    return true;
  }
  if (absl::ConsumePrefix(&flag, "--token=")) {
    flags->options.user_tokens.emplace_back(flag);
    return true;
  }
  if (absl::ConsumePrefix(&flag, "--controller-token=")) {
    flags->options.controller_token = std::string(flag);
    return true;
  }
  return false;
}

int Fail(absl::string_view why) {
  std::fprintf(stderr, "digitalocean-simulator: %s\n", std::string(why).c_str());
  return 1;
}

int Main(int argc, char** argv) {
  Flags flags;
  for (int i = 1; i < argc; ++i) {
    // "--port 80" is "--port=80".
    std::string flag = argv[i];
    if (flag.find('=') == std::string::npos && flag != "--no-default-vpcs" && i + 1 < argc) {
      absl::StrAppend(&flag, "=", argv[++i]);
    }
    if (!ParseFlag(flag, &flags)) {
      std::fputs(kUsage, stderr);
      return 2;
    }
  }
  // Ends with whoever started it, also when that one had no time to say so.
  const pid_t parent = getppid();
  prctl(PR_SET_PDEATHSIG, SIGTERM);
  if (getppid() != parent) {
    return Fail("the parent process is gone");
  }
  sigset_t ends;
  sigemptyset(&ends);
  sigaddset(&ends, SIGTERM);
  sigaddset(&ends, SIGINT);
  sigaddset(&ends, SIGHUP);
  sigprocmask(SIG_BLOCK, &ends, nullptr);  // inherited by all threads; taken by sigwait below

  auto simulator = Simulator::Create(flags.options);
  if (!simulator.ok()) {
    return Fail(simulator.status().message());
  }
  SimulatorServer server(simulator->get());
  const auto port = server.Start(flags.port);
  if (!port.ok()) {
    return Fail(port.status().message());
  }
  std::printf("listening on http://127.0.0.1:%d\n", *port);
  std::fflush(stdout);
  int signal;
  sigwait(&ends, &signal);
  server.Stop();
  return 0;
}

}  // namespace
}  // namespace kproto::lab

int main(int argc, char** argv) { return kproto::lab::Main(argc, argv); }
