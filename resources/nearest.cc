// SPDX-License-Identifier: MPL-2.0
#include "resources/nearest.h"

#include <algorithm>
#include <map>
#include <numeric>

namespace kproto {
namespace {

size_t Distance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const size_t replaced = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row[b.size()];
}

}  // namespace

std::vector<std::string> NearestFirst(absl::string_view wanted, std::vector<std::string> names) {
  std::map<std::string, size_t> distance;
  for (const std::string& name : names) {
    distance[name] = Distance(wanted, name);
  }
  std::stable_sort(names.begin(), names.end(), [&](const std::string& a, const std::string& b) {
    return distance[a] < distance[b];
  });
  return names;
}

}  // namespace kproto
