// SPDX-License-Identifier: MPL-2.0
// JsonView: reads what an API sent without trusting it. What is missing or null reads as empty; a
// value of the wrong kind is noted, with its place, as the problem of the whole document, so that
// callers read a document to its end and look for a problem once.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "nlohmann/json.hpp"

namespace kproto::digitalocean {

using Json = nlohmann::json;

class JsonView {
 public:
  // `root` and `problem` must outlive the view and all views made from it. `name` is what the
  // document is called in a problem.
  JsonView(const Json& root, std::string name, std::string& problem);

  bool empty() const { return value_ == nullptr; }  // missing or null
  bool is_text() const { return value_ != nullptr && value_->is_string(); }
  JsonView At(absl::string_view key) const;

  std::string Text(absl::string_view key) const;
  std::string RequiredText(absl::string_view key) const;  // "" or missing is a problem
  int64_t Integer(absl::string_view key) const;
  double Number(absl::string_view key) const;
  bool Flag(absl::string_view key) const;
  std::vector<std::string> Texts(absl::string_view key) const;
  std::vector<int64_t> Integers(absl::string_view key) const;
  std::map<std::string, std::string> TextMap(absl::string_view key) const;
  std::map<std::string, int64_t> IntegerMap(absl::string_view key) const;

  // Every element of a list.
  template <typename T>
  std::vector<T> List(absl::string_view key, T (*read)(const JsonView&)) const {
    std::vector<T> result;
    for (const JsonView& item : Items(key)) {
      result.push_back(read(item));
    }
    return result;
  }

  // nullopt when missing or null.
  template <typename T>
  std::optional<T> Optional(absl::string_view key, T (*read)(const JsonView&)) const {
    const JsonView view = At(key);
    return view.empty() ? std::nullopt : std::optional<T>(read(view));
  }

  std::vector<JsonView> Items(absl::string_view key) const;

  // Notes that this value should have been something else.
  void Wrong(absl::string_view expected) const;

 private:
  JsonView(const Json* value, std::string path, std::string* problem)
      : value_(value), path_(std::move(path)), problem_(problem) {}
  // Every member of an object; what `read` makes of it.
  template <typename T>
  std::map<std::string, T> MapOf(absl::string_view key, T (JsonView::*read)() const) const;
  std::string AsText() const;
  int64_t AsInteger() const;

  const Json* value_;  // null for what is missing or null
  std::string path_;
  std::string* problem_;
};

}  // namespace kproto::digitalocean
