// SPDX-License-Identifier: MPL-2.0
#include "provider/schema/type.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace kproto {
namespace {

// Names of our schemas need no escaping, but those of objects in a dynamic value are the user's.
std::string JsonString(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppend(&out, "\\u", absl::Hex(static_cast<unsigned char>(c), absl::kZeroPad4));
    } else {
      absl::StrAppend(&out, c == '"' || c == '\\' ? "\\" : "", std::string(1, c));
    }
  }
  return out + "\"";
}

std::string ObjectJson(const Type::Fields& fields) {
  std::string out = "[\"object\",{";
  for (const auto& [name, type] : fields) {
    absl::StrAppend(&out, out.back() == '{' ? "" : ",", JsonString(name), ":", type.ToJson());
  }
  return out + "}]";
}

std::string TupleJson(const Type::Fields& elements) {
  std::string out = "[\"tuple\",[";
  for (const auto& [name, type] : elements) {
    absl::StrAppend(&out, out.back() == '[' ? "" : ",", type.ToJson());
  }
  return out + "]]";
}

}  // namespace

Type::Type(Kind kind, Fields parts)
    : kind_(kind), parts_(std::make_shared<const Fields>(std::move(parts))) {}

Type Type::Tuple(std::vector<Type> elements) {
  Fields parts;
  for (Type& element : elements) {
    parts.emplace_back("", std::move(element));
  }
  return Type(Kind::kTuple, std::move(parts));
}

std::string Type::ToJson() const {
  switch (kind_) {
    case Kind::kBool:
      return "\"bool\"";
    case Kind::kNumber:
      return "\"number\"";
    case Kind::kString:
      return "\"string\"";
    case Kind::kDynamic:
      return "\"dynamic\"";
    case Kind::kList:
      return absl::StrCat("[\"list\",", element().ToJson(), "]");
    case Kind::kSet:
      return absl::StrCat("[\"set\",", element().ToJson(), "]");
    case Kind::kMap:
      return absl::StrCat("[\"map\",", element().ToJson(), "]");
    case Kind::kTuple:
      return TupleJson(*parts_);
    case Kind::kObject:
      return ObjectJson(*parts_);
  }
  return "";
}

bool operator==(const Type& a, const Type& b) {
  if (a.kind_ != b.kind_ || a.parts_->size() != b.parts_->size()) {
    return false;
  }
  if (a.kind_ != Type::Kind::kObject) {
    return *a.parts_ == *b.parts_;
  }
  // The order of an object's attributes does not matter.
  return std::all_of(a.parts_->begin(), a.parts_->end(), [&b](const auto& field) {
    return std::find(b.parts_->begin(), b.parts_->end(), field) != b.parts_->end();
  });
}

}  // namespace kproto
