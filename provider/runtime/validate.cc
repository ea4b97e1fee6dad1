// SPDX-License-Identifier: MPL-2.0
#include "provider/runtime/validate.h"

#include "absl/strings/str_cat.h"
#include "provider/runtime/nested.h"

namespace kproto {
namespace {

void ValidateObject(const std::vector<Attribute>& attributes, const Value& config, const Path& path,
                    const ClientCapabilities& client, Diagnostics& diagnostics);

void ValidateMode(const Attribute& attribute, const Value& value, const Path& path,
                  const ClientCapabilities& client, Diagnostics& diagnostics) {
  const std::string name = path.ToString();
  if (attribute.required && value.is_null()) {
    diagnostics.AddError("Missing required argument",
                         absl::StrCat("The argument ", name, " is required."), path);
  }
  if (attribute.computed && !attribute.optional && !value.is_null()) {
    diagnostics.AddError("Read-only attribute set",
                         absl::StrCat("The attribute ", name,
                                      " is decided by the provider and cannot be set. Remove it."),
                         path);
  }
  if (attribute.write_only && !value.is_null() && !client.write_only_attributes_allowed) {
    diagnostics.AddError("Write-only argument not supported here",
                         absl::StrCat("The argument ", name,
                                      " is write-only, which this host does not support. Use "
                                      "OpenTofu 1.11 or Terraform 1.11, or later."),
                         path);
  }
  if (!attribute.deprecation.empty() && !value.is_null()) {
    diagnostics.AddWarning(
        "Argument is deprecated",
        absl::StrCat("The argument ", name, " is deprecated. ", attribute.deprecation), path);
  }
}

void ValidateAttribute(const Attribute& attribute, const Value& value, const Path& path,
                       const ClientCapabilities& client, Diagnostics& diagnostics) {
  ValidateMode(attribute, value, path, client, diagnostics);
  if (!value.is_known()) {
    return;
  }
  for (const Validator& validator : attribute.validators) {
    const absl::Status status = validator(value);
    if (!status.ok()) {
      diagnostics.AddStatus(
          absl::Status(status.code(), absl::StrCat(path.ToString(), " ", status.message())),
          "Invalid value", path);
    }
  }
  if (attribute.nesting != Nesting::kNone) {
    Diagnostics inside;
    VisitElements(attribute, value, path, [&](const Value& element, const Path& at) {
      ValidateObject(attribute.nested, element, at, client, inside);
    });
    // The protocol cannot point into a set: what is wrong in one is shown at the set.
    for (const Diagnostic& found : inside.all()) {
      const Path& at = attribute.nesting == Nesting::kSet ? path : found.path;
      if (found.severity == Diagnostic::Severity::kError) {
        diagnostics.AddError(found.summary, found.detail, at);
      } else {
        diagnostics.AddWarning(found.summary, found.detail, at);
      }
    }
  }
}

void ValidateObject(const std::vector<Attribute>& attributes, const Value& config, const Path& path,
                    const ClientCapabilities& client, Diagnostics& diagnostics) {
  for (const Attribute& attribute : attributes) {
    ValidateAttribute(attribute, config[attribute.name], path.Attribute(attribute.name), client,
                      diagnostics);
  }
}

}  // namespace

void ValidateConfig(const Schema& schema, const Value& config, const ClientCapabilities& client,
                    Diagnostics& diagnostics) {
  if (config.is_known()) {
    ValidateObject(schema.attributes, config, Path(), client, diagnostics);
  }
}

}  // namespace kproto
