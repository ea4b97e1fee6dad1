// SPDX-License-Identifier: MPL-2.0
// EphemeralResource<Model>: something that lives for one run of the host and is stored nowhere.
// The counterpart of Resource<Model> (resource.h) for `ephemeral` blocks. The host opens it anew in
// plan and apply; what Open put out stays as it is until Close, for the protocol's Renew carries no
// values.
#pragma once

#include <optional>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "provider/runtime/any.h"
#include "provider/runtime/plan.h"
#include "provider/runtime/validate.h"
#include "provider/schema/model.h"

namespace kproto {

// What the host keeps, in memory, while the thing is open.
struct Lease {
  PrivateState private_state;          // handed back to Renew and Close; no secrets
  std::optional<absl::Time> renew_at;  // when Renew is to be called; nullopt: never
};

template <typename M>
class EphemeralResource : public AnyEphemeralResource {
 public:
  EphemeralResource(std::string type_name, std::string description)
      : type_name_(std::move(type_name)), schema_(SchemaOf<M>(0, std::move(description))) {}

  virtual void ValidateModel(const M& /*config*/, Diagnostics& /*diagnostics*/) {}
  // `state` comes as configured and leaves with what was opened.
  virtual Lease OpenModel(M& state, const RequestContext& context, Diagnostics& diagnostics) = 0;
  virtual Lease RenewLease(const PrivateState& private_state, const RequestContext& context,
                           Diagnostics& diagnostics) = 0;
  // Closing twice, or what is gone, is no error.
  virtual void CloseLease(const PrivateState& private_state, const RequestContext& context,
                          Diagnostics& diagnostics) = 0;

  const std::string& type_name() const override { return type_name_; }
  const Schema& schema() const override { return schema_; }

  void Validate(const RequestContext& context, const Value& config,
                Diagnostics& diagnostics) override {
    ValidateConfig(schema_, config, context.client, diagnostics);
    const absl::StatusOr<M> model = M::Fields().Decode(config);
    if (model.ok()) {
      ValidateModel(*model, diagnostics);
    }
  }

  EphemeralResult Open(const RequestContext& context, const Value& config,
                       Diagnostics& diagnostics) override {
    absl::StatusOr<M> model = M::Fields().Decode(config);
    if (!model.ok()) {
      diagnostics.AddStatus(model.status(), absl::StrCat("Could not read ", type_name_));
      return {};
    }
    Lease lease = OpenModel(*model, context, diagnostics);
    return {WithoutUnknowns(M::Fields().Encode(*model), Value()), std::move(lease.private_state),
            lease.renew_at};
  }

  EphemeralResult Renew(const RequestContext& context, const PrivateState& private_state,
                        Diagnostics& diagnostics) override {
    Lease lease = RenewLease(private_state, context, diagnostics);
    return {Value(), std::move(lease.private_state), lease.renew_at};
  }

  void Close(const RequestContext& context, const PrivateState& private_state,
             Diagnostics& diagnostics) override {
    CloseLease(private_state, context, diagnostics);
  }

 private:
  std::string type_name_;
  Schema schema_;
};

}  // namespace kproto
