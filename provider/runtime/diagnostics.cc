// SPDX-License-Identifier: MPL-2.0
#include "provider/runtime/diagnostics.h"

#include <algorithm>
#include <optional>

#include "absl/strings/cord.h"
#include "absl/strings/escaping.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "base/hint.h"

namespace kproto {
namespace {

constexpr char kPathUrl[] = "kproto/path";

// A status can only carry bytes: one line per step, its kind in front. Keys may hold any bytes.
std::string EncodePath(const Path& path) {
  std::string text;
  for (const Path::Step& step : path.steps()) {
    if (const auto* attribute = std::get_if<Path::AttributeName>(&step)) {
      absl::StrAppend(&text, ".", attribute->name, "\n");
    } else if (const auto* key = std::get_if<std::string>(&step)) {
      absl::StrAppend(&text, "k", absl::CEscape(*key), "\n");
    } else {
      absl::StrAppend(&text, "#", std::get<int64_t>(step), "\n");
    }
  }
  return text;
}

Path DecodePath(const std::string& text) {
  Path path;
  for (absl::string_view line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    const std::string rest(line.substr(1));
    int64_t index = 0;
    if (line[0] == '.') {
      path = path.Attribute(rest);
    } else if (line[0] == 'k') {
      std::string key;
      absl::CUnescape(rest, &key);
      path = path.Key(key);
    } else if (absl::SimpleAtoi(rest, &index)) {
      path = path.Index(index);
    }
  }
  return path;
}

std::optional<Path> PathOf(const absl::Status& status) {
  const auto payload = status.GetPayload(kPathUrl);
  if (!payload) {
    return std::nullopt;
  }
  return DecodePath(std::string(*payload));
}

std::string Sentence(std::string text) {
  if (!text.empty() && std::string(".!?\n").find(text.back()) == std::string::npos) {
    text += '.';
  }
  return text;
}

}  // namespace

absl::Status WithPath(absl::Status status, const Path& path) {
  if (!status.ok() && !status.GetPayload(kPathUrl)) {
    status.SetPayload(kPathUrl, absl::Cord(EncodePath(path)));
  }
  return status;
}

void Diagnostics::AddError(std::string summary, std::string detail, Path path) {
  all_.push_back(
      {Diagnostic::Severity::kError, std::move(summary), std::move(detail), std::move(path)});
}

void Diagnostics::AddWarning(std::string summary, std::string detail, Path path) {
  all_.push_back(
      {Diagnostic::Severity::kWarning, std::move(summary), std::move(detail), std::move(path)});
}

void Diagnostics::AddStatus(const absl::Status& status, std::string summary, Path fallback) {
  if (status.ok()) {
    return;
  }
  std::string detail = Sentence(std::string(status.message()));
  const std::string hint = HintOf(status);
  if (!hint.empty()) {
    absl::StrAppend(&detail, "\n\n", Sentence(hint));
  }
  AddError(std::move(summary), std::move(detail), PathOf(status).value_or(std::move(fallback)));
}

void Diagnostics::Append(const Diagnostics& other) {
  all_.insert(all_.end(), other.all_.begin(), other.all_.end());
}

bool Diagnostics::has_error() const {
  return std::any_of(all_.begin(), all_.end(), [](const Diagnostic& d) {
    return d.severity == Diagnostic::Severity::kError;
  });
}

}  // namespace kproto
