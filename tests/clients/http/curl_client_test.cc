// SPDX-License-Identifier: MPL-2.0
#include "clients/http/curl_client.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <filesystem>
#include <set>
#include <thread>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/hint.h"
#include "base/log.h"
#include "clients/http/ca_bundle.h"
#include "clients/http/curl_library.h"
#include "clients/http/response.h"
#include "gmock/gmock.h"
#include "gtest/gtest.h"
#include "tests/support/http_imposter.h"
#include "tests/support/scoped_environment.h"
#include "tests/support/status_matchers.h"
#include "tests/support/temp_dir.h"
#include "tests/support/test_certificates.h"

namespace kproto::http {
namespace {

using ::kproto::testing::Ending;
using ::kproto::testing::HttpImposter;
using ::kproto::testing::IsOk;
using ::kproto::testing::ScopedEnvironment;
using ::kproto::testing::StatusIs;
using ::kproto::testing::TempDir;
using ::kproto::testing::TestAuthority;
using ::testing::Contains;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::Pair;

Request Get(const std::string& url) {
  Request request;
  request.url = url;
  return request;
}

Request Post(const std::string& url, const std::string& body = "{}") {
  Request request;
  request.method = Method::kPost;
  request.url = url;
  request.body = body;
  return request;
}

// A port that nobody listens on.
int ClosedPort() {
  const int fd = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address = {};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  EXPECT_EQ(bind(fd, reinterpret_cast<sockaddr*>(&address), size), 0);
  getsockname(fd, reinterpret_cast<sockaddr*>(&address), &size);
  close(fd);
  return ntohs(address.sin_port);
}

TEST(CurlClientTest, SendsMethodPathHeadersAndBody) {
  HttpImposter server;
  server.On("POST", "/v2/vpcs?page=2", {.code = 201, .body = "made", .headers = {{"X-A", " b "}}});
  CurlClient client({.user_agent = "terraform-provider-kproto/1.2.3"});
  Request request = Post(server.url() + "/v2/vpcs?page=2", R"({"name":"a"})");
  request.headers = {{"Content-Type", "application/json"}, {"X-Empty", ""}};
  request.secret_headers.emplace_back("Authorization", SecretString("Bearer t0ken"));
  const auto response = client.Send(request, {});
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->code, 201);
  EXPECT_EQ(response->body, "made");
  EXPECT_EQ(response->Header("x-a"), "b");
  EXPECT_EQ(response->Header("x-none"), "");
  const auto received = server.requests().at(0);
  EXPECT_EQ(received.body, R"({"name":"a"})");
  EXPECT_THAT(received.headers, Contains(Pair("content-type", "application/json")));
  EXPECT_THAT(received.headers, Contains(Pair("authorization", "Bearer t0ken")));
  EXPECT_THAT(received.headers, Contains(Pair("user-agent", "terraform-provider-kproto/1.2.3")));
  EXPECT_THAT(received.headers, Contains(Pair("x-empty", "")));
  EXPECT_THAT(received.headers, Not(Contains(Pair("expect", ::testing::_))));
}

TEST(CurlClientTest, EveryMethodReachesTheServerAsItself) {
  HttpImposter server;
  CurlClient client({});
  for (const Method method :
       {Method::kGet, Method::kPost, Method::kPut, Method::kPatch, Method::kDelete}) {
    Request request = Get(server.url() + "/x");
    request.method = method;
    server.On(std::string(MethodName(method)), "/x", {.code = 204});
    EXPECT_EQ(client.Send(request, {})->code, 204);
  }
  Request with_body = Get(server.url() + "/x");
  with_body.method = Method::kDelete;
  with_body.body = "[1]";
  server.On("DELETE", "/x", {.code = 204});
  EXPECT_EQ(client.Send(with_body, {})->code, 204);
  EXPECT_EQ(server.requests().back().body, "[1]");
}

TEST(CurlClientTest, HttpErrorsAreAnswersAndRedirectsAreNotFollowed) {
  HttpImposter server;
  server.On("GET", "/missing", {.code = 404, .body = "no"});
  server.On("GET", "/moved", {.code = 302, .headers = {{"Location", server.url() + "/missing"}}});
  CurlClient client({});
  EXPECT_EQ(client.Send(Get(server.url() + "/missing"), {})->body, "no");
  EXPECT_EQ(client.Send(Get(server.url() + "/moved"), {})->code, 302);
}

TEST(CurlClientTest, RequestsInARowShareAConnection) {
  HttpImposter server;
  server.Always("GET", "/a", {.body = "1"});
  CurlClient client({});
  for (int i = 0; i < 5; ++i) {
    EXPECT_THAT(client.Send(Get(server.url() + "/a"), {}), IsOk());
  }
  // From another thread too.
  std::jthread([&] { EXPECT_THAT(client.Send(Get(server.url() + "/a"), {}), IsOk()); }).join();
  for (const auto& request : server.requests()) {
    EXPECT_EQ(request.connection, 1);
  }
}

TEST(CurlClientTest, ServesManyThreadsAtOnce) {
  HttpImposter server;
  server.Always("GET", "/a", {.body = std::string(100000, 'x')});
  CurlClient client({});
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 8; ++i) {
      threads.emplace_back([&] {
        for (int j = 0; j < 20; ++j) {
          const auto response = client.Send(Get(server.url() + "/a"), {});
          ASSERT_THAT(response, IsOk());
          EXPECT_EQ(response->body.size(), 100000u);
        }
      });
    }
  }
  std::set<int> connections;
  for (const auto& request : server.requests()) {
    connections.insert(request.connection);
  }
  EXPECT_EQ(server.requests().size(), 160u);
  EXPECT_LE(connections.size(), 8u);
}

