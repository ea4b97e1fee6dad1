// SPDX-License-Identifier: MPL-2.0
// Calls about provider-defined functions.
#include <algorithm>
#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "provider/protocol/dynamic_value.h"
#include "provider/protocol/rpcs.h"
#include "provider/protocol/schema_proto.h"
#include "provider/protocol/utf8.h"

namespace kproto::rpc {
namespace {

FunctionError ArgumentError(size_t argument, std::string text) {
  return FunctionError{.text = std::move(text), .argument = static_cast<int64_t>(argument)};
}

// The value of a call; or an error. Unknown in, where the function does not take it: unknown out.
Value Call(AnyFunction& function, const tfplugin6::CallFunction::Request& request,
           std::optional<FunctionError>& error) {
  const size_t fixed = function.parameters().size();
  const size_t given = static_cast<size_t>(request.arguments_size());
  if (given < fixed || (given > fixed && !function.variadic_parameter())) {
    error = FunctionError{.text = absl::StrCat(fixed, " arguments are required, got ", given)};
    return Value::Null();
  }
  std::vector<Value> arguments;
  bool has_unknown = false;
  for (size_t i = 0; i < given; ++i) {
    const FunctionParameter& parameter =
        i < fixed ? function.parameters()[i] : *function.variadic_parameter();
    absl::StatusOr<Value> argument =
        FromProto(request.arguments(static_cast<int>(i)), parameter.type);
    if (!argument.ok()) {
      error = ArgumentError(i, std::string(argument.status().message()));
      return Value::Null();
    }
    if (argument->is_null() && !parameter.allow_null) {
      error = ArgumentError(i, absl::StrCat(parameter.name, " must not be null"));
      return Value::Null();
    }
    has_unknown |= !parameter.allow_unknown && !argument->is_wholly_known();
    arguments.push_back(*std::move(argument));
  }
  return has_unknown ? Value::Unknown() : function.Call(arguments, error);
}

}  // namespace

KPROTO_ANSWER(GetFunctions) {
  (void)context, (void)request;
  for (const AnyFunction* function : provider.functions()) {
    ToProto(*function, (*response.mutable_functions())[function->name()]);
  }
}

KPROTO_ANSWER(CallFunction) {
  (void)context;
  const auto& functions = provider.functions();
  const auto it = std::find_if(functions.begin(), functions.end(),
                               [&](AnyFunction* f) { return f->name() == request.name(); });
  std::optional<FunctionError> error;
  if (it == functions.end()) {
    error = FunctionError{.text = absl::StrCat("there is no function \"", request.name(), "\"")};
  } else {
    const Value result = Call(**it, request, error);
    if (!error) {
      const absl::Status status = ToProto(result, (*it)->return_type(), *response.mutable_result());
      if (!status.ok()) {
        error = FunctionError{.text = std::string(status.message())};
      }
    }
  }
  if (error) {
    response.clear_result();
    response.mutable_error()->set_text(ToValidUtf8(error->text));
    if (error->argument) {
      response.mutable_error()->set_function_argument(*error->argument);
    }
  }
}

}  // namespace kproto::rpc
