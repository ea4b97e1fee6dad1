// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/router.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"

namespace kproto::lab {
namespace {

bool IsName(const std::string& segment) { return absl::StartsWith(segment, "{"); }

std::vector<std::string> Segments(absl::string_view path) {
  return absl::StrSplit(path, '/', absl::SkipEmpty());
}

}  // namespace

void Router::Add(absl::string_view method, absl::string_view pattern, ApiHandler handler) {
  Entry entry{std::string(method), Segments(pattern), 0, std::move(handler)};
  for (const std::string& segment : entry.segments) {
    entry.names += IsName(segment) ? 1 : 0;
  }
  routes_.push_back(std::move(entry));
}

Json Router::List() const {
  Json list = Json::array();
  for (const Entry& entry : routes_) {
    list.push_back({{"method", entry.method}, {"path", "/" + absl::StrJoin(entry.segments, "/")}});
  }
  return list;
}

ApiResponse Router::Route(ApiRequest* request) const {
  const std::vector<std::string> segments = Segments(request->path);
  const Entry* best = nullptr;
  for (const Entry& entry : routes_) {
    if (entry.method != request->method || entry.segments.size() != segments.size() ||
        (best != nullptr && best->names <= entry.names)) {
      continue;
    }
    bool match = true;
    for (size_t i = 0; i < segments.size() && match; ++i) {
      match = IsName(entry.segments[i]) || entry.segments[i] == segments[i];
    }
    best = match ? &entry : best;
  }
  if (best == nullptr) {
    return NotFound();
  }
  for (size_t i = 0; i < segments.size(); ++i) {
    if (IsName(best->segments[i])) {
      request->params[best->segments[i].substr(1, best->segments[i].size() - 2)] = segments[i];
    }
  }
  return best->handler(*request);
}

}  // namespace kproto::lab
