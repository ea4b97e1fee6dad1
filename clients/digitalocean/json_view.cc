// SPDX-License-Identifier: MPL-2.0
#include "clients/digitalocean/json_view.h"

#include <cmath>
#include <limits>

#include "absl/strings/str_cat.h"

namespace kproto::digitalocean {
namespace {

const Json* NullIfNull(const Json& value) { return value.is_null() ? nullptr : &value; }

absl::string_view KindOf(const Json* value) {
  return value == nullptr ? "nothing" : value->type_name();
}

}  // namespace

JsonView::JsonView(const Json& root, std::string name, std::string& problem)
    : JsonView(NullIfNull(root), std::move(name), &problem) {}

void JsonView::Wrong(absl::string_view expected) const {
  if (problem_->empty()) {
    *problem_ = absl::StrCat(path_, ": expected ", expected, ", got ", KindOf(value_));
  }
}

JsonView JsonView::At(absl::string_view key) const {
  const std::string path = absl::StrCat(path_, ".", key);
  if (value_ == nullptr) {
    return {nullptr, path, problem_};
  }
  if (!value_->is_object()) {
    Wrong("an object");
    return {nullptr, path, problem_};
  }
  const auto found = value_->find(std::string(key));
  return {found == value_->end() ? nullptr : NullIfNull(*found), path, problem_};
}

std::string JsonView::AsText() const {
  if (value_ == nullptr) {
    return "";
  }
  if (!value_->is_string()) {
    Wrong("a string");
    return "";
  }
  return value_->get_ref<const std::string&>();
}

int64_t JsonView::AsInteger() const {
  if (value_ == nullptr) {
    return 0;
  }
  constexpr auto kMax = std::numeric_limits<int64_t>::max();
  if (value_->is_number_unsigned() && value_->get<uint64_t>() <= static_cast<uint64_t>(kMax)) {
    return static_cast<int64_t>(value_->get<uint64_t>());
  }
  if (value_->is_number_integer() && !value_->is_number_unsigned()) {
    return value_->get<int64_t>();
  }
  // 3.0 is an integer too; beyond 2^53 a double no longer says which.
  if (value_->is_number_float()) {
    const double number = value_->get<double>();
    if (std::trunc(number) == number && std::fabs(number) <= 9007199254740992.0) {
      return static_cast<int64_t>(number);
    }
  }
  Wrong("an integer");
  return 0;
}

std::string JsonView::Text(absl::string_view key) const { return At(key).AsText(); }

std::string JsonView::RequiredText(absl::string_view key) const {
  const JsonView view = At(key);
  std::string text = view.AsText();
  if (text.empty()) {
    view.Wrong("a string that is not empty");
  }
  return text;
}

int64_t JsonView::Integer(absl::string_view key) const { return At(key).AsInteger(); }

double JsonView::Number(absl::string_view key) const {
  const JsonView view = At(key);
  if (view.value_ == nullptr) {
    return 0;
  }
  if (!view.value_->is_number()) {
    view.Wrong("a number");
    return 0;
  }
  return view.value_->get<double>();
}

bool JsonView::Flag(absl::string_view key) const {
  const JsonView view = At(key);
  if (view.value_ == nullptr) {
    return false;
  }
  if (!view.value_->is_boolean()) {
    view.Wrong("true or false");
    return false;
  }
  return view.value_->get<bool>();
}

std::vector<JsonView> JsonView::Items(absl::string_view key) const {
  const JsonView view = At(key);
  std::vector<JsonView> items;
  if (view.value_ == nullptr) {
    return items;
  }
  if (!view.value_->is_array()) {
    view.Wrong("a list");
    return items;
  }
  for (const Json& item : *view.value_) {
    items.push_back({NullIfNull(item), absl::StrCat(view.path_, "[", items.size(), "]"), problem_});
  }
  return items;
}

std::vector<std::string> JsonView::Texts(absl::string_view key) const {
  std::vector<std::string> texts;
  for (const JsonView& item : Items(key)) {
    texts.push_back(item.AsText());
  }
  return texts;
}

std::vector<int64_t> JsonView::Integers(absl::string_view key) const {
  std::vector<int64_t> integers;
  for (const JsonView& item : Items(key)) {
    integers.push_back(item.AsInteger());
  }
  return integers;
}

template <typename T>
std::map<std::string, T> JsonView::MapOf(absl::string_view key, T (JsonView::*read)() const) const {
  const JsonView view = At(key);
  std::map<std::string, T> map;
  if (view.value_ == nullptr) {
    return map;
  }
  if (!view.value_->is_object()) {
    view.Wrong("an object");
    return map;
  }
  for (const auto& [name, value] : view.value_->items()) {
    map[name] = (view.At(name).*read)();
  }
  return map;
}

std::map<std::string, std::string> JsonView::TextMap(absl::string_view key) const {
  return MapOf(key, &JsonView::AsText);
}

std::map<std::string, int64_t> JsonView::IntegerMap(absl::string_view key) const {
  return MapOf(key, &JsonView::AsInteger);
}

}  // namespace kproto::digitalocean
