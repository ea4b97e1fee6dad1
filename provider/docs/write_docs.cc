// SPDX-License-Identifier: MPL-2.0
#include "provider/docs/write_docs.h"

#include <filesystem>
#include <fstream>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "base/status_macros.h"
#include "provider/docs/page.h"

namespace kproto {
namespace {

// The folder whose example shows what the provider is for.
constexpr char kFrontPageExample[] = "platform";

namespace fs = std::filesystem;

// The folders that belong to the generator; docs/guides and the like are written by hand.
constexpr const char* kFolders[] = {"resources", "data-sources", "ephemeral-resources",
                                    "functions"};

// "kproto_cluster" → "cluster": registries leave the prefix out.
std::string PageName(const std::string& provider, const std::string& type_name) {
  return std::string(absl::StripPrefix(type_name, absl::StrCat(provider, "_")));
}

template <typename Things>
void AddPages(const std::string& provider, const Things& things, PageKind kind,
              const std::string& folder, const std::string& keyword,
              const std::vector<Example>& examples, std::map<std::string, std::string>& pages) {
  for (const auto* thing : things) {
    pages[absl::StrCat(folder, "/", PageName(provider, thing->type_name()), ".md")] =
        SchemaPage(kind, thing->type_name(), thing->schema(),
                   SimplestWith(examples, absl::StrCat(keyword, " \"", thing->type_name(), "\"")));
  }
}

absl::Status WritePage(const fs::path& path, const std::string& text) {
  std::error_code error;
  fs::create_directories(path.parent_path(), error);
  std::ofstream file(path, std::ios::binary | std::ios::trunc);
  file << text;
  file.close();
  if (error || !file) {
    return absl::InternalError(absl::StrCat(path.string(), ": cannot be written"));
  }
  return absl::OkStatus();
}

void RemoveStalePages(const fs::path& docs, const std::map<std::string, std::string>& pages) {
  std::vector<fs::path> stale;
  std::error_code error;
  for (const char* folder : kFolders) {
    fs::directory_iterator entries(docs / folder, error);
    for (const fs::directory_iterator end; !error && entries != end; entries.increment(error)) {
      const fs::path file = entries->path();
      if (file.extension() == ".md" &&
          pages.count(absl::StrCat(folder, "/", file.filename().string())) == 0) {
        stale.push_back(file);
      }
    }
  }
  for (const fs::path& file : stale) {
    fs::remove(file, error);
  }
}

}  // namespace

std::map<std::string, std::string> DocsPages(const AnyProvider& provider,
                                             const std::vector<Example>& examples) {
  std::map<std::string, std::string> pages;
  const std::string& name = provider.name();
  AddPages(name, provider.resources(), PageKind::kResource, "resources", "resource", examples,
           pages);
  AddPages(name, provider.data_sources(), PageKind::kDataSource, "data-sources", "data", examples,
           pages);
  AddPages(name, provider.ephemeral_resources(), PageKind::kEphemeralResource,
           "ephemeral-resources", "ephemeral", examples, pages);
  for (const AnyFunction* function : provider.functions()) {
    pages[absl::StrCat("functions/", function->name(), ".md")] = FunctionPage(
        name, *function,
        SimplestWith(examples, absl::StrCat("provider::", name, "::", function->name(), "(")));
  }
  pages["index.md"] =
      SchemaPage(PageKind::kProvider, name, provider.schema(), Named(examples, kFrontPageExample));
  return pages;
}

absl::Status WriteDocs(const AnyProvider& provider, const std::string& examples_dir,
                       const std::string& docs_dir) {
  std::vector<Example> examples;
  if (!examples_dir.empty()) {
    KPROTO_ASSIGN_OR_RETURN(examples, ReadExamples(examples_dir));
  }
  const std::map<std::string, std::string> pages = DocsPages(provider, examples);
  for (const auto& [path, text] : pages) {
    KPROTO_RETURN_IF_ERROR(WritePage(fs::path(docs_dir) / path, text));
  }
  RemoveStalePages(docs_dir, pages);
  return absl::OkStatus();
}

}  // namespace kproto
