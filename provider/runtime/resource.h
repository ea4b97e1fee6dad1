// SPDX-License-Identifier: MPL-2.0
// Resource<Model> and DataSource<Model>: what an author writes (see ephemeral.h, function.h, too).
// The verbs get and give models; this file adapts them to the seam (any.h) and keeps the host's
// rules: no unknowns after an apply, nothing write-only stored, state kept if it stops half-way.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "provider/runtime/any.h"
#include "provider/runtime/plan.h"
#include "provider/runtime/validate.h"
#include "provider/schema/model.h"

namespace kproto {

// Whether the thing is there after a verb: what decides if the host keeps a state.
enum class Existence { kAbsent, kPresent };

// What a verb may use and say.
struct Operation {
  const RequestContext& request;
  PrivateState& private_state;  // in: as stored or planned; out: what to store
  Diagnostics& diagnostics;
};

template <typename M>
class Resource : public AnyResource {
 public:
  Resource(std::string type_name, int64_t version, std::string description)
      : type_name_(std::move(type_name)), schema_(SchemaOf<M>(version, std::move(description))) {}

  // ---- the verbs -----------------------------------------------------------------------------

  // Checks across attributes; those of single attributes are done. Members may be unknown.
  virtual void ValidateModel(const M& /*config*/, Diagnostics& /*diagnostics*/) {}
  // Refines the plan: read-only and deterministic. `prior` is nullptr on create. Paths added to
  // `replace` make the host replace the resource.
  virtual void ModifyPlan(const M* /*prior*/, const M& /*config*/, M& /*planned*/,
                          std::vector<Path>& /*replace*/, Operation& /*operation*/) {}
  // Called for destroy plans; an error refuses the destroy.
  virtual void PlanDestroy(const M& /*prior*/, Operation& /*operation*/) {}

  // `state` comes as planned and leaves as it is; what stays unknown becomes null. With errors in
  // operation.diagnostics, kPresent still makes the host store what there is (tainted).
  virtual Existence Create(const M& config, M& state, Operation& operation) = 0;
  virtual Existence Read(M& state, Operation& operation) = 0;
  virtual void Update(const M& prior, const M& config, M& state, Operation& operation) = 0;
  // No error means that it is gone, wholly. With an error `state` says what is left.
  virtual void Delete(M& state, Operation& operation) = 0;
  // Fills what identifies the thing; Read follows.
  virtual void ImportModel(const std::string& id, M& state, Operation& operation) = 0;
  virtual absl::StatusOr<nlohmann::json> UpgradeState(int64_t version, nlohmann::json) const {
    return absl::InvalidArgumentError(absl::StrCat("no upgrade from schema version ", version));
  }

  // ---- the seam ------------------------------------------------------------------------------

  const std::string& type_name() const override { return type_name_; }
  const Schema& schema() const override { return schema_; }

  void Validate(const RequestContext& context, const Value& config,
                Diagnostics& diagnostics) override {
    ValidateConfig(schema_, config, context.client, diagnostics);
    // What the schema's checks have refused need not be decodable, and has been reported.
    Diagnostics undecodable;
    std::optional<M> model = Decode(config, undecodable);
    if (model) {
      ValidateModel(*model, diagnostics);
    } else if (!diagnostics.has_error()) {
      diagnostics.Append(undecodable);
    }
  }

  PlanResult Plan(const RequestContext& context, const PlanRequest& request,
                  Diagnostics& diagnostics) override {
    PlanResult result;
    result.planned_private = request.prior_private;
    Operation operation{context, result.planned_private, diagnostics};
    std::optional<M> prior = Decode(request.prior, diagnostics);
    if (request.proposed.is_null()) {
      if (prior) {
        PlanDestroy(*prior, operation);
      }
      return result;
    }
    PlannedValues values = PlanValues(schema_, request.prior, request.config, request.proposed);
    result.planned = std::move(values.planned);
    result.requires_replace = std::move(values.requires_replace);
    std::optional<M> config = Decode(request.config, diagnostics);
    std::optional<M> planned = Decode(result.planned, diagnostics);
    if (config && planned) {
      ModifyPlan(prior ? &*prior : nullptr, *config, *planned, result.requires_replace, operation);
      result.planned = WithoutWriteOnly(schema_.attributes, M::Fields().Encode(*planned));
    }
    return result;
  }

