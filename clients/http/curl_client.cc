// SPDX-License-Identifier: MPL-2.0
#include "clients/http/curl_client.h"

#include <sys/socket.h>

#include <algorithm>
#include <limits>
#include <mutex>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "clients/http/ca_bundle.h"
#include "clients/http/curl_library.h"
#include "clients/http/memory_file.h"
#include "clients/http/response.h"
#include "clients/http/url.h"

namespace kproto::http {
namespace {

constexpr size_t kMaxHeaderBytes = size_t{256} << 10;  // libcurl's own limit is 300 KiB
constexpr size_t kMaxIdleHandles = 16;

// One easy handle and its own multi handle, which owns the kept connections and can be woken by a
// stop token. Used by one thread at a time.
class Handle {
 public:
  explicit Handle(const CurlLibrary& curl)
      : curl(curl), easy(curl.easy_init()), multi(curl.multi_init()) {}
  ~Handle() {
    curl.easy_cleanup(easy);
    curl.multi_cleanup(multi);
  }
  Handle(const Handle&) = delete;
  Handle& operator=(const Handle&) = delete;

  template <typename T>
  CURLcode Set(CURLoption option, T value) {
    return curl.easy_setopt(easy, option, value);
  }

  const CurlLibrary& curl;
  CURL* const easy;
  CURLM* const multi;
};

// "GET api.example.com/v2/account": what an error or a log line says of a request.
std::string Describe(const Request& request) {
  return absl::StrCat(MethodName(request.method), " ", HostOf(request.url), PathOf(request.url));
}

bool HasLineBreak(absl::string_view text) {
  return text.find_first_of(absl::string_view("\r\n\0", 3)) != absl::string_view::npos;
}

absl::Status Check(const Request& request) {
  if (!absl::StartsWithIgnoreCase(request.url, "http://") &&
      !absl::StartsWithIgnoreCase(request.url, "https://")) {
    return absl::InvalidArgumentError("the URL must begin with http:// or https://");
  }
  if (HostOf(request.url).empty() || HasLineBreak(request.url)) {
    return absl::InvalidArgumentError("the URL names no host");
  }
  const auto check = [](absl::string_view name, absl::string_view value) {
    return HasLineBreak(name) || HasLineBreak(value)
               ? absl::InvalidArgumentError(absl::StrCat("the value for header ",
                                                         absl::AsciiStrToLower(name.substr(0, 40)),
                                                         " contains a line break"))
               : absl::OkStatus();
  };
  for (const auto& [name, value] : request.headers) {
    KPROTO_RETURN_IF_ERROR(check(name, value));
  }
  for (const auto& [name, value] : request.secret_headers) {
    KPROTO_RETURN_IF_ERROR(check(name, value.Reveal()));
  }
  return absl::OkStatus();
}

int OpenSocket(void*, curlsocktype, curl_sockaddr* address) {
  // Close-on-exec, so that no child (helm, an exec credential plugin) inherits a connection.
  return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

// The PEMs as files, for the whole life of a client: libcurl keeps a connection apart from others
// by these paths, and not every TLS library behind it takes certificates from memory.
struct TlsFiles {
  explicit TlsFiles(const TlsOptions& tls)
      : ca(Make(tls.ca_pem)),
        certificate(Make(tls.client_certificate_pem)),
        key(Make(tls.client_key_pem.Reveal())) {}
  static MemoryFile Make(const std::string& pem) {
    return pem.empty() ? MemoryFile() : MemoryFile(pem);
  }
  MemoryFile ca, certificate, key;
};

// One exchange on one handle.
class Transfer {
 public:
  Transfer(Handle& handle, const Request& request, const CurlOptions& options,
           const TlsFiles& files)
      : handle_(handle), request_(request), options_(options), files_(files) {}
  ~Transfer() {
    // The handle outlives this object and must not point into it.
    handle_.curl.easy_reset(handle_.easy);
    handle_.curl.slist_free_all(headers_);
  }

  absl::StatusOr<Response> Run(std::stop_token stop);

 private:
  void Prepare();
  void PrepareBody();
  void PrepareTls();
  void AddHeader(absl::string_view name, absl::string_view value);
  CURLcode Perform(const std::stop_token& stop);
  absl::Status Failure(CURLcode code) const;
  bool WasSent() const;

  static size_t OnHeader(char* data, size_t size, size_t count, void* self);
  static size_t OnBody(char* data, size_t size, size_t count, void* self);
  bool TakeHeader(absl::string_view line);
  bool TakeBody(absl::string_view piece);

  Handle& handle_;
  const Request& request_;
  const CurlOptions& options_;
  const TlsFiles& files_;
  curl_slist* headers_ = nullptr;
  char error_[CURL_ERROR_SIZE] = "";
  Response response_;
  size_t header_bytes_ = 0;
  std::string too_large_;  // what is, if anything
  bool receiver_stopped_ = false;
};

void Transfer::AddHeader(absl::string_view name, absl::string_view value) {
  // libcurl drops "Name:" and sends "Name;" as a header without a value.
  const std::string line =
      value.empty() ? absl::StrCat(name, ";") : absl::StrCat(name, ": ", value);
  if (curl_slist* longer = handle_.curl.slist_append(headers_, line.c_str())) {
    headers_ = longer;
  }
}

long Milliseconds(absl::Duration duration) {  // NOLINT(runtime/int): libcurl's type
  if (duration == absl::InfiniteDuration()) {
    return 0;  // libcurl's "never"
  }
  return std::clamp<int64_t>(absl::ToInt64Milliseconds(duration), 1,
                             std::numeric_limits<int>::max());
}

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

void LogExchange(const Request& request, const absl::StatusOr<Response>& result,
                 absl::Duration duration) {
  if (!LogEnabled(LogLevel::kDebug)) {
    return;
  }
  Log(LogLevel::kDebug, "http request",
      {{"method", std::string(MethodName(request.method))},
       {"host", HostOf(request.url)},
       {"path", PathOf(request.url)},
       {"status", result.ok() ? absl::StrCat(result->code) : result.status().ToString()},
       {"duration_ms", absl::StrCat(absl::ToInt64Milliseconds(duration))},
       {"request_id", result.ok() ? RequestId(*result) : ""}});
}

}  // namespace

// Idle handles, each with its kept connections. The most recently used one goes out first, so that
// requests made one after the other travel on one connection.
class CurlClient::Pool {
 public:
  explicit Pool(const TlsOptions& tls) : files(tls) {}

