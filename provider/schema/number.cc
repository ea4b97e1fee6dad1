// SPDX-License-Identifier: MPL-2.0
#include "provider/schema/number.h"

#include <charconv>
#include <cmath>
#include <cstdlib>

#include "absl/strings/ascii.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"

namespace kproto {
namespace {

// Reads digits at `i`; returns how many.
size_t TakeDigits(absl::string_view text, size_t& i, std::string& digits) {
  const size_t start = i;
  while (i < text.size() && absl::ascii_isdigit(static_cast<unsigned char>(text[i]))) {
    digits += text[i++];
  }
  return i - start;
}

// "-120.50e3" → "-1205e2": one spelling for each value.
std::optional<std::string> Canonical(absl::string_view text) {
  size_t i = 0;
  const bool negative = !text.empty() && text[0] == '-';
  if (!text.empty() && (text[0] == '-' || text[0] == '+')) {
    ++i;
  }
  if (text.substr(i) == "inf") {
    return negative ? "-inf" : "inf";
  }
  std::string digits;
  size_t count = TakeDigits(text, i, digits);
  int64_t exponent = 0;
  if (i < text.size() && text[i] == '.') {
    ++i;
    const size_t fraction = TakeDigits(text, i, digits);
    count += fraction;
    exponent = -static_cast<int64_t>(fraction);
  }
  if (count == 0) {
    return std::nullopt;
  }
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    absl::string_view rest = text.substr(i + 1);
    int32_t written = 0;  // An exponent beyond 32 bits is no number that anybody means.
    if (rest.find_first_not_of("+-0123456789") != absl::string_view::npos ||
        !absl::SimpleAtoi(rest, &written)) {
      return std::nullopt;
    }
    exponent += written;
    i = text.size();
  }
  if (i != text.size()) {
    return std::nullopt;
  }
  const size_t first = digits.find_first_not_of('0');
  if (first == std::string::npos) {
    return "0e0";
  }
  const size_t last = digits.find_last_not_of('0');
  exponent += static_cast<int64_t>(digits.size() - 1 - last);
  return absl::StrCat(negative ? "-" : "", digits.substr(first, last - first + 1), "e", exponent);
}

std::string DoubleText(double value) {
  if (std::isinf(value)) {
    return value < 0 ? "-inf" : "inf";
  }
  if (std::isnan(value)) {
    return "0";
  }
  char buffer[64];
  const auto end = std::to_chars(buffer, buffer + sizeof buffer, value);
  return std::string(buffer, end.ptr);
}

}  // namespace

Number::Number(int64_t value) : text_(absl::StrCat(value)), canonical_(*Canonical(text_)) {}
Number::Number(uint64_t value) : text_(absl::StrCat(value)), canonical_(*Canonical(text_)) {}
Number::Number(double value) : text_(DoubleText(value)), canonical_(*Canonical(text_)) {}

absl::StatusOr<Number> Number::Parse(absl::string_view text) {
  std::optional<std::string> canonical = Canonical(text);
  if (!canonical) {
    return absl::InvalidArgumentError(absl::StrCat("not a number: \"", text.substr(0, 40), "\""));
  }
  return Number(std::string(text), *std::move(canonical));
}

std::optional<int64_t> Number::AsInt64() const {
  const size_t e = canonical_.find('e');
  int64_t exponent = 0;
  if (e == std::string::npos || !absl::SimpleAtoi(canonical_.substr(e + 1), &exponent) ||
      exponent < 0 || exponent > 19) {
    return std::nullopt;
  }
  int64_t value = 0;
  if (!absl::SimpleAtoi(canonical_.substr(0, e) + std::string(exponent, '0'), &value)) {
    return std::nullopt;
  }
  return value;
}

double Number::AsDouble() const { return std::strtod(canonical_.c_str(), nullptr); }

bool operator<(const Number& a, const Number& b) {
  const double x = a.AsDouble(), y = b.AsDouble();
  return x != y ? x < y : a.canonical_ < b.canonical_;
}

}  // namespace kproto
