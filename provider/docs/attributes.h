// SPDX-License-Identifier: MPL-2.0
// A schema as Markdown: its attributes grouped into required, optional and read-only, each with
// type, secrecy, default and description, and one section below for every attribute that has
// attributes of its own. Part of a registry page (see page.h). Pure.
#pragma once

#include <string>

#include "provider/schema/schema.h"
#include "provider/schema/type.h"

namespace kproto {

// "String", "List of Number", "Map of Object" …
std::string TypeInWords(const Type& type);

// Everything below "## Schema", ending with a newline; empty for a schema without attributes.
std::string AttributesMarkdown(const Schema& schema);

}  // namespace kproto
