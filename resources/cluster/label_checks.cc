// SPDX-License-Identifier: MPL-2.0
#include "resources/cluster/label_checks.h"

#include <re2/re2.h>

#include <set>
#include <utility>

#include "absl/strings/str_cat.h"

namespace kproto {
namespace {

constexpr size_t kMostOfName = 63;
constexpr size_t kMostOfPrefix = 253;

bool IsName(const std::string& text) {
  static const RE2& name = *new RE2("[A-Za-z0-9]([A-Za-z0-9_.-]*[A-Za-z0-9])?");
  return text.size() <= kMostOfName && RE2::FullMatch(text, name);
}

bool IsDnsName(const std::string& text) {
  static const RE2& name =
      *new RE2("[a-z0-9]([a-z0-9-]*[a-z0-9])?(\\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*");
  return text.size() <= kMostOfPrefix && RE2::FullMatch(text, name);
}

}  // namespace

std::string WhyNotLabelKey(const std::string& key) {
  const size_t slash = key.find('/');
  const std::string name = slash == std::string::npos ? key : key.substr(slash + 1);
  if (slash != std::string::npos && !IsDnsName(key.substr(0, slash))) {
    return "what stands before the slash must be a DNS name of at most 253 characters";
  }
  return IsName(name) ? ""
                      : "the name must have 1 to 63 letters, digits, dashes, underscores and dots, "
                        "and start and end with a letter or digit";
}

std::string WhyNotLabelValue(const std::string& value) {
  return value.empty() || IsName(value)
             ? ""
             : "a value must be empty or have at most 63 letters, digits, dashes, underscores and "
               "dots, and start and end with a letter or digit";
}

void CheckLabelsAndTaints(const ClusterPool& pool, const Path& path, Diagnostics& diagnostics) {
  const auto refuse = [&](const char* summary, const Path& at, const std::string& what,
                          const std::string& why) {
    if (!why.empty()) {
      diagnostics.AddError(summary, absl::StrCat(at.ToString(), ": \"", what, "\": ", why, "."),
                           at);
    }
  };
  if (pool.labels.is_known()) {
    for (const auto& [key, value] : *pool.labels) {
      const Path at = path.Attribute("labels").Key(key);
      refuse("Not a label", at, key, WhyNotLabelKey(key));
      refuse("Not a label's value", at, value.value_or(""), WhyNotLabelValue(value.value_or("")));
    }
  }
  if (!pool.taints.is_known()) {
    return;
  }
  const Path at = path.Attribute("taints");
  std::set<std::pair<std::string, std::string>> seen;
  for (const Attr<PoolTaint>& taint : pool.taints->elements) {
    if (!taint.is_known() || !taint->key.is_known()) {
      continue;
    }
    refuse("Not a taint", at, *taint->key, WhyNotLabelKey(*taint->key));
    refuse("Not a taint's value", at, taint->value.value_or(""),
           WhyNotLabelValue(taint->value.value_or("")));
    if (taint->effect.is_known() && !seen.insert({*taint->key, *taint->effect}).second) {
      refuse("Taint written twice", at, absl::StrCat(*taint->key, ":", *taint->effect),
             "a key may have each effect once only; keep one of them");
    }
  }
}

}  // namespace kproto