TEST(CurlClientTest, RefusedConnectionHasNoEffect) {
  CurlClient client({});
  const auto response =
      client.Send(Post(absl::StrCat("http://127.0.0.1:", ClosedPort(), "/v2")), {});
  EXPECT_THAT(response, StatusIs(absl::StatusCode::kUnavailable, HasSubstr("POST 127.0.0.1/v2: ")));
  EXPECT_FALSE(MayHaveTakenEffect(response.status()));
}

TEST(CurlClientTest, UnknownHostHasNoEffect) {
  CurlClient client({});
  const auto response = client.Send(Post("http://no-such-host.invalid/v2"), {});
  EXPECT_THAT(response,
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no-such-host.invalid")));
  EXPECT_FALSE(MayHaveTakenEffect(response.status()));
}

TEST(CurlClientTest, ResetAfterTheRequestMayHaveTakenEffect) {
  HttpImposter server;
  server.On("POST", "/v2", {.ending = Ending::kReset});
  CurlClient client({});
  const auto response = client.Send(Post(server.url() + "/v2"), {});
  EXPECT_THAT(response, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_TRUE(MayHaveTakenEffect(response.status()));
}

// libcurl repeats requests on its own when a kept connection turns out dead.
TEST(CurlClientTest, PostIsNeverSentTwiceBehindOurBack) {
  for (const Ending ending : {Ending::kReset, Ending::kClosed}) {
    HttpImposter server;
    server.On("GET", "/v2", {.body = "warm"});
    server.On("POST", "/v2", {.ending = ending});
    CurlClient client({});
    EXPECT_THAT(client.Send(Get(server.url() + "/v2"), {}), IsOk());
    const auto response = client.Send(Post(server.url() + "/v2"), {});
    EXPECT_THAT(response, StatusIs(absl::StatusCode::kUnavailable));
    EXPECT_TRUE(MayHaveTakenEffect(response.status()));
    EXPECT_THAT(server.calls(), ElementsAre("GET /v2", "POST /v2"));
  }
}

TEST(CurlClientTest, FailedReadsAreNeverMarked) {
  HttpImposter server;
  server.Always("GET", "/v2", {.ending = Ending::kReset});
  CurlClient client({});
  const auto response = client.Send(Get(server.url() + "/v2"), {});
  EXPECT_THAT(response, StatusIs(absl::StatusCode::kUnavailable));
  EXPECT_FALSE(MayHaveTakenEffect(response.status()));
}

TEST(CurlClientTest, TruncatedBodyIsAnError) {
  HttpImposter server;
  server.On("GET", "/v2", {.body = R"({"half":)", .ending = Ending::kTruncated});
  CurlClient client({});
  EXPECT_THAT(client.Send(Get(server.url() + "/v2"), {}), StatusIs(absl::StatusCode::kUnavailable));
}

TEST(CurlClientTest, GarbageInsteadOfHttpIsAnError) {
  HttpImposter server;
  constexpr char kGarbage[] = "\x16\x03\x01\x00 nothing like HTTP\r\n\r\n";
  server.On("GET", "/v2", {.raw = std::string(kGarbage, sizeof kGarbage - 1)});
  server.On("GET", "/v3", {.raw = "HTTP/1.1 two hundred\r\nContent-Length: minus\r\n\r\nx"});
  CurlClient client({});
  EXPECT_THAT(client.Send(Get(server.url() + "/v2"), {}), Not(IsOk()));
  EXPECT_THAT(client.Send(Get(server.url() + "/v3"), {}), Not(IsOk()));
}

TEST(CurlClientTest, HugeHeadersAreRefused) {
  HttpImposter server;
  server.On("GET", "/one", {.headers = {{"X-Huge", std::string(5 << 20, 'h')}}});
  server.On("GET", "/many", {.headers = {100, {"X-Large", std::string(50000, 'h')}}});
  server.On("GET", "/fine", {.body = "ok", .headers = {{"X-Long", std::string(50000, 'h')}}});
  CurlClient client({});
  EXPECT_THAT(client.Send(Get(server.url() + "/one"), {}), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(client.Send(Get(server.url() + "/many"), {}), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_EQ(client.Send(Get(server.url() + "/fine"), {})->Header("x-long").size(), 50000u);
}

TEST(CurlClientTest, BodiesHaveALimit) {
  HttpImposter server;
  server.On("GET", "/v2", {.body = std::string(1001, 'x')});
  server.On("GET", "/v2", {.body = std::string(1000, 'x')});
  CurlClient client({.max_body_bytes = 1000});
  EXPECT_THAT(client.Send(Get(server.url() + "/v2"), {}),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("larger than 1000 bytes")));
  EXPECT_EQ(client.Send(Get(server.url() + "/v2"), {})->body.size(), 1000u);
}

TEST(CurlClientTest, InterimAnswersDoNotCount) {
  HttpImposter server;
  server.On("GET", "/v2",
            {.raw = "HTTP/1.1 103 Early\r\nX-A: early\r\n\r\n"
                    "HTTP/1.1 200 OK\r\nX-A: late\r\nContent-Length: 2\r\n\r\nok"});
  CurlClient client({});
  const auto response = client.Send(Get(server.url() + "/v2"), {});
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->code, 200);
  EXPECT_EQ(response->Header("x-a"), "late");
  EXPECT_EQ(response->body, "ok");
}

TEST(CurlClientTest, TimeoutEndsAHangingRequest) {
  HttpImposter server;
  server.On("POST", "/v2", {.ending = Ending::kHanging});
  CurlClient client({});
  Request request = Post(server.url() + "/v2");
  request.timeout = absl::Seconds(1);
  const auto response = client.Send(request, {});
  EXPECT_THAT(response, StatusIs(absl::StatusCode::kDeadlineExceeded));
  EXPECT_TRUE(MayHaveTakenEffect(response.status()));
  EXPECT_TRUE(server.WaitForHangups(1));
}

TEST(CurlClientTest, StopEndsAHangingRequestPromptly) {
  HttpImposter server;
  server.On("GET", "/v2", {.ending = Ending::kHanging});
  CurlClient client({});
  std::stop_source stop;
  absl::Time stopped;
  std::jthread stopper([&] {
    EXPECT_TRUE(server.WaitForRequests(1));
    stopped = absl::Now();
    stop.request_stop();
  });
  EXPECT_THAT(client.Send(Get(server.url() + "/v2"), stop.get_token()),
              StatusIs(absl::StatusCode::kCancelled, HasSubstr("interrupted")));
  stopper.join();
  EXPECT_LT(absl::Now() - stopped, absl::Milliseconds(500));
  EXPECT_TRUE(server.WaitForHangups(1));
}

TEST(CurlClientTest, StoppedBeforeItBeganSendsNothing) {
  HttpImposter server;
  CurlClient client({});
  std::stop_source stop;
  stop.request_stop();
  const auto response = client.Send(Post(server.url() + "/v2"), stop.get_token());
  EXPECT_THAT(response, StatusIs(absl::StatusCode::kCancelled));
  EXPECT_FALSE(MayHaveTakenEffect(response.status()));
  EXPECT_TRUE(server.requests().empty());
}

TEST(CurlClientTest, StreamsPiecesAsTheyArriveUntilToldToStop) {
  HttpImposter server;
  server.On("GET", "/watch", {.ending = Ending::kHanging, .chunks = {"one\n", "two\n"}});
  CurlClient client({});
  Request watch = Get(server.url() + "/watch");
  watch.timeout = absl::InfiniteDuration();
  std::string seen;
  watch.on_piece = [&](absl::string_view piece) {
    absl::StrAppend(&seen, piece);
    return absl::StrContains(seen, "two\n") ? Flow::kStop : Flow::kContinue;
  };
  const auto response = client.Send(watch, {});
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->code, 200);
  EXPECT_EQ(seen, "one\ntwo\n");
  EXPECT_EQ(response->body, "");
  EXPECT_TRUE(server.WaitForHangups(1));
}

TEST(CurlClientTest, ErrorBodiesOfAStreamAreCollected) {
  HttpImposter server;
  server.On("GET", "/watch", {.code = 410, .body = "too old"});
  CurlClient client({});
  Request watch = Get(server.url() + "/watch");
  watch.on_piece = [](absl::string_view) {
    ADD_FAILURE() << "an error is no stream";
    return Flow::kStop;
  };
  EXPECT_EQ(client.Send(watch, {})->body, "too old");
}

TEST(CurlClientTest, BadUrlsAndHeadersAreRefusedBeforeAnythingIsSent) {
  CurlClient client({});
  for (const char* url : {"", "ftp://a/", "file:///etc/passwd", "api.example.com", "http://",
                          "http:///v2", "http://a\r\nX: y/"}) {
    EXPECT_THAT(client.Send(Get(url), {}), StatusIs(absl::StatusCode::kInvalidArgument)) << url;
  }
  EXPECT_THAT(client.Send(Get("http://[bad/"), {}), Not(IsOk()));
  Request request = Get("http://127.0.0.1:1/");
  request.secret_headers.emplace_back("Authorization", SecretString("Bearer to\nken"));
  EXPECT_THAT(client.Send(request, {}),
              StatusIs(absl::StatusCode::kInvalidArgument, Not(HasSubstr("ken"))));
}

TEST(CurlClientTest, ProxiesOfTheEnvironmentAreNotUsedForLoopback) {
  HttpImposter server, proxy;
  ScopedEnvironment lower("http_proxy", proxy.url()), upper("HTTP_PROXY", proxy.url()),
      none("no_proxy", std::nullopt), none2("NO_PROXY", std::nullopt);
  server.On("GET", "/v2", {});
  proxy.On("GET", "http://example.invalid/v2", {.body = "through the proxy"});
  CurlClient client({});
  EXPECT_EQ(client.Send(Get(server.url() + "/v2"), {})->code, 200);
  EXPECT_EQ(client.Send(Get("http://example.invalid/v2"), {})->body, "through the proxy");
}

TEST(CurlClientTest, SecretsAndQueriesStayOutOfLogsAndErrors) {
  HttpImposter server;
  server.On("POST", "/v2?sig=hidden1", {.ending = Ending::kReset});
  server.On("GET", "/v2?sig=hidden1", {.code = 500, .headers = {{"X-Request-Id", "req-7"}}});
  CurlClient client({});
  Request request = Post(server.url() + "/v2?sig=hidden1", "hidden2");
  request.secret_headers.emplace_back("Authorization", SecretString("hidden3"));
  SetLogLevel(LogLevel::kTrace);
  ::testing::internal::CaptureStderr();
  const auto failed = client.Send(request, {});
  request.method = Method::kGet;
  request.body.clear();
  const auto answered = client.Send(request, {});
  SetLogLevel(LogLevel::kOff);
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, Not(HasSubstr("hidden")));
  EXPECT_THAT(log, HasSubstr(R"("path":"/v2","status":"500")"));
  EXPECT_THAT(log, HasSubstr(R"("request_id":"req-7")"));
  EXPECT_THAT(failed.status().ToString(), Not(HasSubstr("hidden")));
  EXPECT_THAT(AsStatus(*answered).ToString(), Not(HasSubstr("hidden")));
}

