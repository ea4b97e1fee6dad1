// SPDX-License-Identifier: MPL-2.0
// Path: where in a resource's configuration something is: node_pools["primary"].size. Relative to
// the block of the resource, data source or provider. The protocol cannot point into a set: stop
// at the set itself.
#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace kproto {

class Path {
 public:
  struct AttributeName {
    std::string name;
    bool operator==(const AttributeName& other) const { return name == other.name; }
  };
  using Step = std::variant<AttributeName, std::string, int64_t>;  // .name | ["key"] | [index]

  Path() = default;  // the whole block
  explicit Path(std::string attribute) { steps_.push_back(AttributeName{std::move(attribute)}); }

  Path Attribute(std::string name) const { return With(AttributeName{std::move(name)}); }
  Path Key(std::string key) const { return With(std::move(key)); }
  Path Index(int64_t index) const { return With(index); }

  const std::vector<Step>& steps() const { return steps_; }
  bool empty() const { return steps_.empty(); }
  std::string ToString() const;

  friend bool operator==(const Path& a, const Path& b) { return a.steps_ == b.steps_; }

 private:
  Path With(Step step) const {
    Path longer = *this;
    longer.steps_.push_back(std::move(step));
    return longer;
  }

  std::vector<Step> steps_;
};

}  // namespace kproto
