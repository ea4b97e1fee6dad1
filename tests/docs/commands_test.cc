// SPDX-License-Identifier: MPL-2.0
// Every command that a document tells a reader to type exists: make targets, kproto-lab's commands,
// those of tofu, and programs of the repository.
#include <set>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/subprocess.h"
#include "gtest/gtest.h"
#include "tests/docs/markdown.h"

namespace kproto::docs {
namespace {

using Words = std::vector<std::string>;

std::set<std::string> MakeTargets() {
  std::set<std::string> targets;
  for (const absl::string_view line : absl::StrSplit(RepositoryFile("Makefile"), '\n')) {
    const size_t colon = line.find(':');
    if (colon != absl::string_view::npos && absl::StrContains(line, ": ") &&
        absl::StrContains(line, " ## ")) {
      targets.insert(std::string(line.substr(0, colon)));
    }
  }
  return targets;
}

// The first word of each indented line of its usage text.
std::set<std::string> LabCommands() {
  Command help;
  help.argv = {absl::StrCat(KPROTO_BIN, "/kproto-lab"), "--help"};
  help.environment = Environment();
  const auto result = kproto::Run(help);
  EXPECT_TRUE(result.ok()) << result.status();
  std::set<std::string> commands;
  for (const absl::string_view line : absl::StrSplit(result.ok() ? result->out : "", '\n')) {
    if (absl::StartsWith(line, "  ") && line.size() > 2 && absl::ascii_islower(line[2])) {
      commands.insert(std::string(line.substr(2, line.find(' ', 2) - 2)));
    }
  }
  return commands;
}

class CommandsTest : public ::testing::Test {
 protected:
  // "" when the command is one that a reader can type.
  std::string WhatIsWrongWith(const std::string& command) const {
    const Words words = absl::StrSplit(command, ' ', absl::SkipEmpty());
    if (words.empty()) {
      return "";
    }
    const std::string& program = words[0];
    const std::string argument = words.size() > 1 ? words[1] : "";
    if (program == "make") {
      return targets_.count(argument) > 0 ? "" : "no such make target";
    }
    if (program == "kproto-lab" || absl::EndsWith(program, "/kproto-lab")) {
      return lab_commands_.count(argument) > 0 ? "" : "no such command of kproto-lab";
    }
    if (program == "cd") {
      return InRepository(argument) ? "" : "no such folder";
    }
    static const auto& others =
        *new std::set<std::string>{"tofu", "kubectl", "helm", "export", "git"};
    if (others.count(program) > 0 || InRepository(program)) {
      return "";
    }
    return "unknown program";
  }

  const std::set<std::string> targets_ = MakeTargets();
  const std::set<std::string> lab_commands_ = LabCommands();
};

// A line as a shell takes it apart, as far as the documents go: comments, eval "$(…)", && and |.
std::vector<std::string> CommandsOf(const std::string& line) {
  std::string text = absl::StartsWith(line, "#") ? "" : line.substr(0, line.find(" # "));
  for (const char* wrapping : {"eval \"$(", "\"$("}) {
    const size_t begin = text.find(wrapping);
    if (begin == 0) {
      text = text.substr(std::string(wrapping).size());
      text = text.substr(0, text.find(')'));
    }
  }
  std::vector<std::string> commands;
  for (const absl::string_view part : absl::StrSplit(text, absl::ByString("&&"))) {
    const std::vector<std::string> pipe = absl::StrSplit(part, absl::ByString(" | "));
    commands.emplace_back(absl::StripAsciiWhitespace(pipe[0]));
  }
  return commands;
}

TEST_F(CommandsTest, WouldNoticeWhatDoesNotExist) {
  EXPECT_EQ(WhatIsWrongWith("make demo"), "");
  EXPECT_NE(WhatIsWrongWith("make coffee"), "");
  EXPECT_EQ(WhatIsWrongWith("build/bin/kproto-lab up"), "");
  EXPECT_NE(WhatIsWrongWith("build/bin/kproto-lab explode"), "");
  EXPECT_EQ(WhatIsWrongWith("setup/machine --packages"), "");
  EXPECT_NE(WhatIsWrongWith("setup/everything"), "");
  EXPECT_EQ(CommandsOf("eval \"$(kproto-lab env)\"   # the lab"), Words{"kproto-lab env"});
  EXPECT_EQ(CommandsOf("tofu init && tofu apply"), (Words{"tofu init", "tofu apply"}));
}

TEST_F(CommandsTest, EveryShellBlockCanBeTyped) {
  for (const Document& document : Documents()) {
    for (const Block& block : document.blocks) {
      if (block.language != "sh" && block.language != "shell") {
        continue;
      }
      for (const absl::string_view line : absl::StrSplit(block.text, '\n', absl::SkipEmpty())) {
        for (const std::string& command :
             CommandsOf(std::string(absl::StripAsciiWhitespace(line)))) {
          EXPECT_EQ(WhatIsWrongWith(command), "")
              << document.path << ":" << block.line << ": " << command;
        }
      }
    }
  }
}

TEST_F(CommandsTest, EveryCommandNamedInTheTextExists) {
  for (const Document& document : Documents()) {
    for (const std::string& code : document.code) {
      if (absl::StartsWith(code, "make ") || absl::StartsWith(code, "kproto-lab ")) {
        EXPECT_EQ(WhatIsWrongWith(code), "") << document.path << ": " << code;
      }
    }
  }
}

// A fence without a language is one that no test looks at.
TEST_F(CommandsTest, EveryBlockSaysWhatItIs) {
  static const auto& known =
      *new std::set<std::string>{"sh", "shell", "terraform", "text", "yaml", "json"};
  for (const Document& document : Documents()) {
    for (const Block& block : document.blocks) {
      EXPECT_EQ(known.count(block.language), 1)
          << document.path << ":" << block.line << ": \"" << block.language << "\"";
    }
  }
}

}  // namespace
}  // namespace kproto::docs
