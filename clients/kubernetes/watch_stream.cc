// SPDX-License-Identifier: MPL-2.0
#include "clients/kubernetes/watch_stream.h"

#include "clients/kubernetes/json_fields.h"

namespace kproto::kubernetes {
namespace {

constexpr size_t kLongestLine = size_t{32} << 20;  // objects are below 2 MiB

}  // namespace

http::Flow WatchStream::Feed(absl::string_view piece) {
  while (true) {
    const size_t end = piece.find('\n');
    if (end == absl::string_view::npos) {
      rest_.append(piece.data(), piece.size());
      if (rest_.size() > kLongestLine) {
        status_ = absl::DataLossError("a line of the watch is too long");
        return http::Flow::kStop;
      }
      return http::Flow::kContinue;
    }
    rest_.append(piece.data(), end);
    piece.remove_prefix(end + 1);
    const std::string line = std::move(rest_);
    rest_.clear();
    if (!line.empty() && Line(line) == http::Flow::kStop) {
      return http::Flow::kStop;
    }
  }
}

http::Flow WatchStream::Line(absl::string_view line) {
  nlohmann::json value = nlohmann::json::parse(line.begin(), line.end(), nullptr, false);
  const std::string type = StringAt(value, "/type");
  if (type.empty() || FieldAt(value, "/object") == nullptr) {
    status_ = absl::DataLossError("the watch sent something that is not an event");
    return http::Flow::kStop;
  }
  WatchEvent event;
  event.object = std::move(value["object"]);
  event.type = type == "DELETED"    ? WatchEvent::Type::kDeleted
               : type == "BOOKMARK" ? WatchEvent::Type::kBookmark
               : type == "ERROR"    ? WatchEvent::Type::kError
                                    : WatchEvent::Type::kChanged;
  return on_event_(event);
}

}  // namespace kproto::kubernetes
