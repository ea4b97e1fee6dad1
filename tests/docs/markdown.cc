// SPDX-License-Identifier: MPL-2.0
#include "tests/docs/markdown.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "gtest/gtest.h"

namespace kproto::docs {
namespace {

namespace fs = std::filesystem;

constexpr char kFence[] = "```";

// What stands between `open` and `close`, each time.
std::vector<std::string> Between(const std::string& text, const std::string& open,
                                 const std::string& close) {
  std::vector<std::string> found;
  size_t begin = 0;
  while ((begin = text.find(open, begin)) != std::string::npos) {
    begin += open.size();
    const size_t end = text.find(close, begin);
    if (end == std::string::npos) {
      break;
    }
    found.push_back(text.substr(begin, end - begin));
    begin = end + close.size();
  }
  return found;
}

void AddFolder(const fs::path& folder, bool readmes_only, std::vector<std::string>& paths) {
  const fs::path root = KPROTO_SOURCE_DIR;
  std::error_code error;
  for (fs::recursive_directory_iterator entry(root / folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const fs::path file = entry->path();
    if (file.extension() == ".md" && (!readmes_only || file.filename() == "README.md")) {
      paths.push_back(fs::relative(file, root).string());
    }
  }
}

}  // namespace

Document ParseMarkdown(const std::string& path, const std::string& text) {
  Document document;
  document.path = path;
  std::string prose;
  bool in_block = false;
  int number = 0;
  for (const absl::string_view line : absl::StrSplit(text, '\n')) {
    ++number;
    const absl::string_view trimmed = absl::StripLeadingAsciiWhitespace(line);
    if (absl::StartsWith(trimmed, kFence)) {
      in_block = !in_block;
      if (in_block) {
        document.blocks.push_back(
            {std::string(absl::StripAsciiWhitespace(absl::StripPrefix(trimmed, kFence))), "",
             number});
      }
    } else if (in_block) {
      absl::StrAppend(&document.blocks.back().text, line, "\n");
    } else {
      absl::StrAppend(&prose, line, "\n");
    }
  }
  EXPECT_FALSE(in_block) << path << ": a fence is not closed";
  document.code = Between(prose, "`", "`");
  document.links = Between(prose, "](", ")");
  return document;
}

std::vector<Document> Documents() {
  std::vector<std::string> paths = {"README.md", "CONTRIBUTING.md", "CHANGELOG.md"};
  AddFolder("docs", false, paths);
  AddFolder("examples", true, paths);
  AddFolder("lab", true, paths);
  std::sort(paths.begin(), paths.end());
  std::vector<Document> documents;
  for (const std::string& path : paths) {
    documents.push_back(ParseMarkdown(path, RepositoryFile(path)));
  }
  return documents;
}

std::string RepositoryFile(const std::string& path) {
  std::ifstream file(fs::path(KPROTO_SOURCE_DIR) / path, std::ios::binary);
  EXPECT_TRUE(file) << path << " is not there";
  return {std::istreambuf_iterator<char>(file), {}};
}

bool InRepository(const std::string& path) {
  return fs::exists(fs::path(KPROTO_SOURCE_DIR) / path);
}

}  // namespace kproto::docs
