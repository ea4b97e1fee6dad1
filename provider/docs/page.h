// SPDX-License-Identifier: MPL-2.0
// One page of a provider's documentation, in the Markdown that the OpenTofu and Terraform
// registries show: front matter, description, example, schema, import. Pure: text in, text out.
#pragma once

#include <string>

#include "provider/docs/examples.h"
#include "provider/runtime/any.h"
#include "provider/schema/schema.h"

namespace kproto {

enum class PageKind { kProvider, kResource, kDataSource, kEphemeralResource };

// `name` is the provider's or the type's; `example` may be null.
std::string SchemaPage(PageKind kind, const std::string& name, const Schema& schema,
                       const Example* example);

// `example` may be null.
std::string FunctionPage(const std::string& provider, const AnyFunction& function,
                         const Example* example);

}  // namespace kproto
