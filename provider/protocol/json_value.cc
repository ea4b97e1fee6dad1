// SPDX-License-Identifier: MPL-2.0
#include "provider/protocol/json_value.h"

#include <string>
#include <utility>
#include <vector>

#include "base/status_macros.h"
#include "provider/protocol/type_json.h"
#include "provider/protocol/value_error.h"

namespace kproto {
namespace {

constexpr int kMaxDepth = 100;

// Builds the document while the parser walks over it, and sees the text of every number.
class ExactBuilder : public nlohmann::json_sax<nlohmann::json> {
 public:
  nlohmann::json Take() { return std::move(root_); }

  bool null() override { return Add(nullptr); }
  bool boolean(bool value) override { return Add(value); }
  bool number_integer(number_integer_t value) override { return Add(value); }
  bool number_unsigned(number_unsigned_t value) override { return Add(value); }
  bool number_float(number_float_t value, const string_t& text) override {
    const absl::StatusOr<Number> exact = Number::Parse(text);
    return exact.ok() && *exact == Number(value) ? Add(value) : Add(text);
  }
  bool string(string_t& value) override { return Add(std::move(value)); }
  bool binary(binary_t&) override { return false; }
  bool start_object(std::size_t) override { return Open(nlohmann::json::object()); }
  bool key(string_t& name) override {
    key_ = std::move(name);
    return true;
  }
  bool end_object() override { return Close(); }
  bool start_array(std::size_t) override { return Open(nlohmann::json::array()); }
  bool end_array() override { return Close(); }
  bool parse_error(std::size_t, const std::string&, const nlohmann::detail::exception&) override {
    return false;
  }

 private:
  nlohmann::json* Place(nlohmann::json value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    nlohmann::json& parent = *open_.back();
    if (parent.is_array()) {
      parent.push_back(std::move(value));
      return &parent.back();
    }
    nlohmann::json& member = parent[key_];
    member = std::move(value);
    return &member;
  }
  bool Add(nlohmann::json value) {
    Place(std::move(value));
    return true;
  }
  bool Open(nlohmann::json container) {
    // Parents do not move while a child is open, so the pointer stays good.
    open_.push_back(Place(std::move(container)));
    return open_.size() <= kMaxDepth;
  }
  bool Close() {
    open_.pop_back();
    return true;
  }

  nlohmann::json root_;
  std::vector<nlohmann::json*> open_;
  std::string key_;
};

class Decoder {
 public:
  explicit Decoder(Extras extras) : extras_(extras) {}

  absl::StatusOr<Value> Decode(const nlohmann::json& json, const Type& type,
                               const Path& path) const {
    if (json.is_null()) {
      return Value::Null();
    }
    switch (type.kind()) {
      case Type::Kind::kBool:
        return Bool(json, path);
      case Type::Kind::kNumber:
        return FromNumber(json, path);
      case Type::Kind::kString:
        return String(json, path);
      case Type::Kind::kList:
      case Type::Kind::kSet:
      case Type::Kind::kTuple:
        return Elements(json, type, path);
      case Type::Kind::kMap:
        return Map(json, type, path);
      case Type::Kind::kObject:
        return Object(json, type, path);
      case Type::Kind::kDynamic:
        return Dynamic(json, path);
    }
    return ValueError(path, "no such type");
  }

 private:
  static absl::StatusOr<Value> Bool(const nlohmann::json& json, const Path& path) {
    if (json.is_boolean()) {
      return Value::Bool(json.get<bool>());
    }
    if (json == "true" || json == "false") {
      return Value::Bool(json == "true");
    }
    return ValueError(path, "a bool is required");
  }

  static absl::StatusOr<Value> FromNumber(const nlohmann::json& json, const Path& path) {
    if (!json.is_number() && !json.is_string()) {
      return ValueError(path, "a number is required");
    }
    absl::StatusOr<Number> number = Number::Parse(ScalarText(json));
    if (!number.ok()) {
      return ValueError(path, number.status().message());
    }
    return Value::OfNumber(*std::move(number));
  }

