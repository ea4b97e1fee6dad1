// SPDX-License-Identifier: MPL-2.0
// WatchStream: bytes of a watch answer in, events out. One JSON object per line, cut anywhere by
// the network. Pure.
#pragma once

#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "clients/http/http_client.h"
#include "nlohmann/json.hpp"

namespace kproto::kubernetes {

struct WatchEvent {
  enum class Type { kChanged, kDeleted, kBookmark, kError };
  Type type = Type::kChanged;
  nlohmann::json object;
};

class WatchStream {
 public:
  using OnEvent = std::function<http::Flow(const WatchEvent& event)>;
  explicit WatchStream(OnEvent on_event) : on_event_(std::move(on_event)) {}

  // kStop when the receiver has enough or a line is not an event (see status()).
  http::Flow Feed(absl::string_view piece);

  // DataLoss once a line could not be read.
  const absl::Status& status() const { return status_; }

 private:
  http::Flow Line(absl::string_view line);

  const OnEvent on_event_;
  std::string rest_;  // the beginning of a line
  absl::Status status_;
};

}  // namespace kproto::kubernetes
