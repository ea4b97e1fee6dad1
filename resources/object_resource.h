// SPDX-License-Identifier: MPL-2.0
// ObjectResource: a resource that is one thing at DigitalOcean, over its ObjectStep: create and
// what goes on with an unfinished one, read, update, destroy, import by id or name. A kind derives
// from it and says how its step is made and how what the API says reads.
//
// A model M has the members id, name and timeouts; an Object has id and name.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/log.h"
#include "provider/reconcile/runner.h"
#include "provider/runtime/resource.h"
#include "resources/connections.h"
#include "resources/import_choice.h"
#include "resources/object_step.h"
#include "resources/planned_action.h"
#include "resources/promises.h"
#include "resources/timeouts.h"

namespace kproto {

// What the step of one operation works on.
template <typename M>
struct ObjectWork {
  digitalocean::DigitalOcean& api;
  Journal& journal;
  const M wanted;  // as planned, or as stored when reading or destroying
  M& state;        // what is known to be; the id is written at once
  std::optional<Intent> intent = std::nullopt;  // only while creating

  ObjectRecord Record() { return {journal, intent, "id", state.id}; }
};

// How DigitalOcean says of itself that a deletion was begun, as by a destroy whose answer was lost.
inline constexpr char kDeleting[] = "DELETING";

// A plan in the making.
template <typename M>
struct Planning {
  const M* prior;  // nullptr on create
  const M& config;
  M& planned;
  std::vector<Path>& replace;  // not empty: it will be planned again, as a create
  Operation& operation;
};

struct ObjectLimits {
  absl::Duration create, update, remove;
};

// Puts the journal in order after a create. Nothing came of it: it need not remember. Otherwise the
// host is being told of what there is.
void SettleIntent(Journal& journal, Intent intent, bool nothing_made, Diagnostics& diagnostics);
// Drops the entries of a thing that the state is seen to hold; `fact` is the name of its id in
// them.
void DropSettledIntents(Journal& journal, const std::string& id, const std::string& fact = "id");

template <typename M, typename Object>
class ObjectResource : public Resource<M> {
 public:
  ObjectResource(Connections& connections, ObjectNames names, ObjectLimits limits,
                 std::string description)
      : Resource<M>(names.resource, 0, std::move(description)),
        names_(std::move(names)),
        limits_(limits),
        connections_(connections) {}

  // --- What a kind says of itself ---------------------------------------------------------------

  virtual std::unique_ptr<ObjectStep<Object>> MakeStep(ObjectWork<M>& work) = 0;
  // Writes what the API says into `state`, which supplies the user's spelling.
  virtual void ReadObject(const Object& live, M& state) = 0;
  // Who wants the thing: type, name and what can never be changed.
  virtual std::string IntentKey(const M& model) = 0;
  // Whether it was once seen to be ready; one that is not is gone on with rather than replaced.
  virtual bool IsFinished(const M& state) = 0;
  // The attribute that reads DELETING on the way out; nullptr for kinds that are gone at once.
  virtual Attr<std::string> M::*Status() const { return nullptr; }
  // The plan's checks and refinements, with a reachable API.
  virtual void CheckPlan(digitalocean::DigitalOcean& /*api*/, Planning<M>& /*plan*/) {}
  // What people should know of `live` that no apply can mend.
  virtual void Warn(const Object& /*live*/, Diagnostics& /*diagnostics*/) {}

  // --- Resource ---------------------------------------------------------------------------------

  void ModifyPlan(const M* prior, const M& config, M& planned, std::vector<Path>& replace,
                  Operation& operation) override {
    if (prior != nullptr && IsGoing(*prior)) {
      // Only what differs is a reason to replace, in the eyes of the host.
      planned.id = Attr<std::string>::Unknown();
      planned.*Status() = Attr<std::string>::Unknown();
      replace.push_back(Path("id"));
    }
    const auto api = connections_.DigitalOceanForReading();
    if (api.ok()) {
      Planning<M> plan{prior, config, planned, replace, operation};
      CheckPlan(**api, plan);
    } else if (!absl::IsUnavailable(api.status())) {  // else: the token is not known yet
      operation.diagnostics.AddStatus(api.status(), "DigitalOcean is not configured");
    }
    operation.private_state =
        PlannedPrivate(prior == nullptr ? "create" : "update", IntentKey(planned),
                       prior == nullptr ? "" : prior->id.value_or(""));
  }

