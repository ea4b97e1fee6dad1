// SPDX-License-Identifier: MPL-2.0
// Place: where a walk over a value is. A chain of links on the stack, one for each level, that
// becomes a Path only when an error needs one: values are walked far more often than they are
// wrong. A Place must not outlive the one it was made from, nor the name it was given.
#pragma once

#include <cstdint>
#include <variant>

#include "absl/strings/string_view.h"
#include "provider/schema/path.h"

namespace kproto {

class Place {
 public:
  Place() = default;  // the whole block

  Place Attribute(absl::string_view name) const { return Place(this, AttributeName{name}); }
  Place Key(absl::string_view key) const { return Place(this, key); }
  Place Index(int64_t index) const { return Place(this, index); }

  operator Path() const {  // NOLINT(google-explicit-constructor): every error takes a Path
    if (outer_ == nullptr) {
      return Path();
    }
    const Path outer = *outer_;
    if (const auto* attribute = std::get_if<AttributeName>(&step_)) {
      return outer.Attribute(std::string(attribute->name));
    }
    if (const auto* key = std::get_if<absl::string_view>(&step_)) {
      return outer.Key(std::string(*key));
    }
    return outer.Index(std::get<int64_t>(step_));
  }

 private:
  struct AttributeName {
    absl::string_view name;
  };
  using Step = std::variant<AttributeName, absl::string_view, int64_t>;

  Place(const Place* outer, Step step) : outer_(outer), step_(step) {}

  const Place* outer_ = nullptr;
  Step step_;
};

}  // namespace kproto
