// SPDX-License-Identifier: MPL-2.0
#include "tests/conformance/schema_rules.h"

#include <algorithm>
#include <set>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "provider/protocol/msgpack.h"
#include "provider/protocol/type_json.h"

namespace kproto::testing {
namespace {

using tfplugin6::Schema;

enum class Within { kAnything, kSet };
enum class Of { kProvider, kResource, kOther };

const std::set<std::string> kReservedForResources = {"count",       "for_each",  "depends_on",
                                                     "provider",    "lifecycle", "connection",
                                                     "provisioner", "locals",    "_"};
const std::set<std::string> kReservedForProviders = {
    "alias", "version", "count", "depends_on", "for_each", "source", "lifecycle", "locals", "_"};

class Checker {
 public:
  std::vector<std::string> Take() { return std::move(broken_); }

  void CheckSchema(const Schema& schema, const std::string& where, Of of) {
    Require(schema.has_block(), where, "has no block");
    Require(schema.version() >= 0, where, "has a negative version");
    CheckBlock(schema.block(), where, Within::kAnything);
    const std::set<std::string>& reserved =
        of == Of::kProvider ? kReservedForProviders : kReservedForResources;
    for (const auto& attribute : schema.block().attributes()) {
      Require(reserved.count(attribute.name()) == 0, where,
              absl::StrCat("uses the reserved name ", attribute.name()));
    }
    for (const auto& block : schema.block().block_types()) {
      Require(reserved.count(block.type_name()) == 0, where,
              absl::StrCat("uses the reserved name ", block.type_name()));
    }
  }

  void CheckFunction(const tfplugin6::Function& function, const std::string& where) {
    Require(ParseType(function.return_().type()).ok(), where, "has no return type");
    std::set<std::string> names;
    for (const auto& parameter : function.parameters()) {
      Require(names.insert(parameter.name()).second, where, "has two parameters of one name");
      Require(ParseType(parameter.type()).ok(), where, "has a parameter without a type");
    }
    if (function.has_variadic_parameter()) {
      Require(names.insert(function.variadic_parameter().name()).second, where,
              "has two parameters of one name");
    }
  }

 private:
  void Require(bool holds, const std::string& where, const std::string& complaint) {
    if (!holds) {
      broken_.push_back(absl::StrCat(where, " ", complaint));
    }
  }

  static bool IsName(const std::string& name) {
    return !name.empty() &&
           name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789_") == std::string::npos;
  }

  void CheckAttribute(const Schema::Attribute& attribute, const std::string& parent,
                      Within within) {
    const std::string where = absl::StrCat(parent, ".", attribute.name());
    Require(IsName(attribute.name()), where, "has an impossible name");
    Require(attribute.required() || attribute.optional() || attribute.computed(), where,
            "is neither required nor optional nor computed");
    Require(!attribute.required() || !(attribute.optional() || attribute.computed()), where,
            "is required and something else");
    Require(!attribute.write_only() || !attribute.computed(), where, "is write-only and computed");
    Require(!attribute.write_only() || within != Within::kSet, where, "is write-only inside a set");
    Require(attribute.deprecation_message().empty() || attribute.deprecated(), where,
            "has a deprecation message but is not deprecated");
    Require(attribute.type().empty() == attribute.has_nested_type(), where,
            "has not exactly one of type and nested type");
    Require(!attribute.description().empty(), where, "has no description");
    if (attribute.has_nested_type()) {
      const auto nesting = attribute.nested_type().nesting();
      Require(nesting != Schema::Object::INVALID, where, "has no nesting");
      for (const auto& nested : attribute.nested_type().attributes()) {
        CheckAttribute(nested, where, nesting == Schema::Object::SET ? Within::kSet : within);
      }
    } else {
      Require(ParseType(attribute.type()).ok(), where, "has a type that is none");
      Require(within != Within::kSet || !absl::StrContains(attribute.type(), "dynamic"), where,
              "is dynamic inside a set");
    }
  }

  void CheckNestedBlock(const Schema::NestedBlock& block, const std::string& parent,
                        Within within) {
    using Nested = Schema::NestedBlock;
    const std::string where = absl::StrCat(parent, ".", block.type_name());
    const int64_t least = block.min_items(), most = block.max_items();
    Require(IsName(block.type_name()), where, "has an impossible name");
    Require(block.has_block(), where, "has no block");
    Require(block.nesting() != Nested::INVALID, where, "has no nesting");
    Require(least >= 0 && most >= 0, where, "has a negative count");
    if (block.nesting() == Nested::SINGLE) {
      Require(least == most && least <= 1, where, "is single with another count");
    } else if (block.nesting() == Nested::MAP || block.nesting() == Nested::GROUP) {
      Require(least == 0 && most == 0, where, "has a count that its nesting does not take");
    } else {
      Require(most == 0 || least <= most, where, "wants more than it takes");
    }
    CheckBlock(block.block(), where, block.nesting() == Nested::SET ? Within::kSet : within);
  }

  void CheckBlock(const Schema::Block& block, const std::string& where, Within within) {
    std::set<std::string> names;
    for (const auto& attribute : block.attributes()) {
      Require(names.insert(attribute.name()).second, where,
              absl::StrCat("has two things called ", attribute.name()));
      CheckAttribute(attribute, where, within);
    }
    for (const auto& nested : block.block_types()) {
      Require(names.insert(nested.type_name()).second, where,
              absl::StrCat("has two things called ", nested.type_name()));
      CheckNestedBlock(nested, where, within);
    }
  }

  std::vector<std::string> broken_;
};

}  // namespace

std::vector<std::string> BrokenSchemaRules(const tfplugin6::GetProviderSchema::Response& schema) {
  Checker checker;
  checker.CheckSchema(schema.provider(), "provider", Of::kProvider);
  for (const auto& [name, resource] : schema.resource_schemas()) {
    checker.CheckSchema(resource, name, Of::kResource);
  }
  for (const auto& [name, source] : schema.data_source_schemas()) {
    checker.CheckSchema(source, absl::StrCat("data.", name), Of::kOther);
  }
  for (const auto& [name, ephemeral] : schema.ephemeral_resource_schemas()) {
    checker.CheckSchema(ephemeral, absl::StrCat("ephemeral.", name), Of::kOther);
  }
  for (const auto& [name, function] : schema.functions()) {
    checker.CheckFunction(function, absl::StrCat("function ", name));
  }
  return checker.Take();
}

std::string UnknownConfig(const tfplugin6::Schema& schema) {
  const Schema::Block& block = schema.block();
  std::string out;
  msgpack::AppendMap(out, static_cast<size_t>(block.attributes_size() + block.block_types_size()));
  for (const auto& attribute : block.attributes()) {
    msgpack::AppendString(out, attribute.name());
    if (attribute.required() || attribute.optional()) {
      msgpack::AppendExtension(out, 0, absl::string_view("\0", 1));
    } else {
      msgpack::AppendNil(out);
    }
  }
  for (const auto& nested : block.block_types()) {
    msgpack::AppendString(out, nested.type_name());
    if (nested.nesting() == Schema::NestedBlock::SINGLE) {
      msgpack::AppendNil(out);
    } else if (nested.nesting() == Schema::NestedBlock::MAP) {
      msgpack::AppendMap(out, 0);
    } else {
      msgpack::AppendArray(out, 0);
    }
  }
  return out;
}

}  // namespace kproto::testing
