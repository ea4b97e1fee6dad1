// SPDX-License-Identifier: MPL-2.0
#include "tests/support/plugin_host.h"

#include <fcntl.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/time/clock.h"
#include "base/subprocess.h"
#include "gtest/gtest.h"
#include "proto/grpc_controller.grpc.pb.h"

namespace kproto::testing {
namespace {

std::string TakePem(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<size_t>(size));
  BIO_free_all(bio);
  return pem;
}

void Extend(X509* certificate, int nid, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, nid, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

// The environment of a host, then what it adds for the plugin.
std::vector<std::string> EnvironmentFor(const PluginHost::Options& options,
                                        const Identity& identity) {
  std::map<std::string, std::string> all = Environment();
  for (const char* name : {"TF_LOG", "TF_LOG_PROVIDER", "PLUGIN_UNIX_SOCKET_DIR"}) {
    all.erase(name);
  }
  all["TF_PLUGIN_MAGIC_COOKIE"] =
      "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2";
  all["PLUGIN_PROTOCOL_VERSIONS"] = "5,6";
  all["PLUGIN_MIN_PORT"] = "10000";
  all["PLUGIN_MAX_PORT"] = "25000";
  if (options.tls) {
    all["PLUGIN_CLIENT_CERT"] = identity.certificate_pem;
  }
  std::vector<std::string> environment;
  for (const auto& [name, value] : options.environment) {
    all[name] = value;
  }
  for (const auto& [name, value] : all) {
    if (!value.empty()) {
      environment.push_back(absl::StrCat(name, "=", value));
    }
  }
  return environment;
}

std::vector<char*> Pointers(std::vector<std::string>& strings) {
  std::vector<char*> pointers;
  for (std::string& text : strings) {
    pointers.push_back(text.data());
  }
  pointers.push_back(nullptr);
  return pointers;
}

std::string ReadToEnd(int fd) {
  std::string text;
  char buffer[4096];
  for (ssize_t n; (n = read(fd, buffer, sizeof buffer)) > 0;) {
    text.append(buffer, static_cast<size_t>(n));
  }
  return text;
}

}  // namespace

Identity MakeHostIdentity() {
  EVP_PKEY* key = EVP_EC_gen("P-521");
  X509* certificate = X509_new();
  X509_set_version(certificate, X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 4711);
  X509_gmtime_adj(X509_getm_notBefore(certificate), -30);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 30L * 365 * 24 * 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* name = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                             reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(certificate, name);
  Extend(certificate, NID_subject_alt_name, "DNS:localhost");
  Extend(certificate, NID_basic_constraints, "critical,CA:TRUE");
  Extend(certificate, NID_key_usage,
         "critical,digitalSignature,keyEncipherment,keyAgreement,keyCertSign");
  Extend(certificate, NID_ext_key_usage, "clientAuth,serverAuth");
  X509_sign(certificate, key, EVP_sha512());
  BIO* pem = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(pem, certificate);
  BIO* key_pem = BIO_new(BIO_s_mem());
  PEM_write_bio_PrivateKey(key_pem, key, nullptr, nullptr, 0, nullptr, nullptr);
  X509_free(certificate);
  EVP_PKEY_free(key);
  return {TakePem(pem), TakePem(key_pem)};
}

std::string PemFromBase64Der(const std::string& base64) {
  std::string der;
  if (!absl::Base64Unescape(base64, &der)) {
    return "";
  }
  const auto* data = reinterpret_cast<const unsigned char*>(der.data());
  X509* certificate = d2i_X509(nullptr, &data, static_cast<long>(der.size()));
  if (certificate == nullptr) {
    return "";
  }
  BIO* pem = BIO_new(BIO_s_mem());
  PEM_write_bio_X509(pem, certificate);
  X509_free(certificate);
  return TakePem(pem);
}

PluginHost::PluginHost(const Options& options) : identity_(MakeHostIdentity()) {
  int out[2], err[2];
  EXPECT_EQ(pipe2(out, O_CLOEXEC), 0);
  EXPECT_EQ(pipe2(err, O_CLOEXEC), 0);
  std::vector<std::string> arguments = {options.binary};
  arguments.insert(arguments.end(), options.arguments.begin(), options.arguments.end());
  std::vector<std::string> environment = EnvironmentFor(options, identity_);
  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO);
  const absl::Time start = absl::Now();
  EXPECT_EQ(posix_spawn(&pid_, options.binary.c_str(), &actions, nullptr,
                        Pointers(arguments).data(), Pointers(environment).data()),
            0)
      << "cannot start " << options.binary;
  posix_spawn_file_actions_destroy(&actions);
  close(out[1]);
  close(err[1]);
  stdout_ = out[0];
  stderr_ = err[0];
  for (char c; read(stdout_, &c, 1) == 1 && c != '\n';) {
    line_ += c;
  }
  startup_ = absl::Now() - start;
  fields_ = absl::StrSplit(line_, '|');
}

PluginHost::~PluginHost() {
  if (!exit_code_ && pid_ > 0) {
    kill(pid_, SIGKILL);
    waitpid(pid_, nullptr, 0);
    if (fields_.size() > 3) {
      unlink(socket().c_str());
    }
  }
  close(stdout_);
  close(stderr_);
}

std::shared_ptr<grpc::Channel> PluginHost::Dial(
    std::shared_ptr<grpc::ChannelCredentials> as) const {
  grpc::ChannelArguments arguments;
  arguments.SetMaxReceiveMessageSize(-1);
  arguments.SetString(GRPC_SSL_TARGET_NAME_OVERRIDE_ARG, "localhost");
  // Each channel its own connection.
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  return grpc::CreateCustomChannel("unix:" + socket(), std::move(as), arguments);
}

std::shared_ptr<grpc::Channel> PluginHost::ConnectAs(const Identity& identity) const {
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = PemFromBase64Der(fields_.at(5));
  options.pem_cert_chain = identity.certificate_pem;
  options.pem_private_key = identity.key_pem;
  return Dial(grpc::SslCredentials(options));
}

std::shared_ptr<grpc::Channel> PluginHost::ConnectPlain() const {
  return Dial(grpc::InsecureChannelCredentials());
}

std::shared_ptr<grpc::Channel> PluginHost::Connect() const {
  return fields_.size() > 5 && !fields_[5].empty() ? ConnectAs(identity_) : ConnectPlain();
}

void PluginHost::Shutdown() {
  grpc::ClientContext context;
  plugin::Empty request, response;
  plugin::GRPCController::NewStub(Connect())->Shutdown(&context, request, &response);
}

std::optional<int> PluginHost::WaitForExit(absl::Duration limit) {
  if (exit_code_) {
    return exit_code_;
  }
  const int pidfd = static_cast<int>(syscall(SYS_pidfd_open, pid_, 0));
  pollfd wait = {.fd = pidfd, .events = POLLIN};
  const int ready = poll(&wait, 1, static_cast<int>(absl::ToInt64Milliseconds(limit)));
  close(pidfd);
  if (ready != 1) {
    return std::nullopt;
  }
  int status = 0;
  waitpid(pid_, &status, 0);
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  return exit_code_;
}

std::string PluginHost::RestOfStdout() { return ReadToEnd(stdout_); }

std::string PluginHost::Stderr() { return ReadToEnd(stderr_); }

}  // namespace kproto::testing
