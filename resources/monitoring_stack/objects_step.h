// SPDX-License-Identifier: MPL-2.0
// ObjectsStep: a set of plain Kubernetes objects that the stack makes, keeps as they shall be, and
// takes away when they are no longer wanted. It knows its own by two labels, so it finds them
// whatever became of the state, and never touches an object of somebody else's.
#pragma once

#include <string>
#include <vector>

#include "provider/schema/path.h"
#include "resources/monitoring_stack/stack.h"

namespace kproto::monitoring_stack {

// Beside kManagedByLabel: the stack's namespace, as two stacks may share a cluster.
inline constexpr char kPartOfLabel[] = "app.kubernetes.io/part-of";

class ObjectsStep : public StackStep {
 public:
  struct Kind {
    const char* api_version;
    const char* kind;
  };
  // `kinds`: all that the step ever makes. `wanted`: the objects that shall be. `path`: the
  // attribute that says so.
  ObjectsStep(Stack& stack, std::string name, std::vector<Kind> kinds, std::vector<Json> wanted,
              Path path);

  absl::string_view name() const override { return name_; }
  std::vector<absl::string_view> needs() const override { return {"namespaces"}; }
  absl::Status Observe(const StepContext& context) override;
  Difference Compare() const override;
  absl::Status Apply(const StepContext& context) override;
  absl::Status Remove(const StepContext& context) override;

 protected:
  const std::vector<Json>& there() const { return there_; }  // ours, as observed

 private:
  absl::Status Make(const Cluster& cluster, const Json& object, const kubernetes::Call& call);
  const Json* There(const kubernetes::ObjectKey& key) const;
  bool IsWanted(const Json& object) const;

  const std::string name_;
  const std::vector<Kind> kinds_;
  std::vector<Json> wanted_;
  const Path path_;
  std::vector<Json> there_;
};

// Whether `is` has all that `wanted` says: maps by their keys, lists as a whole, quantities by
// their amount. Pure.
bool Includes(const Json& is, const Json& wanted);

}  // namespace kproto::monitoring_stack
