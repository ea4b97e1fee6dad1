// SPDX-License-Identifier: MPL-2.0
#include "provider/docs/attributes.h"

#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "provider/schema/value.h"

namespace kproto {
namespace {

enum class Group { kRequired, kOptional, kReadOnly };

Group GroupOf(const Attribute& attribute) {
  if (attribute.required || (attribute.is_block && attribute.min_items > 0)) {
    return Group::kRequired;
  }
  return attribute.optional || attribute.is_block ? Group::kOptional : Group::kReadOnly;
}

std::string NestingInWords(Nesting nesting) {
  switch (nesting) {
    case Nesting::kSingle:
      return "";
    case Nesting::kList:
      return " List";
    case Nesting::kSet:
      return " Set";
    case Nesting::kMap:
      return " Map";
    case Nesting::kNone:
      break;
  }
  return "";
}

std::string KindInWords(const Attribute& attribute) {
  if (attribute.nesting == Nesting::kNone) {
    return TypeInWords(attribute.type);
  }
  return absl::StrCat(attribute.is_block ? "Block" : "Attributes",
                      NestingInWords(attribute.nesting));
}

// Registries link to these ids: they are part of the page's address.
std::string Anchor(const Attribute& attribute, const std::string& path) {
  return absl::StrCat(attribute.is_block ? "nestedblock--" : "nestedatt--",
                      absl::StrReplaceAll(path, {{".", "--"}}));
}

std::string Line(const Attribute& attribute, const std::string& path) {
  std::string line = absl::StrCat("- `", attribute.name, "` (", KindInWords(attribute));
  if (attribute.sensitive) {
    line += ", Sensitive";
  }
  if (attribute.write_only) {
    line += ", Write-only";
  }
  line += ")";
  if (!attribute.deprecation.empty()) {
    absl::StrAppend(&line, " **Deprecated:** ", attribute.deprecation);
  }
  if (!attribute.description.empty()) {
    // Continuation lines have to be indented to stay within their list item.
    absl::StrAppend(&line, " ", absl::StrReplaceAll(attribute.description, {{"\n", "\n  "}}));
  }
  if (attribute.default_value) {
    absl::StrAppend(&line, " Default: `", DebugString(*attribute.default_value), "`.");
  }
  if (attribute.requires_replace) {
    line += " A change replaces the resource.";
  }
  if (attribute.nesting != Nesting::kNone) {
    absl::StrAppend(&line, " See [below](#", Anchor(attribute, path), ").");
  }
  return line + "\n";
}

std::string Join(const std::string& prefix, const std::string& name) {
  return prefix.empty() ? name : absl::StrCat(prefix, ".", name);
}

std::string GroupMarkdown(const std::vector<Attribute>& attributes, Group group,
                          const std::string& heading, const std::string& prefix) {
  std::string lines;
  for (const Attribute& attribute : attributes) {
    if (GroupOf(attribute) == group) {
      lines += Line(attribute, Join(prefix, attribute.name));
    }
  }
  return lines.empty() ? "" : absl::StrCat("\n", heading, "\n\n", lines);
}

std::string Groups(const std::vector<Attribute>& attributes, const std::string& prefix) {
  // Inside a nested section headings would be a level too deep for a page's table of contents.
  const bool top = prefix.empty();
  return absl::StrCat(
      GroupMarkdown(attributes, Group::kRequired, top ? "### Required" : "Required:", prefix),
      GroupMarkdown(attributes, Group::kOptional, top ? "### Optional" : "Optional:", prefix),
      GroupMarkdown(attributes, Group::kReadOnly, top ? "### Read-Only" : "Read-Only:", prefix));
}

void AppendNested(const std::vector<Attribute>& attributes, const std::string& prefix,
                  std::string& page) {
  for (const Attribute& attribute : attributes) {
    if (attribute.nesting == Nesting::kNone) {
      continue;
    }
    const std::string path = Join(prefix, attribute.name);
    absl::StrAppend(&page, "\n<a id=\"", Anchor(attribute, path), "\"></a>\n### `", path, "`\n",
                    Groups(attribute.nested, path));
    AppendNested(attribute.nested, path, page);
  }
}

}  // namespace

std::string TypeInWords(const Type& type) {
  switch (type.kind()) {
    case Type::Kind::kBool:
      return "Boolean";
    case Type::Kind::kNumber:
      return "Number";
    case Type::Kind::kString:
      return "String";
    case Type::Kind::kDynamic:
      return "Dynamic";
    case Type::Kind::kList:
      return absl::StrCat("List of ", TypeInWords(type.element()));
    case Type::Kind::kSet:
      return absl::StrCat("Set of ", TypeInWords(type.element()));
    case Type::Kind::kMap:
      return absl::StrCat("Map of ", TypeInWords(type.element()));
    case Type::Kind::kTuple:
      return "Tuple";
    case Type::Kind::kObject:
      return "Object";
  }
  return "";
}

std::string AttributesMarkdown(const Schema& schema) {
  std::string page = Groups(schema.attributes, "");
  AppendNested(schema.attributes, "", page);
  return page;
}

}  // namespace kproto
