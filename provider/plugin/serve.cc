// SPDX-License-Identifier: MPL-2.0
#include "provider/plugin/serve.h"

#include <fcntl.h>
#include <grpcpp/grpcpp.h>
#include <unistd.h>

#include <cstdio>
#include <exception>
#include <memory>
#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "base/subprocess.h"
#include "provider/plugin/certificate.h"
#include "provider/plugin/exit_watch.h"
#include "provider/plugin/handshake.h"
#include "provider/plugin/host_services.h"
#include "provider/plugin/server.h"
#include "provider/plugin/socket.h"
#include "provider/protocol/provider_service.h"

namespace kproto {
namespace {

// How long running requests may wind down: the host waits two seconds after its Shutdown, and has
// no more use for their answers; after a signal it may still be there to take them.
constexpr absl::Duration kGraceAfterShutdown = absl::Milliseconds(80);
constexpr absl::Duration kGraceAfterSignal = absl::Seconds(20);

class PluginProcess {
 public:
  PluginProcess(ProviderFactory factory, const ServeOptions& options)
      : options_(options),
        source_(std::move(factory)),
        watch_(IsDebug() ? OnInterrupt::kExit : OnInterrupt::kIgnore,
               IsDebug() ? OnOrphaned::kIgnore : OnOrphaned::kExit) {}

  ~PluginProcess() { RemoveSocket(); }

  absl::Status Run() {
    const EnvironmentMap environment = Environment();
    KPROTO_RETURN_IF_ERROR(IsDebug() ? StartForDebugging(environment) : StartForHost(environment));
    // While the host connects: what its first request will need.
    try {
      source_.Get();
    } catch (const std::exception&) {
      // The first request will meet it again, and can tell the user.
    }
    End(watch_.Wait());
  }

 private:
  bool IsDebug() const { return options_.mode == ServeOptions::Mode::kDebug; }

  absl::Status Listen(const std::vector<std::string>& dirs, const std::optional<MutualTls>& tls) {
    auto services = MakeHostServices([this] { watch_.Notify(ExitReason::kShutdown); });
    services.push_back(MakeProviderService(source_, requests_));
    KPROTO_ASSIGN_OR_RETURN(socket_, ChooseSocketPath(dirs));
    KPROTO_ASSIGN_OR_RETURN(server_, PluginServer::Start(std::move(services), socket_, tls));
    return absl::OkStatus();
  }

  absl::Status StartForHost(const EnvironmentMap& environment) {
    KPROTO_ASSIGN_OR_RETURN(const HostTerms terms, ReadHostTerms(environment, options_.program));
    if (!terms.offers_protocol_6) {
      Log(LogLevel::kWarn,
          "the host does not offer plugin protocol 6 and will refuse this provider");
    }
    ServerCertificate certificate;
    std::optional<MutualTls> tls;
    if (!terms.client_certificate.empty()) {
      KPROTO_RETURN_IF_ERROR(CheckClientCertificate(terms.client_certificate));
      KPROTO_ASSIGN_OR_RETURN(certificate, MakeServerCertificate());
      tls.emplace(MutualTls{certificate, terms.client_certificate});
    }
    KPROTO_RETURN_IF_ERROR(Listen(terms.socket_dirs, tls));
    if (!terms.socket_group.empty()) {
      KPROTO_RETURN_IF_ERROR(ShareWithGroup(socket_, terms.socket_group));
    }
    return SayOnStdout(HandshakeLine(terms, socket_, certificate.base64_der));
  }

  absl::Status StartForDebugging(const EnvironmentMap& environment) {
    KPROTO_RETURN_IF_ERROR(Listen(DefaultSocketDirs(environment), std::nullopt));
    return SayOnStdout(absl::StrCat(
        "The provider is running. In another terminal, set this and use tofu or terraform as "
        "usual; Ctrl-C here ends it.\n\n  TF_REATTACH_PROVIDERS='",
        ReattachJson(options_.address, getpid(), socket_), "'\n\n"));
  }

  // The only thing ever written there. A host reads on but drops what comes; so that nothing can
  // fill the pipe, stdout leads nowhere from here on. The pipe itself stays open: its end would
  // look like ours.
  absl::Status SayOnStdout(const std::string& text) {
    if (std::fwrite(text.data(), 1, text.size(), stdout) != text.size() ||
        std::fflush(stdout) != 0) {
      return absl::InternalError("cannot write to stdout");
    }
    if (!IsDebug()) {
      [[maybe_unused]] const int pipe = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3);
      const int nowhere = open("/dev/null", O_WRONLY | O_CLOEXEC);
      if (nowhere >= 0) {
        dup2(nowhere, STDOUT_FILENO);
        close(nowhere);
      }
    }
    return absl::OkStatus();
  }

  // Destructors would wait for requests that are still running: none of them has anything to do
  // that the kernel does not, except for the socket.
  [[noreturn]] void End(ExitReason reason) {
    RemoveSocket();
    requests_.StopAll();
    requests_.WaitUntilIdle(reason == ExitReason::kShutdown ? kGraceAfterShutdown
                                                            : kGraceAfterSignal);
    std::fflush(nullptr);
    _exit(0);
  }

  void RemoveSocket() {
    if (!socket_.empty()) {
      unlink(socket_.c_str());
    }
  }

  const ServeOptions& options_;
  ProviderSource source_;
  Requests requests_;
  ExitWatch watch_;
  std::string socket_;
  std::unique_ptr<PluginServer> server_;
};

}  // namespace

int Serve(ProviderFactory factory, const ServeOptions& options) {
  SetLogLevel(LogLevelFromEnvironment());
  const absl::Status status = PluginProcess(std::move(factory), options).Run();
  std::fprintf(stderr, "%s\n", std::string(status.message()).c_str());
  return 1;
}

}  // namespace kproto