  void PlanDestroy(const M& prior, Operation& operation) override {
    operation.private_state = PlannedPrivate("destroy", IntentKey(prior));
  }

  Existence Create(const M&, M& state, Operation& operation) override {
    const std::string summary = absl::StrCat("Could not create ", Title(state));
    const auto api = connections_.DigitalOcean();
    auto intent = api.ok() ? connections_.journal().Begin(IntentKey(state))
                           : absl::StatusOr<Intent>(api.status());
    if (!intent.ok()) {
      operation.diagnostics.AddStatus(intent.status(), summary);
      return Existence::kAbsent;
    }
    ObjectWork<M> work{**api, connections_.journal(), state, state, *std::move(intent)};
    state.id = {};  // A plan knows it already when it adopts.
    const auto step = MakeStep(work);
    const RunReport report =
        RunnerFor(state, "create", &Timeouts::create, limits_.create, operation)
            .Converge({step.get()});
    Finish(*step, report, summary, state, operation);
    if (report.status.ok()) {
      KeepPromises(work.wanted, state);
    }
    const bool nothing_made = !state.id.is_known();
    SettleIntent(connections_.journal(), *work.intent,
                 nothing_made && !http::MayHaveTakenEffect(report.status), operation.diagnostics);
    return nothing_made ? Existence::kAbsent : Existence::kPresent;
  }

  Existence Read(M& state, Operation& operation) override {
    const std::string summary = absl::StrCat("Could not read ", Title(state));
    const auto api = connections_.DigitalOceanForReading();
    if (!api.ok()) {
      operation.diagnostics.AddStatus(api.status(), summary);
      return Existence::kPresent;
    }
    ObjectWork<M> work{**api, connections_.journal(), state, state};
    const auto live = MakeStep(work)->Get(state.id.value_or(""), operation.request.stop);
    if (!live.ok()) {
      operation.diagnostics.AddStatus(live.status(), summary);
      return Existence::kPresent;
    }
    if (!*live) {
      return Existence::kAbsent;
    }
    ReadObject(**live, state);
    Warn(**live, operation.diagnostics);
    if (IsFinished(state)) {
      DropSettledIntents(connections_.journal(), *state.id);
    }
    return Existence::kPresent;
  }

  void Update(const M& prior, const M&, M& state, Operation& operation) override {
    const std::string summary = absl::StrCat("Could not update ", Title(state));
    const auto api = connections_.DigitalOcean();
    if (!api.ok()) {
      operation.diagnostics.AddStatus(api.status(), summary);
      state = prior;
      return;
    }
    ObjectWork<M> work{**api, connections_.journal(), state, state};
    const auto step = MakeStep(work);
    const RunReport report =
        RunnerFor(state, "update", &Timeouts::update, limits_.update, operation)
            .Converge({step.get()});
    if (!report.status.ok()) {
      state = prior;  // Half-way: the state tells what is, so that the next plan shows the rest.
    }
    Finish(*step, report, summary, state, operation);
    if (report.status.ok()) {
      KeepPromises(work.wanted, state);
    }
  }

  void Delete(M& state, Operation& operation) override {
    const std::string summary = absl::StrCat("Could not destroy ", Title(state));
    const auto api = connections_.DigitalOcean();
    if (!api.ok()) {
      operation.diagnostics.AddStatus(api.status(), summary);
      return;
    }
    ObjectWork<M> work{**api, connections_.journal(), state, state};
    const auto step = MakeStep(work);
    const absl::StatusOr<bool> handed_over = HandOver(*step, state, operation);
    if (!handed_over.ok() || *handed_over) {
      operation.diagnostics.AddStatus(handed_over.status(), summary);
      return;
    }
    const std::string id = state.id.value_or("");
    const RunReport report =
        RunnerFor(state, "delete", &Timeouts::remove, limits_.remove, operation)
            .Remove({step.get()});
    Finish(*step, report, summary, state, operation);
    if (report.status.ok()) {
      DropSettledIntents(connections_.journal(), id);
    }
  }

