// SPDX-License-Identifier: MPL-2.0
// The repository's Markdown files, as far as the tests read them: fenced blocks with their
// language, code within the text, and links.
#pragma once

#include <string>
#include <vector>

namespace kproto::docs {

struct Block {
  std::string language;  // "" when the fence says none
  std::string text;      // ends with a newline
  int line = 0;          // of the opening fence
};

struct Document {
  std::string path;  // below the repository's root
  std::vector<Block> blocks;
  std::vector<std::string> code;   // what stands between single backticks, outside of blocks
  std::vector<std::string> links;  // targets, outside of blocks
};

Document ParseMarkdown(const std::string& path, const std::string& text);

// README, CONTRIBUTING, CHANGELOG, docs/ and the READMEs of examples/ and lab/.
std::vector<Document> Documents();

// A file of the repository; fails the test when there is none.
std::string RepositoryFile(const std::string& path);
bool InRepository(const std::string& path);

}  // namespace kproto::docs
