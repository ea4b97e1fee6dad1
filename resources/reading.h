// SPDX-License-Identifier: MPL-2.0
// How what an API says reads in a model. The API does not tell "nothing" from "empty"; the user
// does, and finds back what was written. Pure.
#pragma once

#include <algorithm>
#include <string>
#include <vector>

#include "provider/schema/attr.h"

namespace kproto {

// "" reads as null, unless "" is what was written.
inline void ReadText(const std::string& live, Attr<std::string>& attr) {
  if (!live.empty()) {
    attr = live;
  } else if (!attr.is_known() || !attr->empty()) {
    attr = {};
  }
}

// No elements read as null, unless an empty set is what was written; the same elements in another
// order read as they were written.
template <typename T>
void ReadSet(const std::vector<T>& live, Attr<SetOf<T>>& attr) {
  if (live.empty()) {
    if (!attr.is_known() || !attr->elements.empty()) {
      attr = {};
    }
    return;
  }
  std::vector<T> sorted = live;
  std::sort(sorted.begin(), sorted.end());
  SetOf<T> set;
  for (T& element : sorted) {
    set.elements.push_back(std::move(element));
  }
  attr = std::move(set);
}

// The known elements, sorted.
template <typename T>
std::vector<T> Elements(const Attr<SetOf<T>>& attr) {
  std::vector<T> elements;
  if (attr.is_known()) {
    for (const Attr<T>& element : attr->elements) {
      if (element.is_known()) {
        elements.push_back(*element);
      }
    }
  }
  std::sort(elements.begin(), elements.end());
  return elements;
}

}  // namespace kproto