  std::unique_ptr<Handle> Take(const CurlLibrary& curl) {
    {
      std::scoped_lock lock(mutex_);
      if (!idle_.empty()) {
        std::unique_ptr<Handle> handle = std::move(idle_.back());
        idle_.pop_back();
        return handle;
      }
    }
    auto handle = std::make_unique<Handle>(curl);
    return handle->easy != nullptr && handle->multi != nullptr ? std::move(handle) : nullptr;
  }

  void Return(std::unique_ptr<Handle> handle) {
    std::scoped_lock lock(mutex_);
    if (idle_.size() < kMaxIdleHandles) {
      idle_.push_back(std::move(handle));
    }
  }

  const TlsFiles files;

 private:
  std::mutex mutex_;
  std::vector<std::unique_ptr<Handle>> idle_;
};

CurlClient::CurlClient(CurlOptions options) : CurlClient(std::move(options), &CurlLibrary::Get) {}

CurlClient::CurlClient(CurlOptions options, CurlLoader loader)
    : options_(std::move(options)),
      loader_(std::move(loader)),
      pool_(std::make_unique<Pool>(options_.tls)) {}

CurlClient::~CurlClient() = default;

absl::StatusOr<Response> CurlClient::Send(const Request& request, std::stop_token stop) {
  if (absl::Status status = Check(request); !status.ok()) {
    return Annotate(status, Describe(request));
  }
  KPROTO_ASSIGN_OR_RETURN(const CurlLibrary* curl, loader_());
  if (stop.stop_requested()) {
    return absl::CancelledError(absl::StrCat(Describe(request), ": interrupted"));
  }
  std::unique_ptr<Handle> handle = pool_->Take(*curl);
  if (handle == nullptr) {
    return absl::InternalError("libcurl could not be initialised");
  }
  const absl::Time start = absl::Now();
  absl::StatusOr<Response> result = Transfer(*handle, request, options_, pool_->files).Run(stop);
  pool_->Return(std::move(handle));
  LogExchange(request, result, absl::Now() - start);
  return result;
}

}  // namespace kproto::http
