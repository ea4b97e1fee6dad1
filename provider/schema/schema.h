// SPDX-License-Identifier: MPL-2.0
// Schema: what a resource, data source, ephemeral resource or the provider block may hold, with
// everything said about each attribute: the erased view of a model's table (see model.h) that the
// protocol, the planner, the validator and the documentation work from. Built once, then const.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "provider/schema/type.h"
#include "provider/schema/value.h"

namespace kproto {

// Checks one known value. A failure's message completes "<path> …", for instance
// "must be one of \"a\", \"b\", got \"c\"".
using Validator = std::function<absl::Status(const Value&)>;

enum class Nesting { kNone, kSingle, kList, kSet, kMap };

struct Attribute {
  std::string name;
  Type type = Type::String();        // the whole type, nested attributes included
  Nesting nesting = Nesting::kNone;  // kNone: a plain type; otherwise `nested` describes it
  std::vector<Attribute> nested;
  bool is_block = false;                 // served as a nested block rather than a nested attribute
  int64_t min_items = 0, max_items = 0;  // of list and set blocks; 0 is no limit

  bool required = false;
  bool optional = false;
  bool computed = false;
  bool sensitive = false;
  bool write_only = false;
  std::string description;  // Markdown, one or two sentences
  std::string deprecation;  // non-empty: deprecated, and what to use instead

  std::optional<Value> default_value;  // taken when the configuration is null; makes it computed
  bool requires_replace = false;       // a change of it replaces the resource
  bool stable = false;                 // computed once: keeps its prior value when planning
  bool informs = false;                // tells the plan something; a change of it alone is none
  std::vector<Validator> validators;
};

struct Schema {
  int64_t version = 0;
  std::string description;
  std::vector<Attribute> attributes;

  // The object type that values of this schema have on the wire.
  Type ImpliedType() const;
};

Type ObjectTypeOf(const std::vector<Attribute>& attributes);

// `value`, or what it is on the wire when it is null and `attribute` a block: blocks are never
// null, none of them is an empty collection.
Value EmptyIfBlock(const Attribute& attribute, Value value);

// The attribute of that name, or nullptr.
const Attribute* FindAttribute(const std::vector<Attribute>& attributes, const std::string& name);

}  // namespace kproto
