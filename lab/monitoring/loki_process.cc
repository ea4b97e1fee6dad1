// SPDX-License-Identifier: MPL-2.0
#include "lab/monitoring/loki_process.h"

#include <algorithm>
#include <filesystem>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "lab/kubernetes/json.h"
#include "lab/monitoring/container.h"
#include "lab/process/port.h"
#include "lab/process/private_file.h"

namespace kproto::lab {
namespace {

using nlohmann::json;

constexpr absl::Duration kFirstPause = absl::Seconds(1);
constexpr absl::Duration kLongestPause = absl::Seconds(30);

// What the chart mounts.
constexpr char kData[] = "/var/loki";
constexpr char kSettings[] = "/etc/loki";

}  // namespace

std::vector<std::string> LokiArguments(std::vector<std::string> arguments, int http_port,
                                       int grpc_port, size_t pods) {
  std::erase_if(arguments, [](const std::string& argument) {
    return absl::StartsWith(argument, "-target") || absl::StartsWith(argument, "--target");
  });
  for (const char* setting :
       {"-target=all", "-server.http-listen-address=127.0.0.1",
        "-server.grpc-listen-address=127.0.0.1", "-common.storage.ring.store=inmemory",
        "-common.storage.ring.instance-addr=127.0.0.1", "-frontend.instance-addr=127.0.0.1",
        "-memberlist.bind-addr=127.0.0.1", "-memberlist.advertise-addr=127.0.0.1",
        "-reporting.enabled=false", pods > 1 ? "-distributor.replication-factor=1" : ""}) {
    arguments.emplace_back(setting);
  }
  arguments.push_back(absl::StrCat("-server.http-listen-port=", http_port));
  arguments.push_back(absl::StrCat("-server.grpc-listen-port=", grpc_port));
  std::erase(arguments, "");
  return arguments;
}

LokiProcess::LokiProcess(Spawner* spawner, const Tools* tools, std::string directory,
                         std::string disks)
    : spawner_(spawner),
      tools_(tools),
      directory_(std::move(directory)),
      disks_(std::move(disks)) {}

absl::Status LokiProcess::Prepare(ApiClient& api, const json& pod, size_t pods) {
  if (tools_->Path("loki").empty()) {
    return absl::FailedPreconditionError("loki is missing");
  }
  Container container(&api, &pod, kLokiContainer);
  KPROTO_ASSIGN_OR_RETURN(const auto files, container.Files());
  KPROTO_ASSIGN_OR_RETURN(spec_.environment, container.Environment());
  KPROTO_ASSIGN_OR_RETURN(const std::string disk, container.DiskAt(kData));
  const std::string data = absl::StrCat(disks_, "/", disk);
  const std::string settings = absl::StrCat(directory_, "/etc");
  const auto here = [&](const std::string& text) {
    return absl::StrReplaceAll(text, {{kData, data}, {kSettings, settings}});
  };
  for (const std::string& folder : {directory_, data, absl::StrCat(directory_, "/tmp")}) {
    KPROTO_RETURN_IF_ERROR(MakePrivateDirectory(folder));
  }
  for (const auto& [path, text] : files) {
    if (absl::StartsWith(path, kSettings)) {
      const std::filesystem::path file(here(path));
      KPROTO_RETURN_IF_ERROR(MakePrivateDirectory(file.parent_path()));
      KPROTO_RETURN_IF_ERROR(WritePrivateFile(file, here(text)));
    }
  }
  std::vector<std::string> arguments;
  for (const json& argument : Items(container.spec(), {"args"})) {
    arguments.push_back(argument.is_string() ? here(argument.get<std::string>()) : "");
  }
  port_ = FreePort();
  spec_.name = "loki";
  spec_.argv = LokiArguments(std::move(arguments), port_, FreePort(), pods);
  spec_.argv.insert(spec_.argv.begin(), tools_->Path("loki"));
  spec_.environment.merge(std::map<std::string, std::string>{
      {"HOME", directory_}, {"PATH", "/usr/bin:/bin"}, {"TMPDIR", directory_ + "/tmp"}});
  spec_.directory = directory_;
  spec_.log_path = absl::StrCat(directory_, "/loki.log");
  return absl::OkStatus();
}

absl::Status LokiProcess::Tend(ApiClient& api, const json& pod, size_t pods) {
  const std::string uid = Text(pod, {"metadata", "uid"});
  if (uid != pod_) {
    process_.reset();
    pod_.clear();
    KPROTO_RETURN_IF_ERROR(Prepare(api, pod, pods));
    pod_ = uid;
    not_before_ = absl::InfinitePast();
    pause_ = kFirstPause;
  }
  if ((process_ != nullptr && process_->Running()) || absl::Now() < not_before_) {
    return absl::OkStatus();
  }
  not_before_ = absl::Now() + pause_;
  pause_ = std::min(pause_ * 2, kLongestPause);
  KPROTO_ASSIGN_OR_RETURN(process_, spawner_->Start(spec_));
  return absl::OkStatus();
}

int LokiProcess::port() { return process_ != nullptr && process_->Running() ? port_ : 0; }

}  // namespace kproto::lab