  void ImportModel(const std::string& id, M& state, Operation& operation) override {
    const std::string summary = absl::StrCat("Could not import ", names_.noun, " \"", id, "\"");
    const auto api = connections_.DigitalOceanForReading();
    if (!api.ok()) {
      operation.diagnostics.AddStatus(api.status(), summary);
      return;
    }
    ObjectWork<M> work{**api, connections_.journal(), state, state};
    const auto all = MakeStep(work)->List(operation.request.stop);
    if (!all.ok()) {
      operation.diagnostics.AddStatus(all.status(), summary);
      return;
    }
    std::vector<ImportCandidate> candidates;
    for (const Object& object : *all) {
      candidates.push_back({object.id, object.name, PlaceOf(object)});
    }
    const auto chosen = ChooseForImport(names_.noun, id, candidates);
    if (!chosen.ok()) {
      operation.diagnostics.AddStatus(chosen.status(), summary);
      return;
    }
    ReadObject((*all)[*chosen], state);
  }

 protected:
  Connections& connections() { return connections_; }
  std::string Title(const M& model) const {
    return absl::StrCat(names_.noun, " \"", model.name.value_or(""), "\"");
  }

 private:
  bool IsGoing(const M& state) const {
    return Status() != nullptr && (state.*Status()).value_or("") == kDeleting;
  }

  // What tells two of one name apart.
  static std::string PlaceOf(const Object& object) {
    if constexpr (requires { object.region; }) {
      return object.region;
    }
    return "";
  }

  Runner RunnerFor(const M& state, const char* operation_name, Attr<std::string> Timeouts::*which,
                   absl::Duration fallback, Operation& operation) {
    return Runner(connections_.clock(),
                  {operation.request.stop, TimeoutOr(state.timeouts, which, fallback),
                   operation_name, Title(state)});
  }

  void Finish(const ObjectStep<Object>& step, const RunReport& report, const std::string& summary,
              M& state, Operation& operation) {
    if (step.live()) {
      ReadObject(*step.live(), state);
      Warn(*step.live(), operation.diagnostics);
    }
    operation.diagnostics.AddStatus(report.status, summary);
  }

  // What was not finished is tainted by the host: the next apply deletes and creates it. When the
  // very same is about to be created again, it goes back to the journal, and the create half goes
  // on with it: an address that others have been told stays, and minutes are not thrown away.
  absl::StatusOr<bool> HandOver(ObjectStep<Object>& step, const M& state, Operation& operation) {
    if (IsFinished(state) || !state.id.is_known() ||
        !PlannedToCreate(operation.private_state, IntentKey(state))) {
      return false;
    }
    KPROTO_ASSIGN_OR_RETURN(const std::optional<Object> live,
                            step.Get(*state.id, operation.request.stop));
    const Progress::Kind progress = live ? step.ProgressOf(*live).kind : Progress::Kind::kGoing;
    if (progress == Progress::Kind::kFailed || progress == Progress::Kind::kGoing) {
      return false;  // Nothing to go on with: it is replaced, as the plan says.
    }
    absl::StatusOr<Intent> intent = connections_.journal().Begin(IntentKey(state));
    if (!intent.ok()) {
      return false;
    }
    intent->facts["id"] = *state.id;
    intent->run.clear();  // the create half of this very run may take it up
    intent->finished = true;
    if (!connections_.journal().Note(*intent).ok()) {
      return false;
    }
    Log(LogLevel::kInfo, "what is unfinished is gone on with, not destroyed",
        {{"kind", names_.noun}, {"id", *state.id}});
    return true;
  }

  const ObjectNames names_;
  const ObjectLimits limits_;
  Connections& connections_;
};

}  // namespace kproto
