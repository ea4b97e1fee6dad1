// SPDX-License-Identifier: MPL-2.0
// The least that a plugin in C++ can be: a gRPC server with mutual TLS on a unix socket, the health
// service and the handshake line, out of the same static libraries. What it costs to start is what
// gRPC and OpenSSL cost; the bench measures the provider against it. Ends when it is killed.
#include <grpcpp/ext/health_check_service_server_builder_option.h>
#include <grpcpp/generic/async_generic_service.h>
#include <grpcpp/grpcpp.h>
#include <grpcpp/health_check_service_interface.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>

#include "provider/plugin/certificate.h"

int main() {
  const char* client_certificate = std::getenv("PLUGIN_CLIENT_CERT");
  const auto certificate = kproto::MakeServerCertificate();
  if (client_certificate == nullptr || !certificate.ok()) {
    std::fputs("started by the bench only\n", stderr);
    return 1;
  }
  grpc::SslServerCredentialsOptions tls(GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY);
  tls.pem_root_certs = client_certificate;
  tls.pem_key_cert_pairs.push_back({certificate->key_pem.Reveal(), certificate->pem});
  // Removed by whoever kills this process.
  const std::string socket = "/tmp/kproto-bench-" + std::to_string(getpid()) + ".sock";
  grpc::EnableDefaultHealthCheckService(true);
  // Answers everything but health with UNIMPLEMENTED; gRPC wants one service besides that.
  grpc::CallbackGenericService nothing;
  grpc::ServerBuilder builder;
  builder.RegisterCallbackGenericService(&nothing);
  builder.AddListeningPort("unix:" + socket, grpc::SslServerCredentials(tls));
  const std::unique_ptr<grpc::Server> server = builder.BuildAndStart();
  if (!server) {
    return 1;
  }
  std::printf("1|6|unix|%s|grpc|%s\n", socket.c_str(), certificate->base64_der.c_str());
  std::fflush(stdout);
  server->Wait();
}
