// SPDX-License-Identifier: MPL-2.0
#include "provider/schema/validators.h"

#include <arpa/inet.h>
#include <re2/re2.h>

#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/time/time.h"
#include "base/status_macros.h"

namespace kproto {
namespace {

template <typename... Parts>
absl::Status Invalid(const Parts&... parts) {
  return absl::InvalidArgumentError(absl::StrCat(parts...));
}

// Why `text` is no network in CIDR form; OK with its prefix length in `bits`.
absl::Status ParseCidr(const std::string& text, int& bits) {
  const std::vector<std::string> parts = absl::StrSplit(text, '/');
  in_addr address;
  if (parts.size() != 2 || inet_pton(AF_INET, parts[0].c_str(), &address) != 1 ||
      parts[1].find_first_not_of("0123456789") != std::string::npos ||
      !absl::SimpleAtoi(parts[1], &bits) || bits > 32) {
    return Invalid("must be an IPv4 network in CIDR form such as 10.10.0.0/20, got \"", text, "\"");
  }
  const uint32_t host_mask = bits == 32 ? 0 : (0xffffffffu >> bits);
  if ((ntohl(address.s_addr) & host_mask) != 0) {
    in_addr network{htonl(ntohl(address.s_addr) & ~host_mask)};
    char buffer[INET_ADDRSTRLEN];
    inet_ntop(AF_INET, &network, buffer, sizeof buffer);
    return Invalid("must be a network address: ", text, " has host bits set, did you mean ", buffer,
                   "/", bits, "?");
  }
  return absl::OkStatus();
}

}  // namespace

Validator WholeNumber() {
  return [](const Value& v) {
    return v.number().AsInt64() ? absl::OkStatus()
                                : Invalid("must be a whole number, got ", v.number().text());
  };
}

Validator Between(int64_t low, int64_t high) {
  return [=](const Value& v) {
    const auto n = v.number().AsInt64();
    return !n || *n < low || *n > high
               ? Invalid("must be between ", low, " and ", high, ", got ", v.number().text())
               : absl::OkStatus();
  };
}

Validator AtLeast(int64_t low) {
  return [=](const Value& v) {
    const auto n = v.number().AsInt64();
    return !n || *n < low ? Invalid("must be at least ", low, ", got ", v.number().text())
                          : absl::OkStatus();
  };
}

Validator OneOf(std::vector<std::string> choices) {
  return [choices = std::move(choices)](const Value& v) {
    if (std::find(choices.begin(), choices.end(), v.string()) != choices.end()) {
      return absl::OkStatus();
    }
    return Invalid("must be one of \"", absl::StrJoin(choices, "\", \""), "\", got \"", v.string(),
                   "\"");
  };
}

Validator LengthBetween(size_t low, size_t high) {
  return [=](const Value& v) {
    const size_t size = v.kind() == Value::Kind::kString ? v.string().size()
                        : v.kind() == Value::Kind::kMap  ? v.map().size()
                                                         : v.list().size();
    return size < low || size > high ? Invalid("must have between ", low, " and ", high,
                                               " elements or characters, has ", size)
                                     : absl::OkStatus();
  };
}

Validator NotEmpty() {
  return [](const Value& v) {
    const bool empty = v.kind() == Value::Kind::kString ? v.string().empty()
                       : v.kind() == Value::Kind::kMap  ? v.map().empty()
                                                        : v.list().empty();
    return empty ? Invalid("must not be empty") : absl::OkStatus();
  };
}

Validator Matches(std::string pattern, std::string rule) {
  // RE2 takes linear time and bounded memory whatever the input; compiled on first use, because a
  // process that only serves its schema never needs it.
  return [pattern = std::move(pattern), rule = std::move(rule)](const Value& v) {
    return RE2::FullMatch(v.string(), pattern) ? absl::OkStatus()
                                               : Invalid(rule, ", got \"", v.string(), "\"");
  };
}

Validator DurationText() {
  return [](const Value& v) {
    absl::Duration duration;
    return absl::ParseDuration(v.string(), &duration) && duration > absl::ZeroDuration()
               ? absl::OkStatus()
               : Invalid(
                     "must be a positive duration such as \"90s\", \"30m\" or \"1h30m\", got \"",
                     v.string(), "\"");
  };
}

Validator Cidr(int min_bits, int max_bits) {
  return [=](const Value& v) {
    int bits = 0;
    KPROTO_RETURN_IF_ERROR(ParseCidr(v.string(), bits));
    return bits < min_bits || bits > max_bits ? Invalid("must have a size between /", max_bits,
                                                        " and /", min_bits, ", got /", bits)
                                              : absl::OkStatus();
  };
}

Validator EachKey(Validator validator) {
  return [validator = std::move(validator)](const Value& v) {
    for (const auto& [key, element] : v.map()) {
      const absl::Status status = validator(Value::String(key));
      if (!status.ok()) {
        return Invalid("has a bad key: it ", status.message());
      }
    }
    return absl::OkStatus();
  };
}

Validator EachElement(Validator validator) {
  return [validator = std::move(validator)](const Value& v) {
    auto check = [&](const Value& element, const std::string& place) {
      const absl::Status status = element.is_known() ? validator(element) : absl::OkStatus();
      return status.ok() ? status : Invalid("has a bad element", place, ": it ", status.message());
    };
    if (v.kind() == Value::Kind::kMap) {
      for (const auto& [key, element] : v.map()) {
        KPROTO_RETURN_IF_ERROR(check(element, absl::StrCat(" \"", key, "\"")));
      }
      return absl::OkStatus();
    }
    for (const Value& element : v.list()) {
      KPROTO_RETURN_IF_ERROR(check(element, ""));
    }
    return absl::OkStatus();
  };
}

}  // namespace kproto
