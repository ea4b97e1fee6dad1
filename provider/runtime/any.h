// SPDX-License-Identifier: MPL-2.0
// The seam between the protocol and what a provider offers: Values in, Values out. The protocol
// side (provider/protocol) knows only these interfaces; Resource<Model> and friends implement them
// for typed models, so no author of a resource ever sees a Value and no RPC ever sees a model. All
// methods may be called from several threads at once, and before Configure.
#pragma once

#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "provider/runtime/diagnostics.h"
#include "provider/schema/schema.h"

namespace kproto {

// What the host says it can do (ClientCapabilities).
struct ClientCapabilities {
  bool deferral_allowed = false;
  bool write_only_attributes_allowed = false;
};

// Of one request: `stop` is triggered by StopProvider and when the host cancels the call.
struct RequestContext {
  std::stop_token stop;
  ClientCapabilities client;
};

// Opaque bytes that the host keeps beside a resource's state; never shown to anybody.
using PrivateState = std::string;

struct PlanRequest {
  Value prior;     // null on create
  Value proposed;  // null on destroy
  Value config;    // null on destroy
  PrivateState prior_private;
};
struct PlanResult {
  Value planned;
  std::vector<Path> requires_replace;
  PrivateState planned_private;
};
struct ApplyRequest {
  Value prior;    // null on create
  Value planned;  // null on destroy
  Value config;   // null on destroy; the only place where write-only values are
  PrivateState planned_private;
};
struct StateResult {
  Value state;  // null: gone
  PrivateState private_state;
};

class AnyResource {
 public:
  virtual ~AnyResource() = default;
  virtual const std::string& type_name() const = 0;
  virtual const Schema& schema() const = 0;

  virtual void Validate(const RequestContext& context, const Value& config,
                        Diagnostics& diagnostics) = 0;
  virtual PlanResult Plan(const RequestContext& context, const PlanRequest& request,
                          Diagnostics& diagnostics) = 0;
  virtual StateResult Apply(const RequestContext& context, const ApplyRequest& request,
                            Diagnostics& diagnostics) = 0;
  // On error the caller keeps the state it has.
  virtual StateResult Read(const RequestContext& context, const Value& current,
                           const PrivateState& private_state, Diagnostics& diagnostics) = 0;
  virtual StateResult Import(const RequestContext& context, const std::string& id,
                             Diagnostics& diagnostics) = 0;
  // Turns the JSON of an older schema version into JSON of the current one. Pure.
  virtual absl::StatusOr<nlohmann::json> Upgrade(int64_t version, nlohmann::json state) const = 0;
};

class AnyDataSource {
 public:
  virtual ~AnyDataSource() = default;
  virtual const std::string& type_name() const = 0;
  virtual const Schema& schema() const = 0;
  virtual void Validate(const RequestContext& context, const Value& config,
                        Diagnostics& diagnostics) = 0;
  virtual Value Read(const RequestContext& context, const Value& config,
                     Diagnostics& diagnostics) = 0;
};

struct EphemeralResult {
  Value result;
  PrivateState private_state;
  std::optional<absl::Time> renew_at;
};

class AnyEphemeralResource {
 public:
  virtual ~AnyEphemeralResource() = default;
  virtual const std::string& type_name() const = 0;
  virtual const Schema& schema() const = 0;
  virtual void Validate(const RequestContext& context, const Value& config,
                        Diagnostics& diagnostics) = 0;
  virtual EphemeralResult Open(const RequestContext& context, const Value& config,
                               Diagnostics& diagnostics) = 0;
  // `result` of the answer is not used by the protocol here.
  virtual EphemeralResult Renew(const RequestContext& context, const PrivateState& private_state,
                                Diagnostics& diagnostics) = 0;
  virtual void Close(const RequestContext& context, const PrivateState& private_state,
                     Diagnostics& diagnostics) = 0;
};

struct FunctionParameter {
  std::string name;
  Type type = Type::String();
  bool allow_null = false;
  bool allow_unknown = false;
  std::string description;
};
struct FunctionError {
  std::string text;
  std::optional<int64_t> argument;  // 0-based
};

class AnyFunction {
 public:
  virtual ~AnyFunction() = default;
  virtual const std::string& name() const = 0;
  virtual const std::string& summary() const = 0;
  virtual const std::string& description() const = 0;
  virtual const std::vector<FunctionParameter>& parameters() const = 0;
  virtual const std::optional<FunctionParameter>& variadic_parameter() const = 0;
  virtual const Type& return_type() const = 0;
  // Pure and deterministic. Exactly one of the two is set.
  virtual Value Call(const std::vector<Value>& arguments, std::optional<FunctionError>& error) = 0;
};

class AnyProvider {
 public:
  virtual ~AnyProvider() = default;
  virtual const std::string& name() const = 0;     // "kproto"
  virtual const std::string& version() const = 0;  // "0.1.0"
  virtual const Schema& schema() const = 0;
  virtual void Validate(const RequestContext& context, const Value& config,
                        Diagnostics& diagnostics) = 0;
  // May be called again with another configuration (reattach mode). Unknown values are no error.
  virtual void Configure(const RequestContext& context, const Value& config,
                         Diagnostics& diagnostics) = 0;

  // Fixed after construction; owned by the provider.
  virtual const std::vector<AnyResource*>& resources() const = 0;
  virtual const std::vector<AnyDataSource*>& data_sources() const = 0;
  virtual const std::vector<AnyEphemeralResource*>& ephemeral_resources() const = 0;
  virtual const std::vector<AnyFunction*>& functions() const = 0;
};

}  // namespace kproto
