// SPDX-License-Identifier: MPL-2.0
#include "provider/schema/model.h"

#include "absl/strings/str_cat.h"

namespace kproto {

FieldOption Required() {
  return [](Attribute& a) { a.required = true; };
}
FieldOption Optional() {
  return [](Attribute& a) { a.optional = true; };
}
FieldOption Computed() {
  return [](Attribute& a) { a.computed = true; };
}
FieldOption OptionalComputed() {
  return [](Attribute& a) { a.optional = a.computed = true; };
}
FieldOption Doc(std::string description) {
  return [=](Attribute& a) { a.description = description; };
}
FieldOption Deprecated(std::string instead) {
  return [=](Attribute& a) { a.deprecation = instead; };
}
FieldOption ForcesReplacement() {
  return [](Attribute& a) { a.requires_replace = true; };
}
FieldOption Stable() {
  return [](Attribute& a) { a.stable = true; };
}
FieldOption Informs() {
  return [](Attribute& a) { a.informs = true; };
}
FieldOption Sensitive() {
  return [](Attribute& a) { a.sensitive = true; };
}
FieldOption WriteOnly() {
  return [](Attribute& a) { a.write_only = true; };
}
FieldOption Default(Value value) {
  return [value = std::move(value)](Attribute& a) {
    a.optional = a.computed = true;
    a.default_value = value;
  };
}
FieldOption Check(Validator validator) {
  return [validator = std::move(validator)](Attribute& a) { a.validators.push_back(validator); };
}
FieldOption AsBlock(int64_t min_items, int64_t max_items) {
  return [=](Attribute& a) {
    a.is_block = true;
    a.min_items = min_items;
    a.max_items = max_items;
  };
}

absl::Status WrongKind(const char* wanted, const Value& got) {
  return absl::InternalError(absl::StrCat("expected a ", wanted, ", got ", DebugString(got)));
}

}  // namespace kproto
