// SPDX-License-Identifier: MPL-2.0
#include "lab/digitalocean/paging.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"

namespace kproto::lab {
namespace {

std::string Encode(const std::string& text) {
  std::string encoded;
  for (char c : text) {
    if (absl::ascii_isalnum(static_cast<unsigned char>(c)) || absl::StrContains("-_.~:", c)) {
      encoded += c;
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

// Other query parameters (filters) stay in the links, or following them would lose the filter.
std::string Link(const ApiRequest& request, int64_t page, int64_t per_page) {
  std::string link = absl::StrCat(request.origin, request.path, "?page=", page);
  absl::StrAppend(&link, "&per_page=", per_page);
  for (const auto& [name, value] : request.query) {
    if (name != "page" && name != "per_page") {
      absl::StrAppend(&link, "&", Encode(name), "=", Encode(value));
    }
  }
  return link;
}

}  // namespace

ApiResponse Page(const ApiRequest& request, const char* key, const Json& items,
                 int64_t default_per_page) {
  const int64_t total = static_cast<int64_t>(items.size());
  int64_t per_page = request.QueryInt("per_page", default_per_page);
  per_page = per_page < 1 ? default_per_page : std::min(per_page, kMaxPerPage);
  const int64_t last = std::max<int64_t>(1, (total + per_page - 1) / per_page);
  const int64_t page = std::max<int64_t>(1, request.QueryInt("page", 1));

  Json slice = Json::array();
  if (page <= last) {
    for (int64_t i = (page - 1) * per_page; i < std::min(total, page * per_page); ++i) {
      slice.push_back(Public(items[i]));
    }
  }
  Json links = Json::object();
  if (last > 1) {
    Json pages = Json::object();
    if (page > 1) {
      pages["first"] = Link(request, 1, per_page);
      pages["prev"] = Link(request, std::min(page - 1, last), per_page);
    }
    if (page < last) {
      pages["next"] = Link(request, page + 1, per_page);
      pages["last"] = Link(request, last, per_page);
    }
    links["pages"] = pages;
  }
  return Ok({{key, slice}, {"links", links}, {"meta", {{"total", total}}}});
}

}  // namespace kproto::lab
