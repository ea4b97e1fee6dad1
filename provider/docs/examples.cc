// SPDX-License-Identifier: MPL-2.0
#include "provider/docs/examples.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace kproto {
namespace {

namespace fs = std::filesystem;

// Empty when there is no such file.
std::string ReadText(const fs::path& path) {
  std::ifstream file(path, std::ios::binary);
  return std::string(std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>());
}

}  // namespace

absl::StatusOr<std::vector<Example>> ReadExamples(const std::string& directory) {
  std::vector<Example> examples;
  std::error_code error;
  fs::directory_iterator entries(directory, error);
  for (const fs::directory_iterator end; !error && entries != end; entries.increment(error)) {
    const fs::path folder = entries->path();
    std::string main = ReadText(folder / "main.tf");
    if (!main.empty()) {
      examples.push_back(
          {folder.filename().string(), std::move(main), ReadText(folder / "import.sh")});
    }
  }
  if (error) {
    return absl::NotFoundError(absl::StrCat(directory, ": ", error.message()));
  }
  std::sort(examples.begin(), examples.end(),
            [](const Example& a, const Example& b) { return a.folder < b.folder; });
  return examples;
}

const Example* SimplestWith(const std::vector<Example>& examples, const std::string& text) {
  const Example* simplest = nullptr;
  for (const Example& example : examples) {
    if (absl::StrContains(example.main, text) &&
        (simplest == nullptr || example.main.size() < simplest->main.size())) {
      simplest = &example;
    }
  }
  return simplest;
}

const Example* Named(const std::vector<Example>& examples, const std::string& folder) {
  const auto found = std::find_if(examples.begin(), examples.end(),
                                  [&](const Example& example) { return example.folder == folder; });
  return found == examples.end() ? nullptr : &*found;
}

}  // namespace kproto