  static absl::StatusOr<Value> String(const nlohmann::json& json, const Path& path) {
    if (json.is_structured()) {
      return ValueError(path, "a string is required");
    }
    return Value::String(ScalarText(json));
  }

  static std::string ScalarText(const nlohmann::json& json) {
    if (json.is_string()) {
      return json.get<std::string>();
    }
    return json.is_number_float() ? Number(json.get<double>()).text() : json.dump();
  }

  absl::StatusOr<Value> Elements(const nlohmann::json& json, const Type& type,
                                 const Path& path) const {
    const bool is_tuple = type.kind() == Type::Kind::kTuple;
    if (!json.is_array() || (is_tuple && json.size() != type.fields().size())) {
      return ValueError(
          path, is_tuple ? "a tuple of the right length is required" : "a list or set is required");
    }
    const bool is_set = type.kind() == Type::Kind::kSet;
    Value::List elements;
    for (size_t i = 0; i < json.size(); ++i) {
      const Type& element_type = is_tuple ? type.fields()[i].second : type.element();
      const Path element_path = is_set ? path : path.Index(static_cast<int64_t>(i));
      KPROTO_ASSIGN_OR_RETURN(Value element, Decode(json[i], element_type, element_path));
      elements.push_back(std::move(element));
    }
    return is_set ? Value::OfSet(std::move(elements)) : Value::OfList(std::move(elements));
  }

  absl::StatusOr<Value> Map(const nlohmann::json& json, const Type& type, const Path& path) const {
    if (!json.is_object()) {
      return ValueError(path, "a map is required");
    }
    Value::Map elements;
    for (const auto& [key, value] : json.items()) {
      KPROTO_ASSIGN_OR_RETURN(Value element, Decode(value, type.element(), path.Key(key)));
      elements.emplace(key, std::move(element));
    }
    return Value::OfMap(std::move(elements));
  }

  absl::StatusOr<Value> Object(const nlohmann::json& json, const Type& type,
                               const Path& path) const {
    if (!json.is_object()) {
      return ValueError(path, "an object is required");
    }
    Value::Map attributes;
    size_t found = 0;
    for (const auto& [name, field] : type.fields()) {
      const auto it = json.find(name);
      found += it != json.end();
      Value value;
      if (it != json.end()) {
        KPROTO_ASSIGN_OR_RETURN(value, Decode(*it, field, path.Attribute(name)));
      }
      attributes.emplace(name, std::move(value));
    }
    if (extras_ == Extras::kRefuse && found != json.size()) {
      return ValueError(path, "there is an attribute that the schema does not have");
    }
    return Value::OfMap(std::move(attributes));
  }

  absl::StatusOr<Value> Dynamic(const nlohmann::json& json, const Path& path) const {
    const auto type_json = json.find("type"), value_json = json.find("value");
    if (!json.is_object() || type_json == json.end() || value_json == json.end()) {
      return ValueError(path, "an object of type and value is required");
    }
    const absl::StatusOr<Type> type = TypeFromJson(*type_json);
    if (!type.ok()) {
      return ValueError(path, type.status().message());
    }
    KPROTO_ASSIGN_OR_RETURN(Value value, Decode(*value_json, *type, path));
    return Value::OfDynamic(*type, std::move(value));
  }

  Extras extras_;
};

}  // namespace

absl::StatusOr<nlohmann::json> ParseExactJson(absl::string_view text) {
  ExactBuilder builder;
  if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) {
    return absl::InvalidArgumentError("not valid JSON, or nested too deep");
  }
  return builder.Take();
}

absl::StatusOr<Value> FromJson(const nlohmann::json& json, const Type& type, Extras extras) {
  return Decoder(extras).Decode(json, type, Path());
}

}  // namespace kproto
