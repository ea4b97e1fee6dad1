// SPDX-License-Identifier: MPL-2.0
#include "tests/bench/plugin_sample.h"

#include <elf.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <signal.h>

#include <chrono>
#include <cstring>
#include <fstream>
#include <memory>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/status_macros.h"
#include "proto/grpc_stdio.grpc.pb.h"
#include "tests/support/plugin_host.h"

namespace kproto::bench {
namespace {

using testing::PluginHost;

constexpr auto kPatience = std::chrono::seconds(60);

std::string MethodFor(Question question, const std::string& protocol) {
  if (question == Question::kHealth) {
    return "/grpc.health.v1.Health/Check";
  }
  return protocol == "5" ? "/tfplugin5.Provider/GetSchema"
                         : "/tfplugin6.Provider/GetProviderSchema";
}

// Reads what the plugin prints, as a host does: one that prints much would wait for its reader.
class StdioReader {
 public:
  explicit StdioReader(const std::shared_ptr<grpc::Channel>& channel)
      : stub_(plugin::GRPCStdio::NewStub(channel)),
        reader_(stub_->StreamStdio(&context_, google::protobuf::Empty())),
        thread_([this] {
          plugin::StdioData data;
          while (reader_->Read(&data)) {
          }
        }) {}
  ~StdioReader() {
    context_.TryCancel();
    thread_.join();
    reader_->Finish();
  }

 private:
  grpc::ClientContext context_;
  std::unique_ptr<plugin::GRPCStdio::Stub> stub_;
  std::unique_ptr<grpc::ClientReader<plugin::StdioData>> reader_;
  std::thread thread_;
};

// The same for what it writes to stderr. Ends the plugin.
class StderrReader {
 public:
  explicit StderrReader(PluginHost& plugin)
      : pid_(plugin.pid()), thread_([&plugin] { plugin.Stderr(); }) {}
  ~StderrReader() {
    kill(pid_, SIGKILL);
    thread_.join();
  }

 private:
  pid_t pid_;
  std::thread thread_;
};

// Every request here is an empty message, whatever its type.
absl::Status Ask(const std::shared_ptr<grpc::Channel>& channel, const std::string& method) {
  grpc::GenericStub stub(channel);
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + kPatience);
  grpc::CompletionQueue queue;
  const grpc::Slice nothing;
  const grpc::ByteBuffer request(&nothing, 1);
  grpc::ByteBuffer response;
  grpc::Status status;
  const auto call = stub.PrepareUnaryCall(&context, method, request, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  queue.Next(&tag, &ok);
  return status.ok() ? absl::OkStatus()
                     : absl::UnavailableError(absl::StrCat(method, ": ", status.error_message()));
}

double PeakMegabytes(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/status"));
  for (std::string line; std::getline(file, line);) {
    const std::vector<std::string> words =
        absl::StrSplit(line, absl::ByAnyChar(": \t"), absl::SkipEmpty());
    double kilobytes = 0;
    if (words.size() > 1 && words[0] == "VmHWM" && absl::SimpleAtod(words[1], &kilobytes)) {
      return kilobytes / 1024;
    }
  }
  return 0;
}

std::set<std::string> SharedLibraries(pid_t pid) {
  std::ifstream file(absl::StrCat("/proc/", pid, "/maps"));
  std::set<std::string> libraries;
  for (std::string line; std::getline(file, line);) {
    const size_t slash = line.rfind('/');
    if (slash != std::string::npos && absl::StrContains(line, ".so")) {
      libraries.insert(line.substr(slash + 1));
    }
  }
  return libraries;
}

}  // namespace

absl::StatusOr<PluginSample> StartOnce(const std::string& binary, Question question) {
  PluginHost::Options options;
  options.binary = binary;
  PluginHost plugin(options);
  const absl::Time line_seen = absl::Now();
  if (plugin.fields().size() < 6) {
    return absl::UnavailableError(
        absl::StrCat(binary, " gave no handshake line: \"", plugin.line(), "\""));
  }
  PluginSample sample;
  sample.handshake = plugin.startup();
  const StderrReader stderr_reader(plugin);
  const std::shared_ptr<grpc::Channel> channel = plugin.Connect();
  const StdioReader stdio(channel);
  KPROTO_RETURN_IF_ERROR(Ask(channel, MethodFor(question, plugin.fields()[1])));
  sample.answer = sample.handshake + (absl::Now() - line_seen);
  sample.peak_megabytes = PeakMegabytes(plugin.pid());
  sample.libraries = SharedLibraries(plugin.pid());
  return sample;
}

absl::StatusOr<double> LoadedMegabytes(const std::string& binary) {
  std::ifstream file(binary, std::ios::binary);
  Elf64_Ehdr header = {};
  file.read(reinterpret_cast<char*>(&header), sizeof header);
  if (!file || std::memcmp(header.e_ident, ELFMAG, SELFMAG) != 0) {
    return absl::InvalidArgumentError(absl::StrCat(binary, ": not an ELF file"));
  }
  file.seekg(static_cast<std::streamoff>(header.e_phoff));
  double bytes = 0;
  for (int i = 0; i < header.e_phnum; ++i) {
    Elf64_Phdr segment = {};
    file.read(reinterpret_cast<char*>(&segment), sizeof segment);
    bytes += segment.p_type == PT_LOAD ? static_cast<double>(segment.p_filesz) : 0;
  }
  return bytes / (1 << 20);
}

}  // namespace kproto::bench