TEST(CurlClientTest, ChildrenDoNotInheritConnections) {
  HttpImposter server;
  server.On("GET", "/v2", {});
  CurlClient client({});
  EXPECT_THAT(client.Send(Get(server.url() + "/v2"), {}), IsOk());
  for (const auto& entry : std::filesystem::directory_iterator("/proc/self/fd")) {
    const int fd = std::stoi(entry.path().filename());
    sockaddr_in peer = {};
    socklen_t size = sizeof peer;
    if (getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) == 0 &&
        peer.sin_family == AF_INET && ntohs(peer.sin_port) == server.port()) {
      EXPECT_NE(fcntl(fd, F_GETFD) & FD_CLOEXEC, 0);
    }
  }
}

TEST(CurlLibraryTest, MissingLibraryIsOneClearError) {
  CurlClient client({}, [] { return CurlLibrary::Load({"libkproto-none.so.4", "libm.so.6"}); });
  const auto response = client.Send(Get("http://127.0.0.1:1/"), {});
  EXPECT_THAT(response,
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("cannot load libcurl")));
  EXPECT_THAT(HintOf(response.status()), HasSubstr("Install libcurl"));
}

// Loaded once and kept, as a process does; null when it is not on this machine.
const CurlLibrary* Loaded(const std::string& name) {
  static auto& libraries = *new std::map<std::string, const CurlLibrary*>();
  const auto [library, is_new] = libraries.try_emplace(name, nullptr);
  if (is_new) {
    library->second = CurlLibrary::Load({name}).value_or(nullptr);
  }
  return library->second;
}

