// SPDX-License-Identifier: MPL-2.0
// The plugin as a process: handshake, streams, signals, and its end in every way.
#include <grpcpp/generic/generic_stub.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <nlohmann/json.hpp>
#include <thread>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/subprocess.h"
#include "gmock/gmock.h"
#include "proto/grpc_broker.grpc.pb.h"
#include "proto/grpc_stdio.grpc.pb.h"
#include "provider/protocol/dynamic_value.h"
#include "tests/conformance/plugin_fixture.h"

namespace kproto::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Optional;
using ::testing::SizeIs;
using ::testing::StartsWith;

class ProcessTest : public PluginTest {
 protected:
  // How the plugin behaves with this environment, when it is to end on its own.
  CommandResult RunToEnd(std::map<std::string, std::string> environment) {
    const auto result = kproto::Run({.argv = {Binary()}, .environment = std::move(environment)});
    EXPECT_TRUE(result.ok()) << result.status();
    return result.value_or(CommandResult{.exit_code = -1});
  }

  bool Works() {
    grpc::ClientContext context;
    tfplugin6::GetMetadata::Response response;
    return stub_->GetMetadata(&context, {}, &response).ok();
  }

  // Starts creating a thing that takes `delay` seconds, and waits until it is under way.
  std::jthread SlowCreate(double delay, tfplugin6::ApplyResourceChange::Response& response) {
    std::jthread call([this, delay, &response] {
      grpc::ClientContext context;
      stub_->ApplyResourceChange(&context,
                                 CreateRequest({{"name", Value::String("slow")},
                                                {"size", Value::Int(1)},
                                                {"delay", Value::OfNumber(Number(delay))}}),
                                 &response);
    });
    while (ThingsInStore() == 0) {
      std::this_thread::yield();
    }
    return call;
  }

  int ThingsInStore() const {
    int files = 0;
    for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
      files += entry.is_regular_file();
    }
    return files;
  }
};

TEST_F(ProcessTest, WithoutTheCookieItTellsAPersonAndEnds) {
  for (const char* cookie : {"", "wrong"}) {
    const CommandResult result = RunToEnd({{"TF_PLUGIN_MAGIC_COOKIE", cookie}});
    EXPECT_EQ(result.exit_code, 1);
    EXPECT_THAT(result.out, IsEmpty());
    EXPECT_THAT(result.err, HasSubstr("is a provider plugin"));
  }
}

TEST_F(ProcessTest, TheLineHasSixFieldsForProtocol6) {
  for (const char* versions : {"5,6", "6,5", "6", "", "4", "x,6,"}) {
    PluginHost::Options options = Options();
    options.environment["PLUGIN_PROTOCOL_VERSIONS"] = versions;
    const PluginHost host(options);
    ASSERT_THAT(host.fields(), SizeIs(6)) << versions;
    EXPECT_THAT(host.line(), StartsWith("1|6|unix|" + dir_.path()));
    EXPECT_EQ(host.fields()[4], "grpc");
  }
}

TEST_F(ProcessTest, TheSocketIsReadyPrivateAndGoneAfterwards) {
  Start();
  struct stat info = {};
  ASSERT_EQ(stat(host_->socket().c_str(), &info), 0);
  EXPECT_TRUE(S_ISSOCK(info.st_mode));
  EXPECT_EQ(info.st_mode & 0077, 0u);
  EXPECT_TRUE(Works());
  host_->Shutdown();
  EXPECT_THAT(host_->WaitForExit(), Optional(0));
  EXPECT_THAT(std::filesystem::exists(host_->socket()), false);
}

