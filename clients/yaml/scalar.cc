// SPDX-License-Identifier: MPL-2.0
#include "clients/yaml/scalar.h"

#include <charconv>
#include <cmath>
#include <string>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"

namespace kproto::yaml {
namespace {

// `lower`, `Capital` or `UPPER`, and no other mix.
bool IsWord(absl::string_view text, absl::string_view lower) {
  if (text == lower || text == absl::AsciiStrToUpper(lower)) {
    return true;
  }
  return absl::EqualsIgnoreCase(text, lower) && absl::ascii_isupper(text[0]) &&
         text.substr(1) == lower.substr(1);
}

bool IsAnyWord(absl::string_view text, std::initializer_list<absl::string_view> words) {
  for (absl::string_view word : words) {
    if (IsWord(text, word)) {
      return true;
    }
  }
  return false;
}

// Digits of one base, all of `text`; 64 bits, unsigned where it does not fit signed.
std::optional<nlohmann::json> Integer(absl::string_view text) {
  const bool negative = absl::ConsumePrefix(&text, "-");
  if (!negative) {
    absl::ConsumePrefix(&text, "+");
  }
  int base = 10;
  if (absl::ConsumePrefix(&text, "0x") || absl::ConsumePrefix(&text, "0X")) {
    base = 16;
  } else if (absl::ConsumePrefix(&text, "0b") || absl::ConsumePrefix(&text, "0B")) {
    base = 2;
  } else if (absl::ConsumePrefix(&text, "0o") || absl::ConsumePrefix(&text, "0O") ||
             (text.size() > 1 && absl::ConsumePrefix(&text, "0"))) {
    base = 8;
  }
  uint64_t magnitude = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), magnitude, base);
  if (error != std::errc() || end != text.data() + text.size()) {
    return std::nullopt;
  }
  if (magnitude <= uint64_t{INT64_MAX}) {
    const int64_t value = static_cast<int64_t>(magnitude);
    return nlohmann::json(negative ? -value : value);
  }
  if (negative) {
    return magnitude == uint64_t{1} << 63 ? std::optional<nlohmann::json>(INT64_MIN) : std::nullopt;
  }
  return nlohmann::json(magnitude);
}

// [-+]? ( .digits | digits[.digits?] ) ([eE][-+]?digits)?
bool LooksLikeFloat(absl::string_view text) {
  size_t i = 0;
  const auto digits = [&] {
    const size_t from = i;
    while (i < text.size() && absl::ascii_isdigit(text[i])) {
      ++i;
    }
    return i - from;
  };
  i += !text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0;
  const size_t whole = digits();
  size_t fraction = 0;
  if (i < text.size() && text[i] == '.') {
    ++i;
    fraction = digits();
  }
  if (whole + fraction == 0) {
    return false;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    i += i < text.size() && (text[i] == '-' || text[i] == '+') ? 1 : 0;
    if (digits() == 0) {
      return false;
    }
  }
  return i == text.size();
}

}  // namespace

std::optional<nlohmann::json> ResolvePlain(absl::string_view text) {
  const auto as_string = [&] { return nlohmann::json(std::string(text)); };
  if (text.empty() || text == "~" || IsWord(text, "null")) {
    return nlohmann::json(nullptr);
  }
  if (IsAnyWord(text, {"true", "yes", "on", "y"})) {
    return nlohmann::json(true);
  }
  if (IsAnyWord(text, {"false", "no", "off", "n"})) {
    return nlohmann::json(false);
  }
  const char first = text[0];
  if (!absl::ascii_isdigit(first) && first != '+' && first != '-' && first != '.') {
    return as_string();
  }
  absl::string_view unsigned_text = text;
  if (first == '+' || first == '-') {
    unsigned_text.remove_prefix(1);
  }
  if (unsigned_text == ".inf" || unsigned_text == ".Inf" || unsigned_text == ".INF" ||
      text == ".nan" || text == ".NaN" || text == ".NAN") {
    return std::nullopt;
  }
  // Underscores may part the digits of a number.
  const std::string plain = absl::StrReplaceAll(text, {{"_", ""}});
  if (std::optional<nlohmann::json> integer = Integer(plain); integer.has_value()) {
    return integer;
  }
  double value = 0;
  if (LooksLikeFloat(plain) && absl::SimpleAtod(plain, &value) && std::isfinite(value)) {
    return nlohmann::json(value);
  }
  return as_string();
}

}  // namespace kproto::yaml
