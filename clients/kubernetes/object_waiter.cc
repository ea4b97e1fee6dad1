// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/object_waiter.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "clients/http/url.h"
#include "clients/kubernetes/api_status.h"
#include "clients/kubernetes/json_fields.h"
#include "clients/kubernetes/watch_stream.h"

namespace kproto::kubernetes {
namespace {

constexpr absl::Duration kFirstPause = absl::Seconds(1);
constexpr absl::Duration kLongestPause = absl::Seconds(10);
// How long the server keeps one watch open, and how much later we give up on a silent connection.
constexpr absl::Duration kWatchTime = absl::Seconds(20);
constexpr absl::Duration kWatchMargin = absl::Seconds(15);

// Errors that trying again will not mend.
bool IsFinal(const absl::Status& status) {
  switch (status.code()) {
    case absl::StatusCode::kUnavailable:
    case absl::StatusCode::kDeadlineExceeded:  // of one request; the call's is looked at elsewhere
    case absl::StatusCode::kDataLoss:
    case absl::StatusCode::kOutOfRange:
    case absl::StatusCode::kAborted:
      return false;
    default:
      return !status.ok();
  }
}

}  // namespace

absl::StatusOr<std::optional<Json>> ObjectWaiter::Run() {
  while (true) {
    if (call_.stop.stop_requested()) {
      return absl::CancelledError(absl::StrCat("interrupted while waiting for ", key_.ToString()));
    }
    if (clock_.Now() >= call_.deadline) {
      return TimedOut();
    }
    eventful_ = false;
    trouble_ = Round();
    if (result_.has_value()) {
      return *std::move(result_);
    }
    if (call_.stop.stop_requested()) {
      continue;  // whatever the round says, this is why
    }
    if (IsFinal(trouble_)) {
      return trouble_;
    }
    KPROTO_RETURN_IF_ERROR(Pause());
  }
}

absl::Status ObjectWaiter::Round() {
  KPROTO_ASSIGN_OR_RETURN(const std::optional<ApiResource> resource,
                          discovery_.Find(key_.api_version, key_.kind, call_));
  version_.clear();
  if (!resource.has_value()) {
    Show(std::nullopt);
    return absl::OkStatus();
  }
  const std::string path = absl::StrCat(
      CollectionPath(key_.api_version, *resource, key_.ns),
      "?fieldSelector=", http::PercentEncode(absl::StrCat("metadata.name=", key_.name)));
  KPROTO_RETURN_IF_ERROR(List(path));
  if (result_.has_value() || version_.empty()) {
    return absl::OkStatus();
  }
  return Watch(path);
}

absl::Status ObjectWaiter::List(const std::string& path) {
  KPROTO_ASSIGN_OR_RETURN(const http::Response response, session_.Send({.path = path}, call_));
  if (response.code == 404) {
    KPROTO_RETURN_IF_ERROR(discovery_.Believe404(response, call_));
    Show(std::nullopt);
    return absl::OkStatus();
  }
  KPROTO_RETURN_IF_ERROR(StatusOf(response));
  const Json list = Json::parse(response.body, nullptr, false);
  version_ = StringAt(list, "/metadata/resourceVersion");
  const Json& items = ListAt(list, "/items");
  if (version_.empty()) {
    return absl::DataLossError("the API server's list has no resourceVersion");
  }
  if (items.empty()) {
    Show(std::nullopt);
    return absl::OkStatus();
  }
  Json object = items[0];
  if (object.is_object()) {  // items of a list do not say what they are
    object["apiVersion"] = key_.api_version;
    object["kind"] = key_.kind;
  }
  Show(std::move(object));
  return absl::OkStatus();
}

absl::Status ObjectWaiter::Watch(const std::string& path) {
  const absl::Duration left = call_.deadline - clock_.Now();
  const absl::Duration open = std::clamp(left, absl::Seconds(1), kWatchTime);
  absl::Status error;
  WatchStream stream([&](const WatchEvent& event) {
    eventful_ = true;
    switch (event.type) {
      case WatchEvent::Type::kBookmark:
        return http::Flow::kContinue;
      case WatchEvent::Type::kError:
        error = StatusOfObject(event.object);
        return http::Flow::kStop;
      case WatchEvent::Type::kDeleted:
        return Show(std::nullopt) ? http::Flow::kStop : http::Flow::kContinue;
      case WatchEvent::Type::kChanged:
        break;
    }
    return Show(event.object) ? http::Flow::kStop : http::Flow::kContinue;
  });
  Exchange exchange;
  exchange.path = absl::StrCat(
      path, "&watch=1&allowWatchBookmarks=true&resourceVersion=", http::PercentEncode(version_),
      "&timeoutSeconds=", absl::ToInt64Seconds(absl::Ceil(open, absl::Seconds(1))));
  exchange.timeout = open + kWatchMargin;
  exchange.tries = Exchange::Tries::kOne;
  exchange.on_piece = [&](absl::string_view piece) { return stream.Feed(piece); };
  const absl::StatusOr<http::Response> response = session_.Send(exchange, call_);
  KPROTO_RETURN_IF_ERROR(response.status());
  KPROTO_RETURN_IF_ERROR(StatusOf(*response));
  KPROTO_RETURN_IF_ERROR(stream.status());
  return error;
}

bool ObjectWaiter::Show(std::optional<Json> object) {
  const absl::StatusOr<bool> enough = done_(object.has_value() ? &*object : nullptr);
  if (!enough.ok()) {
    result_ = enough.status();
  } else if (*enough) {
    result_ = std::move(object);
  }
  return result_.has_value();
}

// A watch that brought something or ran its time needs no pause. Where watches fail at once, this
// makes the rounds a poll.
absl::Status ObjectWaiter::Pause() {
  if (trouble_.ok() && eventful_) {
    pause_ = absl::ZeroDuration();
    return absl::OkStatus();
  }
  pause_ = std::clamp(pause_ * 2, kFirstPause, kLongestPause);
  const absl::Duration left = (call_.deadline - clock_.Now()) * clock_.factor();
  clock_.Sleep(std::min(pause_, left), call_.stop);
  return absl::OkStatus();
}

absl::Status ObjectWaiter::TimedOut() const {
  return absl::DeadlineExceededError(
      absl::StrCat("timed out waiting for ", key_.ToString(),
                   trouble_.ok() ? "" : absl::StrCat("; last: ", trouble_.message())));
}

}  // namespace kproto::kubernetes
