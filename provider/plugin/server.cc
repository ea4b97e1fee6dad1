// SPDX-License-Identifier: MPL-2.0
#include "provider/plugin/server.h"

#include <grpc/support/log.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "base/log.h"
#include "provider/plugin/socket.h"

namespace kproto {
namespace {

// State and configuration can be large; gRPC's own limit of 4 MiB is not enough. The number is
// what providers in Go use.
constexpr int kMaxMessageBytes = 256 << 20;

std::shared_ptr<grpc::ServerCredentials> CredentialsFor(const std::optional<MutualTls>& tls) {
  if (!tls) {
    return grpc::InsecureServerCredentials();
  }
  grpc::SslServerCredentialsOptions options(
      GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  options.pem_root_certs = tls->client_certificate;
  options.pem_key_cert_pairs.push_back({tls->server.key_pem.Reveal(), tls->server.pem});
  return grpc::SslServerCredentials(options);
}

// What gRPC has to say (of strangers it turned away, mostly) in the form the host reads, and only
// when somebody wants to know.
void LogForHost(gpr_log_func_args* line) {
  Log(line->severity == GPR_LOG_SEVERITY_ERROR ? LogLevel::kWarn : LogLevel::kDebug, line->message,
      {{"@module", "grpc"}});
}

}  // namespace

PluginServer::PluginServer() = default;
PluginServer::~PluginServer() = default;

absl::StatusOr<std::unique_ptr<PluginServer>> PluginServer::Start(
    std::vector<std::unique_ptr<grpc::Service>> services, const std::string& socket,
    const std::optional<MutualTls>& tls) {
  auto plugin = std::unique_ptr<PluginServer>(new PluginServer);
  plugin->services_ = std::move(services);
  gpr_set_log_function(LogForHost);
  grpc::EnableDefaultHealthCheckService(true);
  grpc::ServerBuilder builder;
  builder.SetMaxReceiveMessageSize(kMaxMessageBytes);
  builder.SetMaxSendMessageSize(-1);
  builder.AddListeningPort(absl::StrCat("unix:", socket), CredentialsFor(tls));
  for (const std::unique_ptr<grpc::Service>& service : plugin->services_) {
    builder.RegisterService(service.get());
  }
  {
    const PrivateUmask only_for_us;
    plugin->server_ = builder.BuildAndStart();
  }
  if (!plugin->server_) {
    return absl::InternalError(absl::StrCat("cannot listen on ", socket));
  }
  plugin->server_->GetHealthCheckService()->SetServingStatus("plugin", true);
  return plugin;
}

}  // namespace kproto