  StateResult Apply(const RequestContext& context, const ApplyRequest& request,
                    Diagnostics& diagnostics) override {
    StateResult result{request.prior, request.planned_private};
    Operation operation{context, result.private_state, diagnostics};
    std::optional<M> prior = Decode(request.prior, diagnostics);
    std::optional<M> config = Decode(request.config, diagnostics);
    std::optional<M> state =
        Decode(request.planned.is_null() ? request.prior : request.planned, diagnostics);
    if (diagnostics.has_error() || !state) {
      return result;
    }
    if (request.planned.is_null()) {
      Delete(*state, operation);
      result.state = diagnostics.has_error() ? Stored(*state, request.prior) : Value::Null();
    } else if (!config) {
      diagnostics.AddError("Incomplete request", "The host sent no configuration to apply.");
    } else if (prior) {
      Update(*prior, *config, *state, operation);
      result.state = Stored(*state, request.prior);
    } else {
      const Existence existence = Create(*config, *state, operation);
      result.state = existence == Existence::kPresent ? Stored(*state, Value()) : Value::Null();
    }
    return result;
  }

  StateResult Read(const RequestContext& context, const Value& current,
                   const PrivateState& private_state, Diagnostics& diagnostics) override {
    StateResult result{current, private_state};
    Operation operation{context, result.private_state, diagnostics};
    std::optional<M> state = Decode(current, diagnostics);
    if (!state) {
      return result;
    }
    const Existence existence = Read(*state, operation);
    if (!diagnostics.has_error()) {
      result.state = existence == Existence::kPresent ? Stored(*state, current) : Value::Null();
    }
    return result;
  }

  StateResult Import(const RequestContext& context, const std::string& id,
                     Diagnostics& diagnostics) override {
    StateResult result;
    Operation operation{context, result.private_state, diagnostics};
    M state;
    ImportModel(id, state, operation);
    if (!diagnostics.has_error()) {
      result.state = Stored(state, Value());
    }
    return result;
  }

  absl::StatusOr<nlohmann::json> Upgrade(int64_t version, nlohmann::json state) const override {
    if (version == schema_.version) {
      return state;
    }
    return UpgradeState(version, std::move(state));
  }

 private:
  // nullopt for null and for what cannot be decoded, which is reported.
  std::optional<M> Decode(const Value& value, Diagnostics& diagnostics) const {
    if (!value.is_known()) {
      return std::nullopt;
    }
    absl::StatusOr<M> model = M::Fields().Decode(value);
    if (!model.ok()) {
      diagnostics.AddStatus(model.status(), absl::StrCat("Could not read ", type_name_));
      return std::nullopt;
    }
    return *std::move(model);
  }

  Value Stored(const M& state, const Value& fallback) const {
    return WithoutUnknowns(WithoutWriteOnly(schema_.attributes, M::Fields().Encode(state)),
                           fallback);
  }

  std::string type_name_;
  Schema schema_;
};

template <typename M>
class DataSource : public AnyDataSource {
 public:
  DataSource(std::string type_name, std::string description)
      : type_name_(std::move(type_name)), schema_(SchemaOf<M>(0, std::move(description))) {}

  virtual void ValidateModel(const M& /*config*/, Diagnostics& /*diagnostics*/) {}
  // `state` comes as configured. Not found is an error.
  virtual void Read(M& state, const RequestContext& context, Diagnostics& diagnostics) = 0;

  const std::string& type_name() const override { return type_name_; }
  const Schema& schema() const override { return schema_; }

  void Validate(const RequestContext& context, const Value& config,
                Diagnostics& diagnostics) override {
    ValidateConfig(schema_, config, context.client, diagnostics);
    absl::StatusOr<M> model = M::Fields().Decode(config);
    if (model.ok()) {
      ValidateModel(*model, diagnostics);
    }
  }

  Value Read(const RequestContext& context, const Value& config,
             Diagnostics& diagnostics) override {
    absl::StatusOr<M> model = M::Fields().Decode(config);
    if (!model.ok()) {
      diagnostics.AddStatus(model.status(), absl::StrCat("Could not read ", type_name_));
      return Value::Null();
    }
    Read(*model, context, diagnostics);
    return WithoutUnknowns(M::Fields().Encode(*model), Value());
  }

 private:
  std::string type_name_;
  Schema schema_;
};

}  // namespace kproto
