// SPDX-License-Identifier: MPL-2.0
#include "base/log.h"

#include <unistd.h>

#include <atomic>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace kproto {
namespace {

std::atomic<LogLevel> g_level = LogLevel::kOff;

absl::string_view LevelName(LogLevel level) {
  switch (level) {
    case LogLevel::kTrace:
      return "trace";
    case LogLevel::kDebug:
      return "debug";
    case LogLevel::kInfo:
      return "info";
    case LogLevel::kWarn:
      return "warn";
    default:
      return "error";
  }
}

LogLevel ParseLevel(absl::string_view text) {
  const std::string name = absl::AsciiStrToLower(text);
  if (name == "json") {
    return LogLevel::kTrace;
  }
  for (LogLevel level :
       {LogLevel::kTrace, LogLevel::kDebug, LogLevel::kInfo, LogLevel::kWarn, LogLevel::kError}) {
    if (name == LevelName(level)) {
      return level;
    }
  }
  return LogLevel::kOff;
}

// Written by hand rather than by the JSON library: logging must stay cheap at start-up.
void AppendJsonString(std::string& out, absl::string_view text) {
  out += '"';
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20) {
      absl::StrAppendFormat(&out, "\\u%04x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    } else {
      out += c;
    }
  }
  out += '"';
}

}  // namespace

LogLevel LogLevelFromEnvironment() {
  for (const char* name : {"TF_LOG_PROVIDER_KPROTO", "TF_LOG_PROVIDER", "TF_LOG"}) {
    const char* value = std::getenv(name);
    if (value != nullptr && *value != '\0') {
      return ParseLevel(value);
    }
  }
  return LogLevel::kOff;
}

void SetLogLevel(LogLevel level) { g_level = level; }

bool LogEnabled(LogLevel level) { return level >= g_level.load() && level != LogLevel::kOff; }

void Log(LogLevel level, absl::string_view message, std::initializer_list<LogField> fields) {
  if (!LogEnabled(level)) {
    return;
  }
  std::string line =
      absl::StrCat("{\"@level\":\"", LevelName(level), "\",\"@timestamp\":\"",
                   absl::FormatTime("%Y-%m-%dT%H:%M:%E6SZ", absl::Now(), absl::UTCTimeZone()),
                   "\",\"@message\":");
  AppendJsonString(line, message);
  for (const auto& [key, value] : fields) {
    line += ',';
    AppendJsonString(line, key);
    line += ':';
    AppendJsonString(line, value);
  }
  line += "}\n";
  // One write keeps lines whole between threads; nothing useful can be done if stderr is gone.
  [[maybe_unused]] const ssize_t written = write(STDERR_FILENO, line.data(), line.size());
}

}  // namespace kproto
