// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/checks/quantity.h"

#include <cmath>
#include <iterator>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/strip.h"

namespace kproto::monitoring_stack {
namespace {

struct Suffix {
  const char* text;
  double factor;
};
// Those of two letters first: "Mi" also ends in what "M" could be taken for.
constexpr Suffix kSuffixes[] = {{"Ki", 1024.0},
                                {"Mi", 1024.0 * 1024},
                                {"Gi", 1024.0 * 1024 * 1024},
                                {"Ti", 1024.0 * 1024 * 1024 * 1024},
                                {"Pi", 1024.0 * 1024 * 1024 * 1024 * 1024},
                                {"m", 1e-3},
                                {"k", 1e3},
                                {"M", 1e6},
                                {"G", 1e9},
                                {"T", 1e12},
                                {"P", 1e15}};

std::optional<double> Parse(absl::string_view quantity) {
  double factor = 1;
  for (const Suffix& suffix : kSuffixes) {
    if (absl::ConsumeSuffix(&quantity, suffix.text)) {
      factor = suffix.factor;
      break;
    }
  }
  double number = 0;
  if (!absl::SimpleAtod(quantity, &number) || !std::isfinite(number) || number < 0 ||
      number * factor > 9e15) {
    return std::nullopt;
  }
  return number * factor;
}

std::optional<int64_t> Rounded(std::optional<double> number) {
  if (!number) {
    return std::nullopt;
  }
  return static_cast<int64_t>(std::ceil(*number - 1e-6));
}

std::string TextOf(const nlohmann::json& quantity) {
  return quantity.is_string()   ? quantity.get<std::string>()
         : quantity.is_number() ? quantity.dump()
                                : "";
}

}  // namespace

std::optional<int64_t> MilliUnits(absl::string_view quantity) {
  const std::optional<double> number = Parse(quantity);
  return number && *number < 9e12 ? Rounded(*number * 1000) : std::nullopt;
}

std::optional<int64_t> Units(absl::string_view quantity) { return Rounded(Parse(quantity)); }

std::optional<int64_t> MilliUnitsOf(const nlohmann::json& quantity) {
  return MilliUnits(TextOf(quantity));
}

std::optional<int64_t> UnitsOf(const nlohmann::json& quantity) { return Units(TextOf(quantity)); }

std::string CpuText(int64_t milli_cpus) {
  return milli_cpus % 1000 == 0 ? absl::StrCat(milli_cpus / 1000) : absl::StrCat(milli_cpus, "m");
}

std::string MemoryText(int64_t bytes) {
  const double mib = static_cast<double>(bytes) / (1 << 20);
  if (mib >= 1024) {
    const std::string gib = absl::StrFormat("%.1f", mib / 1024);
    return absl::StrCat(absl::StripSuffix(gib, ".0"), "Gi");
  }
  return absl::StrCat(static_cast<int64_t>(std::ceil(mib)), "Mi");
}

}  // namespace kproto::monitoring_stack
