// SPDX-License-Identifier: MPL-2.0
// Function: what an author of a provider function writes: what it is called and takes, and Call().
// Functions are pure: the host calls them with and without a configured provider, in any phase,
// several times, and expects the same answer.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "provider/runtime/any.h"

namespace kproto {

struct FunctionSignature {
  std::string name;
  std::string summary;      // one line
  std::string description;  // Markdown
  std::vector<FunctionParameter> parameters;
  std::optional<FunctionParameter> variadic_parameter = std::nullopt;
  Type return_type = Type::String();
};

class Function : public AnyFunction {
 public:
  explicit Function(FunctionSignature signature) : signature_(std::move(signature)) {}

  const std::string& name() const override { return signature_.name; }
  const std::string& summary() const override { return signature_.summary; }
  const std::string& description() const override { return signature_.description; }
  const std::vector<FunctionParameter>& parameters() const override {
    return signature_.parameters;
  }
  const std::optional<FunctionParameter>& variadic_parameter() const override {
    return signature_.variadic_parameter;
  }
  const Type& return_type() const override { return signature_.return_type; }

 protected:
  // An error about the argument at `index`, which it names: "vpc_cidr: must be …".
  FunctionError ArgumentError(size_t index, const std::string& text) const {
    const bool fixed = index < signature_.parameters.size();
    const std::string& name =
        fixed ? signature_.parameters[index].name : signature_.variadic_parameter->name;
    const std::string place =
        fixed ? name : name + "[" + std::to_string(index - signature_.parameters.size()) + "]";
    return FunctionError{.text = place + ": " + text, .argument = static_cast<int64_t>(index)};
  }

 private:
  const FunctionSignature signature_;
};

}  // namespace kproto
