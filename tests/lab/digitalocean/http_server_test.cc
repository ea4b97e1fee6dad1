// SPDX-License-Identifier: MPL-2.0
// The server over a real socket: what no client library would let us send or see.
#include "lab/digitalocean/http_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace kproto::lab {
namespace {

class Client {
 public:
  explicit Client(int port) : fd_(socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<uint16_t>(port));
    EXPECT_EQ(connect(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    const timeval patience{20, 0};  // a bound for a broken server, not a wait
    setsockopt(fd_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  }
  ~Client() { close(fd_); }

  void Send(const std::string& bytes) {
    EXPECT_EQ(send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL),
              static_cast<ssize_t>(bytes.size()));
  }
  // Until the text appears or the connection ends; everything read so far.
  std::string ReadUntil(const std::string& text) {
    while (!absl::StrContains(received_, text)) {
      char bytes[4096];
      const ssize_t n = recv(fd_, bytes, sizeof bytes, 0);
      if (n <= 0) {
        ended_ = n == 0 || errno == ECONNRESET;
        break;
      }
      received_.append(bytes, static_cast<size_t>(n));
    }
    return received_;
  }
  std::string ReadAll() { return ReadUntil("no answer holds this text"); }
  bool ended() const { return ended_; }

 private:
  int fd_;
  std::string received_;
  bool ended_ = false;
};

class HttpServerTest : public testing::Test {
 protected:
  HttpServerTest() : server_([this](const HttpRequest& request) { return Answer(request); }) {
    const auto port = server_.Start(0);
    EXPECT_TRUE(port.ok()) << port.status();
    port_ = port.value_or(0);
  }
  HttpReply Answer(const HttpRequest& request) {
    HttpReply reply = reply_;
    if (reply.body.empty()) {
      reply.body = absl::StrCat("<", request.method, " ", request.target, " ", request.body, ">");
    }
    return reply;
  }
  HttpReply reply_;  // set before the first call
  HttpServer server_;
  int port_ = 0;
};

TEST_F(HttpServerTest, KeepsAConnectionForManyCalls) {
  Client client(port_);
  for (int i = 0; i < 50; ++i) {
    client.Send(absl::StrCat("GET /", i, " HTTP/1.1\r\nHost: x\r\n\r\n"));
    EXPECT_TRUE(absl::StrContains(client.ReadUntil(absl::StrCat("<GET /", i, " >")),
                                  absl::StrCat("<GET /", i, " >")));
  }
}

TEST_F(HttpServerTest, PostWithoutALengthHasNoBody) {
  Client client(port_);
  client.Send("POST /a HTTP/1.1\r\nHost: x\r\n\r\n");
  EXPECT_TRUE(absl::StrContains(client.ReadUntil("<POST /a >"), "<POST /a >"));
}

TEST_F(HttpServerTest, ReadsBodiesWholeAndInChunks) {
  Client client(port_);
  client.Send("DELETE /a HTTP/1.1\r\ncontent-length: 5\r\n\r\nhe");
  client.Send("llo");
  EXPECT_TRUE(absl::StrContains(client.ReadUntil("hello>"), "<DELETE /a hello>"));
  client.Send("POST /b HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n");
  client.Send("0\r\n\r\n");
  EXPECT_TRUE(absl::StrContains(client.ReadUntil("abcde>"), "<POST /b abcde>"));
}

TEST_F(HttpServerTest, ClosesWhenAsked) {
  Client client(port_);
  client.Send("GET / HTTP/1.1\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(absl::StrContains(client.ReadAll(), "HTTP/1.1 200 OK"));
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpServerTest, RefusesWhatIsNoHttp) {
  for (const char* text : {"nonsense\r\n\r\n", "GET HTTP/1.1\r\n\r\n", "\r\n\r\n",
                           "GET / HTTP/1.1\r\ncontent-length: x\r\n\r\n"}) {
    Client client(port_);
    client.Send(text);
    EXPECT_TRUE(absl::StartsWith(client.ReadAll(), "HTTP/1.1 400 ")) << text;
    EXPECT_TRUE(client.ended());
  }
}

TEST_F(HttpServerTest, RefusesBodiesWithoutEnd) {
  Client client(port_);
  client.Send("POST / HTTP/1.1\r\ncontent-length: 99999999999\r\n\r\n");
  EXPECT_TRUE(absl::StartsWith(client.ReadAll(), "HTTP/1.1 413 "));
}

TEST_F(HttpServerTest, DropsWithoutAByte) {
  reply_.ending = HttpReply::Ending::kDropped;
  Client client(port_);
  client.Send("GET / HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.ReadAll(), "");
  EXPECT_TRUE(client.ended());
}

TEST_F(HttpServerTest, TruncatesInTheMiddleOfTheBody) {
  reply_.ending = HttpReply::Ending::kTruncated;
  reply_.body = "0123456789";
  Client client(port_);
  client.Send("GET / HTTP/1.1\r\n\r\n");
  const std::string answer = client.ReadAll();
  EXPECT_TRUE(client.ended());
  EXPECT_TRUE(absl::StrContains(answer, "content-length: 10"));
  EXPECT_TRUE(absl::EndsWith(answer, "01234")) << answer;
}

TEST_F(HttpServerTest, StopEndsSilentAndLateAnswers) {
  reply_.ending = HttpReply::Ending::kSilent;
  Client silent(port_);
  silent.Send("GET / HTTP/1.1\r\n\r\n");
  server_.Stop();  // must not wait for the silence to end
  EXPECT_EQ(silent.ReadAll(), "");
  EXPECT_TRUE(silent.ended());
}

TEST_F(HttpServerTest, TwoServersCannotShareAPort) {
  HttpServer other([](const HttpRequest&) { return HttpReply(); });
  const auto port = other.Start(port_);
  EXPECT_EQ(port.status().code(), absl::StatusCode::kUnavailable);
}

}  // namespace
}  // namespace kproto::lab
