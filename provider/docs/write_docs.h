// SPDX-License-Identifier: MPL-2.0
// Writes a provider's registry pages: what `--print-docs` does. docs/index.md, docs/resources/ and
// so on, where registries look; pages of types that are no more are removed.
#pragma once

#include <map>
#include <string>

#include "absl/status/status.h"
#include "provider/docs/examples.h"
#include "provider/runtime/any.h"

namespace kproto {

// Path below the docs folder → text, for every page. Pure.
std::map<std::string, std::string> DocsPages(const AnyProvider& provider,
                                             const std::vector<Example>& examples);

// Reads the examples in `examples_dir` ("" for none) and makes the pages in `docs_dir` exactly
// those of DocsPages(); other files and folders there are not touched. Errors name the file.
absl::Status WriteDocs(const AnyProvider& provider, const std::string& examples_dir,
                       const std::string& docs_dir);

}  // namespace kproto
