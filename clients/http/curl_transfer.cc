// SPDX-License-Identifier: MPL-2.0
#include "clients/http/curl_transfer.h"

#include <sys/socket.h>

#include <algorithm>
#include <limits>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "clients/http/ca_bundle.h"
#include "clients/http/response.h"
#include "clients/http/url.h"

namespace kproto::http {
namespace {

constexpr size_t kMaxHeaderBytes = size_t{256} << 10;  // libcurl's own limit is 300 KiB

int OpenSocket(void*, curlsocktype, curl_sockaddr* address) {
  // Close-on-exec, so that no child (helm, an exec credential plugin) inherits a connection.
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

}  // namespace

std::string Describe(const Request& request) {
  return absl::StrCat(MethodName(request.method), " ", HostOf(request.url), PathOf(request.url));
}

void Transfer::AddHeader(absl::string_view name, absl::string_view value) {
  // libcurl drops "Name:" and sends "Name;" as a header without a value.
  const std::string line =
      value.empty() ? absl::StrCat(name, ";") : absl::StrCat(name, ": ", value);
  if (curl_slist* longer = handle_.curl.slist_append(headers_, line.c_str())) {
    headers_ = longer;
  }
}

namespace {

long Milliseconds(absl::Duration duration) {  // NOLINT(runtime/int): libcurl's type
  if (duration == absl::InfiniteDuration()) {
    return 0;  // libcurl's "never"
  }
  return std::clamp<int64_t>(absl::ToInt64Milliseconds(duration), 1,
                             std::numeric_limits<int>::max());
}

}  // namespace

void Transfer::PrepareBody() {
  const bool has_body = !request_.body.empty() || request_.method == Method::kPost ||
                        request_.method == Method::kPut || request_.method == Method::kPatch;
  if (has_body) {
    handle_.Set(CURLOPT_POSTFIELDSIZE_LARGE, static_cast<curl_off_t>(request_.body.size()));
    handle_.Set(CURLOPT_POSTFIELDS, request_.body.data());
    const bool typed = std::any_of(
        request_.headers.begin(), request_.headers.end(),
        [](const auto& header) { return absl::EqualsIgnoreCase(header.first, "content-type"); });
    if (!typed) {
      headers_ = handle_.curl.slist_append(headers_, "Content-Type:");  // no libcurl default
    }
    headers_ = handle_.curl.slist_append(headers_, "Expect:");  // no wait for 100 Continue
  } else {
    handle_.Set(CURLOPT_HTTPGET, 1L);
  }
  handle_.Set(CURLOPT_CUSTOMREQUEST, std::string(MethodName(request_.method)).c_str());
}

void Transfer::PrepareTls() {
  const TlsOptions& tls = options_.tls;
  if (tls.verification == TlsVerification::kSkip) {
    handle_.Set(CURLOPT_SSL_VERIFYPEER, 0L);
    handle_.Set(CURLOPT_SSL_VERIFYHOST, 0L);
  }
  if (tls.ca_pem.empty()) {
    const std::string bundle = SystemCaBundle(UsualCaBundles());
    if (!bundle.empty()) {
      handle_.Set(CURLOPT_CAINFO, bundle.c_str());
    }
  } else {
    handle_.Set(CURLOPT_CAPATH, static_cast<const char*>(nullptr));
    handle_.Set(CURLOPT_CAINFO, files_.ca.path().c_str());
  }
  if (!tls.client_certificate_pem.empty()) {
    handle_.Set(CURLOPT_SSLCERT, files_.certificate.path().c_str());
    handle_.Set(CURLOPT_SSLKEY, files_.key.path().c_str());
  }
}

void Transfer::Prepare() {
  handle_.Set(CURLOPT_ERRORBUFFER, error_);
  handle_.Set(CURLOPT_URL, request_.url.c_str());
  handle_.Set(CURLOPT_NOSIGNAL, 1L);
  handle_.Set(CURLOPT_PATH_AS_IS, 1L);
  handle_.Set(CURLOPT_USERAGENT, options_.user_agent.c_str());
  handle_.Set(CURLOPT_ACCEPT_ENCODING, "");
  handle_.Set(CURLOPT_TCP_KEEPALIVE, 1L);
  handle_.Set(CURLOPT_HTTP_VERSION, static_cast<long>(CURL_HTTP_VERSION_1_1));  // NOLINT
  handle_.Set(CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  handle_.Set(CURLOPT_TIMEOUT_MS, Milliseconds(request_.timeout));
  handle_.Set(CURLOPT_CONNECTTIMEOUT_MS, Milliseconds(request_.connect_timeout));
  handle_.Set(CURLOPT_OPENSOCKETFUNCTION, &OpenSocket);
  handle_.Set(CURLOPT_HEADERFUNCTION, &Transfer::OnHeader);
  handle_.Set(CURLOPT_HEADERDATA, this);
  handle_.Set(CURLOPT_WRITEFUNCTION, &Transfer::OnBody);
  handle_.Set(CURLOPT_WRITEDATA, this);
  if (IsLoopback(HostOf(request_.url))) {
    handle_.Set(CURLOPT_PROXY, "");
  }
  if (IdempotencyOf(request_) == Idempotency::kNonIdempotent) {
    // libcurl itself repeats a request when a reused connection dies before the first byte of the
    // answer, a POST too. On a connection of its own it never does.
    handle_.Set(CURLOPT_FRESH_CONNECT, 1L);
  }
  for (const auto& [name, value] : request_.headers) {
    AddHeader(name, value);
  }
  for (const auto& [name, value] : request_.secret_headers) {
    AddHeader(name, value.Reveal());
  }
  PrepareBody();
  handle_.Set(CURLOPT_HTTPHEADER, headers_);
  PrepareTls();
}

size_t Transfer::OnHeader(char* data, size_t size, size_t count, void* self) {
  return static_cast<Transfer*>(self)->TakeHeader({data, size * count}) ? size * count : 0;
}

size_t Transfer::OnBody(char* data, size_t size, size_t count, void* self) {
  return static_cast<Transfer*>(self)->TakeBody({data, size * count}) ? size * count : 0;
}

bool Transfer::TakeHeader(absl::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > kMaxHeaderBytes) {
    too_large_ = absl::StrCat("the answer's headers are larger than ", kMaxHeaderBytes, " bytes");
    return false;
  }
  if (absl::StartsWith(line, "HTTP/")) {
    response_.headers.clear();  // what came before belonged to an interim answer
    return true;
  }
  const size_t colon = line.find(':');
  if (colon != absl::string_view::npos) {
    response_.headers.emplace_back(absl::AsciiStrToLower(line.substr(0, colon)),
                                   absl::StripAsciiWhitespace(line.substr(colon + 1)));
  }
  return true;
}

bool Transfer::TakeBody(absl::string_view piece) {
  if (request_.on_piece) {
    long code = 0;  // NOLINT(runtime/int): libcurl's type
    handle_.curl.easy_getinfo(handle_.easy, CURLINFO_RESPONSE_CODE, &code);
    if (code >= 200 && code < 300) {
      receiver_stopped_ = request_.on_piece(piece) == Flow::kStop;
      return !receiver_stopped_;
    }
  }
  if (response_.body.size() + piece.size() > options_.max_body_bytes) {
    too_large_ = absl::StrCat("the answer is larger than ", options_.max_body_bytes, " bytes");
    return false;
  }
  response_.body.append(piece.data(), piece.size());
  return true;
}

// Runs the exchange to its end; CURLE_ABORTED_BY_CALLBACK when the stop token ended it.
CURLcode Transfer::Perform(const std::stop_token& stop) {
  const CurlLibrary& curl = handle_.curl;
  if (curl.multi_add_handle(handle_.multi, handle_.easy) != CURLM_OK) {
    return CURLE_FAILED_INIT;
  }
  CURLcode result = CURLE_ABORTED_BY_CALLBACK;
  {
    const std::stop_callback wake(stop, [&] { curl.multi_wakeup(handle_.multi); });
    int running = 1;
    while (!stop.stop_requested()) {
      if (curl.multi_perform(handle_.multi, &running) != CURLM_OK) {
        result = CURLE_FAILED_INIT;
        break;
      }
      if (running == 0) {
        int left = 0;
        const CURLMsg* message = curl.multi_info_read(handle_.multi, &left);
        result = message != nullptr ? message->data.result : CURLE_FAILED_INIT;
        break;
      }
      curl.multi_poll(handle_.multi, nullptr, 0, 1000, nullptr);
    }
  }
  curl.multi_remove_handle(handle_.multi, handle_.easy);
  return result;
}

// Whether a connection stood, so that bytes of the request may be on their way.
bool Transfer::WasSent() const {
  curl_off_t ready = 0;
  handle_.curl.easy_getinfo(handle_.easy, CURLINFO_PRETRANSFER_TIME_T, &ready);
  return ready > 0;
}

constexpr int kCurlTooLarge = 100;  // CURLE_TOO_LARGE, which only newer headers name

namespace {

absl::StatusCode CodeOfCurl(CURLcode code) {
  if (static_cast<int>(code) == kCurlTooLarge) {
    return absl::StatusCode::kDataLoss;
  }
  switch (code) {
    case CURLE_URL_MALFORMAT:
      return absl::StatusCode::kInvalidArgument;
    case CURLE_OPERATION_TIMEDOUT:
      return absl::StatusCode::kDeadlineExceeded;
    case CURLE_ABORTED_BY_CALLBACK:
      return absl::StatusCode::kCancelled;
    case CURLE_PEER_FAILED_VERIFICATION:
    case CURLE_SSL_CERTPROBLEM:
    case CURLE_SSL_CACERT_BADFILE:
    case CURLE_SSL_ISSUER_ERROR:
      return absl::StatusCode::kFailedPrecondition;
    case CURLE_UNSUPPORTED_PROTOCOL:  // an answer that is not HTTP: the URL's scheme was checked
    case CURLE_OUT_OF_MEMORY:         // libcurl's word for a header line that is too long
    case CURLE_BAD_CONTENT_ENCODING:
    case CURLE_WRITE_ERROR:
      return absl::StatusCode::kDataLoss;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

absl::Status Transfer::Failure(CURLcode code) const {
  std::string text = error_[0] != '\0' ? error_ : handle_.curl.easy_strerror(code);
  if (!too_large_.empty()) {
    text = too_large_;
  } else if (code == CURLE_ABORTED_BY_CALLBACK) {
    text = "interrupted";
  }
  absl::Status status(CodeOfCurl(code), absl::StrCat(Describe(request_), ": ", text));
  if (code == CURLE_PEER_FAILED_VERIFICATION) {
    status = WithHint(status,
                      "The server's certificate is not trusted. Install its authority on "
                      "this machine, or name a file with it in SSL_CERT_FILE.");
  }
  return request_.method != Method::kGet && WasSent() ? MarkMayHaveTakenEffect(status) : status;
}

absl::StatusOr<Response> Transfer::Run(std::stop_token stop) {
  Prepare();
  const CURLcode code = Perform(stop);
  if (code != CURLE_OK && !receiver_stopped_) {
    return Failure(code);
  }
  long http_code = 0;  // NOLINT(runtime/int): libcurl's type
  handle_.curl.easy_getinfo(handle_.easy, CURLINFO_RESPONSE_CODE, &http_code);
  response_.code = static_cast<int>(http_code);
  return std::move(response_);
}

}  // namespace kproto::http