TEST_F(ProcessTest, TheHostsFolderForSocketsIsUsed) {
  PluginHost::Options options = Options();
  const TempDir other;
  options.environment["PLUGIN_UNIX_SOCKET_DIR"] = other.path();
  options.environment["PLUGIN_UNIX_SOCKET_GROUP"] = absl::StrCat(getgid());
  Start(options);
  EXPECT_THAT(host_->socket(), StartsWith(other.path()));
  struct stat info = {};
  ASSERT_EQ(stat(host_->socket().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 0777, 0660u);
}

TEST_F(ProcessTest, AnUnusableTmpdirIsAClearError) {
  PluginHost::Options options = Options();
  options.environment["TMPDIR"] = dir_ / "missing";
  PluginHost host(options);
  EXPECT_THAT(host.WaitForExit(), Optional(1));
  EXPECT_THAT(host.line(), IsEmpty());
  EXPECT_THAT(host.Stderr(), HasSubstr("missing"));
}

TEST_F(ProcessTest, NothingButTheLineEverComesToStdoutAndNothingToStderr) {
  Start();
  EXPECT_TRUE(Works());
  host_->Shutdown();
  EXPECT_THAT(host_->WaitForExit(), Optional(0));
  EXPECT_EQ(host_->RestOfStdout(), "");
  EXPECT_EQ(host_->Stderr(), "");
}

TEST_F(ProcessTest, ShutdownEndsItAtOnceEvenWhileItWorks) {
  Start();
  Configure();
  tfplugin6::ApplyResourceChange::Response response;
  const std::jthread call = SlowCreate(600, response);
  const absl::Time asked = absl::Now();
  host_->Shutdown();
  EXPECT_THAT(host_->WaitForExit(), Optional(0));
  EXPECT_LT(absl::Now() - asked, absl::Seconds(1));  // The host's own limit is two.
}

TEST_F(ProcessTest, InterruptsAreIgnored) {
  Start();
  kill(host_->pid(), SIGINT);
  EXPECT_TRUE(Works());
  kill(host_->pid(), SIGINT);
  EXPECT_TRUE(Works());
}

TEST_F(ProcessTest, TerminateEndsItCleanlyWithTheAnswersOfRunningCalls) {
  Start();
  Configure();
  tfplugin6::ApplyResourceChange::Response response;
  std::jthread call = SlowCreate(600, response);
  kill(host_->pid(), SIGTERM);
  EXPECT_THAT(host_->WaitForExit(), Optional(0));
  call.join();
  ASSERT_THAT(response.diagnostics(), SizeIs(1));
  EXPECT_THAT(response.diagnostics(0).summary(), HasSubstr("stopped"));
  EXPECT_FALSE(std::filesystem::exists(host_->socket()));
}

TEST_F(ProcessTest, StopReachesARunningCreateAndNothingLater) {
  Start();
  Configure();
  tfplugin6::ApplyResourceChange::Response response;
  std::jthread call = SlowCreate(600, response);
  grpc::ClientContext context;
  tfplugin6::StopProvider::Response stopped;
  ASSERT_TRUE(stub_->StopProvider(&context, {}, &stopped).ok());
  EXPECT_EQ(stopped.error(), "");
  call.join();
  ASSERT_THAT(response.diagnostics(), SizeIs(1));
  const auto state = FromProto(response.new_state(), ThingType());
  ASSERT_TRUE(state.ok());
  EXPECT_EQ((*state)["id"].kind(), Value::Kind::kString);
  EXPECT_TRUE(state->is_wholly_known());
  tfplugin6::ApplyResourceChange::Response later;
  grpc::ClientContext again;
  ASSERT_TRUE(stub_
                  ->ApplyResourceChange(&again,
                                        CreateRequest({{"name", Value::String("next")},
                                                       {"size", Value::Int(1)},
                                                       {"delay", Value::OfNumber(Number(0.01))}}),
                                        &later)
                  .ok());
  EXPECT_THAT(later.diagnostics(), IsEmpty());
}

TEST_F(ProcessTest, ACancelledCallFreesItsHandler) {
  Start();
  Configure();
  grpc::ClientContext context;
  std::jthread call([&] {
    tfplugin6::ApplyResourceChange::Response response;
    const grpc::Status status =
        stub_->ApplyResourceChange(&context,
                                   CreateRequest({{"name", Value::String("slow")},
                                                  {"size", Value::Int(1)},
                                                  {"delay", Value::OfNumber(Number(600.0))}}),
                                   &response);
    EXPECT_EQ(status.error_code(), grpc::StatusCode::CANCELLED);
  });
  while (ThingsInStore() == 0) {
    std::this_thread::yield();
  }
  context.TryCancel();
  call.join();
  // Only when no call is left does SIGTERM end the process before its grace is over.
  kill(host_->pid(), SIGTERM);
  EXPECT_THAT(host_->WaitForExit(absl::Seconds(10)), Optional(0));
}

TEST_F(ProcessTest, ASlowCallBlocksNobody) {
  Start();
  Configure();
  tfplugin6::ApplyResourceChange::Response response;
  const std::jthread slow = SlowCreate(600, response);
  std::vector<std::jthread> calls;
  std::atomic<int> answered = 0;
  for (int i = 0; i < 50; ++i) {
    calls.emplace_back([&] { answered += Works(); });
  }
  calls.clear();
  EXPECT_EQ(answered, 50);
  host_->Shutdown();
}

TEST_F(ProcessTest, FiftyCallsAtOnceAllRun) {
  Start();
  Configure();
  std::vector<std::jthread> calls;
  std::atomic<int> created = 0;
  for (int i = 0; i < 50; ++i) {
    calls.emplace_back([&, i] {
      grpc::ClientContext context;
      tfplugin6::ApplyResourceChange::Response response;
      const grpc::Status status =
          stub_->ApplyResourceChange(&context,
                                     CreateRequest({{"name", Value::String(absl::StrCat("n", i))},
                                                    {"size", Value::Int(i)},
                                                    {"delay", Value::OfNumber(Number(0.2))}}),
                                     &response);
      created += status.ok() && response.diagnostics_size() == 0;
    });
  }
  calls.clear();
  EXPECT_EQ(created, 50);
  EXPECT_EQ(ThingsInStore(), 50);
}

TEST_F(ProcessTest, LargeRequestsAreTaken) {
  Start();
  grpc::ClientContext context;
  tfplugin6::ValidateResourceConfig::Request request;
  request.set_type_name("toy_thing");
  ASSERT_TRUE(ToProto(ThingOf({{"name", Value::String(std::string(8 << 20, 'x'))}}), ThingType(),
                      *request.mutable_config())
                  .ok());
  tfplugin6::ValidateResourceConfig::Response response;
  const grpc::Status status = stub_->ValidateResourceConfig(&context, request, &response);
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_THAT(response.diagnostics(), IsEmpty());
}

TEST_F(ProcessTest, TheSideStreamsStayOpenInSilence) {
  Start();
  const auto channel = host_->Connect();
  grpc::ClientContext stdio_context, broker_context;
  auto stdio = plugin::GRPCStdio::NewStub(channel)->StreamStdio(&stdio_context, {});
  auto broker = plugin::GRPCBroker::NewStub(channel)->StartStream(&broker_context);
  EXPECT_TRUE(broker->Write(plugin::ConnInfo()));
  EXPECT_TRUE(Works());
  stdio_context.TryCancel();
  plugin::StdioData data;
  EXPECT_FALSE(stdio->Read(&data));
  EXPECT_EQ(stdio->Finish().error_code(), grpc::StatusCode::CANCELLED);
  broker->WritesDone();
  EXPECT_TRUE(broker->Finish().ok());
}

TEST_F(ProcessTest, ItSaysThatItIsHealthy) {
  Start();
  // HealthCheckRequest{service: "plugin"} and HealthCheckResponse{status: SERVING}, as bytes.
  grpc::Slice question(std::string("\x0a\x06plugin"));
  grpc::ByteBuffer request(&question, 1), response;
  grpc::GenericStub health(host_->Connect());
  grpc::ClientContext context;
  grpc::CompletionQueue queue;
  grpc::Status status;
  auto call = health.PrepareUnaryCall(&context, "/grpc.health.v1.Health/Check", request, &queue);
  call->StartCall();
  call->Finish(&response, &status, nullptr);
  void* tag = nullptr;
  bool ok = false;
  ASSERT_TRUE(queue.Next(&tag, &ok));
  ASSERT_TRUE(status.ok()) << status.error_message();
  grpc::Slice answer;
  ASSERT_TRUE(response.DumpToSingleSlice(&answer).ok());
  EXPECT_EQ(std::string(answer.begin(), answer.end()), "\x08\x01");
}

TEST_F(ProcessTest, LogsAreWhatAHostCanReadAndOnlyThereWhenAskedFor) {
  PluginHost::Options options = Options();
  options.environment["TF_LOG"] = "DEBUG";
  Start(options);
  EXPECT_TRUE(Works());
  host_->Shutdown();
  EXPECT_THAT(host_->WaitForExit(), Optional(0));
  const std::string log = host_->Stderr();
  EXPECT_THAT(log, HasSubstr("\"tf_rpc\":\"GetMetadata\""));
  for (absl::string_view line : absl::StrSplit(log, '\n', absl::SkipEmpty())) {
    const auto json = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
    ASSERT_TRUE(json.is_object()) << line;
    // A host crashes on anything but strings here.
    for (const char* key : {"@level", "@message", "@timestamp"}) {
      EXPECT_TRUE(json.contains(key) && json[key].is_string()) << line;
    }
  }
}

TEST_F(ProcessTest, AnUnknownMethodIsUnimplemented) {
  Start();
  grpc::ClientContext context;
  tfplugin6::LockState::Response response;
  EXPECT_EQ(stub_->LockState(&context, {}, &response).error_code(),
            grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(ProcessTest, ItEndsWhenItsHostVanishes) {
  // A shell starts the plugin, tells its pid and is killed: nobody is left to shut it down.
  int fds[2];
  ASSERT_EQ(pipe(fds), 0);
  const pid_t shell = fork();
  if (shell == 0) {
    dup2(fds[1], STDOUT_FILENO);
    setenv("TF_PLUGIN_MAGIC_COOKIE",
           "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2", 1);
    setenv("TMPDIR", dir_.path().c_str(), 1);
    const std::string script = absl::StrCat(Binary(), " & echo $!; wait");
    execl("/bin/sh", "sh", "-c", script.c_str(), nullptr);
    _exit(127);
  }
  close(fds[1]);
  std::string out;
  for (char c; std::count(out.begin(), out.end(), '\n') < 2 && read(fds[0], &c, 1) == 1;) {
    out += c;
  }
  ASSERT_THAT(out, HasSubstr("1|6|unix|"));
  kill(shell, SIGKILL);
  waitpid(shell, nullptr, 0);
  // The plugin holds the pipe open for as long as it lives.
  char c;
  EXPECT_EQ(read(fds[0], &c, 1), 0);
  close(fds[0]);
}

TEST_F(ProcessTest, DebugModeServesInPlaintextAndEndsOnInterrupt) {
  PluginHost::Options options = Options();
  options.arguments = {"--debug"};
  options.environment["TF_PLUGIN_MAGIC_COOKIE"] = "";
  PluginHost host(options);  // Its first line is for a person.
  EXPECT_THAT(host.line(), HasSubstr("running"));
  std::string socket;
  for (const auto& entry : std::filesystem::directory_iterator(dir_.path())) {
    socket = entry.path().string();
  }
  const auto stub = tfplugin6::Provider::NewStub(
      grpc::CreateChannel("unix:" + socket, grpc::InsecureChannelCredentials()));
  grpc::ClientContext context;
  tfplugin6::GetMetadata::Response response;
  EXPECT_TRUE(stub->GetMetadata(&context, {}, &response).ok());
  kill(host.pid(), SIGINT);
  EXPECT_THAT(host.WaitForExit(), Optional(0));
  const std::string text = host.RestOfStdout();
  const size_t start = text.find("TF_REATTACH_PROVIDERS='") + 23;
  const auto json = nlohmann::json::parse(text.substr(start, text.find('\'', start) - start));
  EXPECT_EQ(json["test/toy"]["Pid"], host.pid());
  EXPECT_EQ(json["test/toy"]["ProtocolVersion"], 6);
  EXPECT_EQ(json["test/toy"]["Addr"]["String"], socket);
}

}  // namespace
}  // namespace kproto::testing
