// SPDX-License-Identifier: MPL-2.0
// Router: which handler serves a method and path. Patterns are paths whose {name} segments match
// anything but a slash; fixed segments win over names, so /v2/projects/default needs no order.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "lab/digitalocean/api.h"

namespace kproto::lab {

using ApiHandler = std::function<ApiResponse(const ApiRequest&)>;

class Router {
 public:
  void Add(absl::string_view method, absl::string_view pattern, ApiHandler handler);

  // Fills request->params. Unknown paths and methods are 404, as at DigitalOcean.
  ApiResponse Route(ApiRequest* request) const;

  // [{"method", "path"}] of every route.
  Json List() const;

 private:
  struct Entry {
    std::string method;
    std::vector<std::string> segments;
    int names = 0;
    ApiHandler handler;
  };
  std::vector<Entry> routes_;
};

}  // namespace kproto::lab
