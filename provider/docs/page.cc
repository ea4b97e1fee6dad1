// SPDX-License-Identifier: MPL-2.0
#include "provider/docs/page.h"

#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/str_split.h"
#include "provider/docs/attributes.h"

namespace kproto {
namespace {

constexpr char kGenerated[] =
    "<!-- Written by `make docs` from the schema and the examples: change those. -->\n";

std::string KindInWords(PageKind kind) {
  switch (kind) {
    case PageKind::kProvider:
      return "Provider";
    case PageKind::kResource:
      return "Resource";
    case PageKind::kDataSource:
      return "Data Source";
    case PageKind::kEphemeralResource:
      return "Ephemeral Resource";
  }
  return "";
}

// The description as a YAML block, so that no character of it needs escaping.
std::string FrontMatter(const std::string& title, const std::string& description) {
  const std::vector<std::string> paragraphs = absl::StrSplit(description, "\n\n");
  return absl::StrCat("---\npage_title: \"", title, "\"\nsubcategory: \"\"\ndescription: |-\n  ",
                      absl::StrReplaceAll(paragraphs.front(), {{"\n", "\n  "}}), "\n---\n\n",
                      kGenerated, "\n");
}

std::string Fenced(const std::string& language, const std::string& text) {
  return absl::StrCat("```", language, "\n", absl::StripTrailingAsciiWhitespace(text), "\n```\n");
}

std::string Signature(const std::string& name, const AnyFunction& function) {
  std::vector<std::string> parameters;
  for (const FunctionParameter& parameter : function.parameters()) {
    parameters.push_back(absl::StrCat(parameter.name, " ", TypeInWords(parameter.type)));
  }
  if (function.variadic_parameter()) {
    parameters.push_back(absl::StrCat(function.variadic_parameter()->name, " ",
                                      TypeInWords(function.variadic_parameter()->type), "..."));
  }
  return absl::StrCat(name, "(", absl::StrJoin(parameters, ", "), ") ",
                      TypeInWords(function.return_type()));
}

std::string ParameterLine(const FunctionParameter& parameter) {
  return absl::StrCat("- `", parameter.name, "` (", TypeInWords(parameter.type),
                      parameter.allow_null ? ", may be null) " : ") ", parameter.description, "\n");
}

}  // namespace

std::string SchemaPage(PageKind kind, const std::string& name, const Schema& schema,
                       const Example* example) {
  const bool is_provider = kind == PageKind::kProvider;
  std::string page = FrontMatter(absl::StrCat(name, " ", KindInWords(kind)), schema.description);
  absl::StrAppend(&page, "# ", name, is_provider ? " Provider" : "",
                  is_provider ? "" : absl::StrCat(" (", KindInWords(kind), ")"), "\n\n",
                  schema.description, "\n");
  if (example != nullptr) {
    absl::StrAppend(&page, "\n## Example Usage\n\n", Fenced("terraform", example->main));
  }
  absl::StrAppend(&page, "\n## Schema\n", AttributesMarkdown(schema));
  if (kind == PageKind::kResource && example != nullptr && !example->import_sh.empty()) {
    absl::StrAppend(&page, "\n## Import\n\n", Fenced("shell", example->import_sh));
  }
  return page;
}

std::string FunctionPage(const std::string& provider, const AnyFunction& function,
                         const Example* example) {
  std::string page = FrontMatter(absl::StrCat(function.name(), " Function"), function.summary());
  absl::StrAppend(&page, "# ", function.name(), " (Function)\n\n", function.description(), "\n");
  if (example != nullptr) {
    absl::StrAppend(&page, "\n## Example Usage\n\n", Fenced("terraform", example->main));
  }
  absl::StrAppend(
      &page, "\n## Signature\n\n",
      Fenced("text",
             Signature(absl::StrCat("provider::", provider, "::", function.name()), function)));
  std::string parameters;
  for (const FunctionParameter& parameter : function.parameters()) {
    parameters += ParameterLine(parameter);
  }
  if (function.variadic_parameter()) {
    parameters += ParameterLine(*function.variadic_parameter());
  }
  if (!parameters.empty()) {
    absl::StrAppend(&page, "\n## Arguments\n\n", parameters);
  }
  return page;
}

}  // namespace kproto
