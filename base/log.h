// SPDX-License-Identifier: MPL-2.0
// Structured log lines on stderr in hclog's JSON form, which the host reads (go-plugin: one object
// a line, @level, @message, @timestamp with six fraction digits). Silent unless TF_LOG_PROVIDER or
// TF_LOG asks. Never pass a secret: wrap it in Secret<>, which has no conversion to string.
#pragma once

#include <initializer_list>
#include <string>
#include <utility>

#include "absl/strings/string_view.h"

namespace kproto {

enum class LogLevel { kTrace, kDebug, kInfo, kWarn, kError, kOff };

using LogField = std::pair<absl::string_view, std::string>;

// The level that the environment asks for: TF_LOG_PROVIDER_KPROTO, TF_LOG_PROVIDER, TF_LOG; the
// value JSON means trace; unset or unknown means off.
LogLevel LogLevelFromEnvironment();

// Process-wide; set once at start. Default: off.
void SetLogLevel(LogLevel level);
bool LogEnabled(LogLevel level);

// One line; thread-safe, whole lines only. A line for a person (provider started by hand, lab)
// is not a log line and does not belong here.
void Log(LogLevel level, absl::string_view message, std::initializer_list<LogField> fields = {});

}  // namespace kproto