class CurlTlsTest : public ::testing::TestWithParam<const char*> {
 protected:
  void SetUp() override {
    if (curl_ == nullptr) {
      GTEST_SKIP() << GetParam() << " is not on this machine";
    }
  }
  absl::StatusOr<Response> SendGet(const TlsOptions& tls, const std::string& url) {
    CurlClient client({.tls = tls}, [this] { return curl_; });
    Request request = Get(url);
    return client.Send(request, {});
  }

  const CurlLibrary* curl_ = Loaded(GetParam());
  TestAuthority authority_;
};

TEST_P(CurlTlsTest, TrustsTheGivenAuthority) {
  const auto [certificate, key] = authority_.Issue("server");
  HttpImposter server(testing::TlsIdentity{certificate, key});
  server.On("GET", "/v2", {.body = "secure"});
  const auto response = SendGet({.ca_pem = authority_.certificate_pem()}, server.url() + "/v2");
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "secure");
}

TEST_P(CurlTlsTest, RefusesOtherAuthoritiesAndNames) {
  const auto [certificate, key] = authority_.Issue("server");
  const auto [other_name, other_key] = authority_.Issue("server", "DNS:elsewhere.example");
  HttpImposter server(testing::TlsIdentity{certificate, key});
  HttpImposter misnamed(testing::TlsIdentity{other_name, other_key});
  const TestAuthority stranger("stranger");
  const auto untrusted = SendGet({.ca_pem = stranger.certificate_pem()}, server.url());
  EXPECT_THAT(untrusted, StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(HintOf(untrusted.status()), HasSubstr("not trusted"));
  EXPECT_THAT(SendGet({}, server.url()), StatusIs(absl::StatusCode::kFailedPrecondition));
  EXPECT_THAT(SendGet({.ca_pem = authority_.certificate_pem()}, misnamed.url()),
              StatusIs(absl::StatusCode::kFailedPrecondition));
}

TEST_P(CurlTlsTest, SkipsVerificationOnlyWhenTold) {
  const auto [certificate, key] = authority_.Issue("server", "DNS:elsewhere.example");
  HttpImposter server(testing::TlsIdentity{certificate, key});
  server.On("GET", "/", {});
  EXPECT_THAT(SendGet({.verification = TlsVerification::kSkip}, server.url() + "/"), IsOk());
}

TEST_P(CurlTlsTest, ShowsItsClientCertificate) {
  const auto [certificate, key] = authority_.Issue("server");
  const auto [client_certificate, client_key] = authority_.Issue("client");
  HttpImposter server(testing::TlsIdentity{certificate, key, authority_.certificate_pem()});
  server.On("GET", "/", {.body = "welcome"});
  const auto response = SendGet({.ca_pem = authority_.certificate_pem(),
                                 .client_certificate_pem = client_certificate,
                                 .client_key_pem = SecretString(client_key)},
                                server.url() + "/");
  ASSERT_THAT(response, IsOk());
  EXPECT_EQ(response->body, "welcome");
  EXPECT_THAT(SendGet({.ca_pem = authority_.certificate_pem()}, server.url() + "/"), Not(IsOk()));
}

TEST_P(CurlTlsTest, GarbageForCertificatesIsAnErrorWithoutTheKey) {
  const auto [certificate, key] = authority_.Issue("server");
  HttpImposter server(testing::TlsIdentity{certificate, key});
  const auto no_ca = SendGet({.ca_pem = "not a certificate"}, server.url());
  EXPECT_THAT(no_ca, Not(IsOk()));
  const auto bad_key = SendGet({.ca_pem = authority_.certificate_pem(),
                                .client_certificate_pem = "not a certificate",
                                .client_key_pem = SecretString("hunter2")},
                               server.url());
  EXPECT_THAT(bad_key, Not(IsOk()));
  EXPECT_THAT(bad_key.status().ToString(), Not(HasSubstr("hunter2")));
}

INSTANTIATE_TEST_SUITE_P(Libraries, CurlTlsTest,
                         ::testing::Values("libcurl.so.4", "libcurl-gnutls.so.4"),
                         [](const auto& info) {
                           return std::string(info.param) == "libcurl.so.4" ? "Usual" : "Gnutls";
                         });

TEST(CaBundleTest, EnvironmentGoesBeforeTheUsualPlaces) {
  TempDir dir;
  const std::string bundle = dir.Write("bundle.pem", "x");
  ScopedEnvironment a("SSL_CERT_FILE", std::nullopt), b("CURL_CA_BUNDLE", std::nullopt);
  EXPECT_EQ(SystemCaBundle({dir / "none.pem", bundle}), bundle);
  EXPECT_EQ(SystemCaBundle({dir / "none.pem"}), "");
  ScopedEnvironment c("CURL_CA_BUNDLE", "/elsewhere.pem");
  EXPECT_EQ(SystemCaBundle({bundle}), "/elsewhere.pem");
}

}  // namespace
}  // namespace kproto::http
