// SPDX-License-Identifier: MPL-2.0
#include "clients/http/curl_client.h"

#include <mutex>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "base/hint.h"
#include "base/log.h"
#include "base/status_macros.h"
#include "clients/http/curl_transfer.h"
#include "clients/http/response.h"
#include "clients/http/url.h"

namespace kproto::http {
namespace {

constexpr size_t kMaxIdleHandles = 16;

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
