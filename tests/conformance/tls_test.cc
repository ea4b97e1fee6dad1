// SPDX-License-Identifier: MPL-2.0
// Mutual TLS as a host has it, and everybody else being turned away.
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <cstring>

#include "gmock/gmock.h"
#include "tests/conformance/plugin_fixture.h"

namespace kproto::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Ne;
using ::testing::Optional;

class TlsTest : public PluginTest {
 protected:
  static grpc::StatusCode Try(const std::shared_ptr<grpc::Channel>& channel) {
    grpc::ClientContext context;
    tfplugin6::GetMetadata::Response response;
    return tfplugin6::Provider::NewStub(channel)->GetMetadata(&context, {}, &response).error_code();
  }

  // The handshake of a Go host, at most in the given TLS version; says what was agreed on:
  // "TLSv1.3 h2", or "" when it failed.
  std::string Handshake(int max_version) {
    signal(SIGPIPE, SIG_IGN);  // The server may hang up in the middle.
    sockaddr_un address = {.sun_family = AF_UNIX};
    std::strncpy(address.sun_path, host_->socket().c_str(), sizeof address.sun_path - 1);
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    EXPECT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    SSL_CTX* context = SSL_CTX_new(TLS_client_method());
    // As lenient as can be: what is refused, the server refuses.
    SSL_CTX_set_security_level(context, 0);
    SSL_CTX_set_min_proto_version(context, TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context, max_version);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, nullptr);
    const Identity& identity = host_->identity();
    BIO* certificate_pem = BIO_new_mem_buf(identity.certificate_pem.data(), -1);
    BIO* key_pem = BIO_new_mem_buf(identity.key_pem.data(), -1);
    const std::string server_pem = PemFromBase64Der(host_->fields()[5]);
    BIO* root_pem = BIO_new_mem_buf(server_pem.data(), -1);
    X509* certificate = PEM_read_bio_X509(certificate_pem, nullptr, nullptr, nullptr);
    EVP_PKEY* key = PEM_read_bio_PrivateKey(key_pem, nullptr, nullptr, nullptr);
    X509* root = PEM_read_bio_X509(root_pem, nullptr, nullptr, nullptr);
    SSL_CTX_use_certificate(context, certificate);
    SSL_CTX_use_PrivateKey(context, key);
    X509_STORE_add_cert(SSL_CTX_get_cert_store(context), root);
    SSL_CTX_set_alpn_protos(context, reinterpret_cast<const unsigned char*>("\x02h2"), 3);
    SSL* ssl = SSL_new(context);
    SSL_set1_host(ssl, "localhost");
    SSL_set_tlsext_host_name(ssl, "localhost");
    SSL_set_fd(ssl, fd);
    std::string agreed;
    if (SSL_connect(ssl) == 1) {
      const unsigned char* protocol = nullptr;
      unsigned length = 0;
      SSL_get0_alpn_selected(ssl, &protocol, &length);
      agreed = std::string(SSL_get_version(ssl)) + " " +
               std::string(reinterpret_cast<const char*>(protocol), length);
    }
    SSL_free(ssl);
    SSL_CTX_free(context);
    X509_free(certificate);
    X509_free(root);
    EVP_PKEY_free(key);
    for (BIO* bio : {certificate_pem, key_pem, root_pem}) {
      BIO_free(bio);
    }
    close(fd);
    return agreed;
  }
};

TEST_F(TlsTest, TheHostGetsIn) {
  Start();
  EXPECT_EQ(Try(host_->Connect()), grpc::StatusCode::OK);
}

TEST_F(TlsTest, NobodyElseDoes) {
  Start();
  EXPECT_THAT(Try(host_->ConnectAs(MakeHostIdentity())), Ne(grpc::StatusCode::OK));
  EXPECT_THAT(Try(host_->ConnectAs({})), Ne(grpc::StatusCode::OK));
  EXPECT_THAT(Try(host_->ConnectPlain()), Ne(grpc::StatusCode::OK));
  EXPECT_EQ(Try(host_->Connect()), grpc::StatusCode::OK);
}

// 1.2 is left out: gRPC's server then offers P-256 alone, which a P-521 client certificate does not
// go with. Every host there is speaks 1.3.
TEST_F(TlsTest, SpeaksTls13WithH2AndNothingOutdated) {
  Start();
  EXPECT_EQ(Handshake(TLS1_3_VERSION), "TLSv1.3 h2");
  EXPECT_EQ(Handshake(TLS1_1_VERSION), "");
}

TEST_F(TlsTest, WithoutAClientCertificateItIsPlaintext) {
  PluginHost::Options options = Options();
  options.tls = false;
  Start(options);
  EXPECT_THAT(host_->fields()[5], IsEmpty());
  EXPECT_EQ(Try(host_->ConnectPlain()), grpc::StatusCode::OK);
}

TEST_F(TlsTest, EachProcessHasACertificateOfItsOwn) {
  Start();
  const std::string one = host_->fields()[5];
  Start();
  EXPECT_THAT(host_->fields()[5], Ne(one));
}

TEST_F(TlsTest, AMalformedClientCertificateNeverLeadsToPlaintext) {
  PluginHost::Options options = Options();
  options.tls = false;
  options.environment["PLUGIN_CLIENT_CERT"] = "-----BEGIN CERTIFICATE-----\nnonsense";
  PluginHost host(options);
  EXPECT_THAT(host.WaitForExit(), Optional(1));
  EXPECT_THAT(host.line(), IsEmpty());
  EXPECT_THAT(host.Stderr(), HasSubstr("PLUGIN_CLIENT_CERT"));
}

TEST_F(TlsTest, ABareConnectionThatClosesHarmsNobody) {
  Start();
  sockaddr_un address = {.sun_family = AF_UNIX};
  std::strncpy(address.sun_path, host_->socket().c_str(), sizeof address.sun_path - 1);
  for (int i = 0; i < 10; ++i) {
    const int fd = socket(AF_UNIX, SOCK_STREAM, 0);
    ASSERT_EQ(connect(fd, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    close(fd);
  }
  EXPECT_EQ(Try(host_->Connect()), grpc::StatusCode::OK);
}

}  // namespace
}  // namespace kproto::testing
