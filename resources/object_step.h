// SPDX-License-Identifier: MPL-2.0
// ObjectStep: the step of one thing that one POST makes and that then takes its time: a VPC, a NAT
// gateway, a project. DigitalOcean has no idempotency keys, but most have names that are unique in
// an account. So the step looks for the name, writes into the journal that it is about to ask, and
// asks. After a lost answer or a crash, what has the name by then is what was asked for; what had
// the name before is somebody else's, and is refused with the way to import it. Kinds whose names
// are not unique carry the mark of the journal's intent instead, as a tag.
//
// A kind derives from it and says how it is listed, read, made, changed and deleted. Not
// thread-safe: one runner works it at a time.
#pragma once

#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/status_macros.h"
#include "clients/http/response.h"
#include "provider/reconcile/journal.h"
#include "provider/reconcile/poll_pace.h"
#include "provider/reconcile/step.h"
#include "provider/schema/attr.h"

namespace kproto {

// How far a thing is on its way to what it shall be.
struct Progress {
  enum class Kind { kReady, kNotYet, kFailed, kGoing };  // kGoing: it is being deleted
  Kind kind = Kind::kReady;
  std::string text;  // its state as DigitalOcean spells it
};

// What a thing is called where people read it.
struct ObjectNames {
  std::string step;      // "nat_gateway"
  std::string noun;      // "NAT gateway"
  std::string resource;  // "kproto_vpc_nat_gateway", by which one that is there is imported
};

// Where a step keeps what it knows: the id in the state, and while creating a fact in the intent.
struct ObjectRecord {
  Journal& journal;
  std::optional<Intent>& intent;  // nullopt unless creating
  std::string fact;               // "nat_gateway_id"
  Attr<std::string>& id;

  std::string Mark() const;            // "kproto:<nonce>", while creating
  bool Asked() const;                  // an earlier run, or this one, was about to make it
  absl::Status NoteAsked(bool asked);  // false: it is certain that nothing was made
  absl::Status NoteId(const std::string& id_made);
  // Whether another intent holds this id: two blocks of one configuration may use the same name.
  bool IsAnothers(const std::string& other_id) const;
};

// The errors of ObjectStep, for all kinds.
absl::Status ExistsAlready(const ObjectNames& names, const std::string& name,
                           const std::string& id);
absl::Status StoppedWaiting(const ObjectNames& names, const std::string& id,
                            const Progress& progress);
absl::Status Failed(const ObjectNames& names, const std::string& id, const Progress& progress);

template <typename Object>
class ObjectStep : public Step {
 public:
  ObjectStep(ObjectNames names, ObjectRecord record)
      : names_(std::move(names)), record_(std::move(record)) {}

  // --- What a kind says of itself ---------------------------------------------------------------

  virtual absl::StatusOr<std::vector<Object>> List(std::stop_token stop) = 0;
  virtual absl::StatusOr<std::optional<Object>> Get(const std::string& id,
                                                    std::stop_token stop) = 0;
  virtual absl::StatusOr<Object> Create(std::stop_token stop) = 0;
  virtual absl::Status Delete(const std::string& id, std::stop_token stop) = 0;
  virtual std::string WantedName() const = 0;
  // Whether names are unique in the account, and so tell what an earlier attempt has made. Where
  // they are not, IsMarked tells it.
  virtual bool NamesAreUnique() const { return true; }
  virtual bool IsMarked(const Object& /*object*/) const { return false; }
  // Whether one of the wanted name can be what was asked for, by what can never be changed.
  virtual bool AsAsked(const Object& object) const = 0;
  virtual Progress ProgressOf(const Object& object) const = 0;
  // What Update has to do, for people; "" when nothing.
  virtual std::string DifferenceOf(const Object& live) const = 0;
  virtual absl::StatusOr<Object> Update(const Object& live, std::stop_token stop) = 0;
  // Whether a change is refused only because an earlier one is still being worked on.
  virtual bool IsBusy(const absl::Status& /*refusal*/) const { return false; }
  // Whether a refused delete will be accepted later, as when members have yet to go.
  virtual bool RefusalPasses(const absl::Status& refusal) const {
    return absl::IsAborted(refusal) || absl::IsUnavailable(refusal);
  }
  // What to say when it did not pass in time.
  virtual absl::Status WhyNotGone(const std::string& /*id*/, const absl::Status& refusal) {
    return refusal;
  }

  // --- Step -------------------------------------------------------------------------------------

  absl::string_view name() const override { return names_.step; }

  absl::Status Observe(const StepContext& context) override {
    live_.reset();
    if (record_.id.is_known()) {
      KPROTO_ASSIGN_OR_RETURN(live_, Get(*record_.id, context.stop));
      return absl::OkStatus();
    }
    return record_.intent ? FindOwn(context) : absl::OkStatus();
  }

  Difference Compare() const override {
    if (!live_) {
      return Difference::Missing(absl::StrCat(names_.noun, " ", WantedName()));
    }
    const Progress progress = ProgressOf(*live_);
    if (progress.kind != Progress::Kind::kReady) {
      return Difference::Differs(absl::StrCat(names_.noun, " is ", progress.text));
    }
    const std::string difference = DifferenceOf(*live_);
    return difference.empty() ? Difference::None() : Difference::Differs(difference);
  }

  absl::Status Apply(const StepContext& context) override {
    if (!live_) {
      if (!record_.intent) {
        return absl::NotFoundError(
            absl::StrCat("the ", names_.noun, " is gone; run plan again to see it made anew"));
      }
      KPROTO_RETURN_IF_ERROR(CreateOnce(context));
    }
    KPROTO_RETURN_IF_ERROR(WaitUntilReady(context));
    if (DifferenceOf(*live_).empty()) {
      return absl::OkStatus();
    }
    KPROTO_RETURN_IF_ERROR(UpdateWhenAccepted(context));
    return WaitUntilReady(context);
  }

  absl::Status Remove(const StepContext& context) override {
    if (!live_) {
      return absl::OkStatus();
    }
    const std::string id = live_->id;
    if (ProgressOf(*live_).kind != Progress::Kind::kGoing) {
      KPROTO_RETURN_IF_ERROR(DeleteWhenAccepted(id, context));
    }
    PollPace pace(context.clock);
    while (true) {
      KPROTO_ASSIGN_OR_RETURN(live_, Get(id, context.stop));
      if (!live_) {
        break;
      }
      if (!context.clock.Sleep(pace.Next(), context.stop)) {
        return absl::CancelledError(absl::StrCat("stopped waiting for ", names_.noun, " ", id,
                                                 " to go; it is being deleted"));
      }
    }
    record_.id = {};
    return absl::OkStatus();
  }

  // As last seen; nullopt when it is not there.
  const std::optional<Object>& live() const { return live_; }

 protected:
  const ObjectRecord& record() const { return record_; }

  // `object` is what this step is about from now on.
  absl::Status Found(Object object) {
    record_.id = object.id;
    live_ = std::move(object);
    return record_.NoteId(live_->id);
  }

 private:
  absl::Status FindOwn(const StepContext& context) {
    const auto fact = record_.intent->facts.find(record_.fact);
    if (fact != record_.intent->facts.end()) {
      KPROTO_ASSIGN_OR_RETURN(std::optional<Object> known, Get(fact->second, context.stop));
      if (known) {
        return Found(*std::move(known));
      }
    }
    return FindMade(context);
  }

  absl::Status FindMade(const StepContext& context) {
    KPROTO_ASSIGN_OR_RETURN(std::vector<Object> all, List(context.stop));
    for (Object& object : all) {
      if (NamesAreUnique() ? object.name != WantedName() : !IsMarked(object)) {
        continue;
      }
      if (NamesAreUnique() &&
          (!record_.Asked() || !AsAsked(object) || record_.IsAnothers(object.id))) {
        return ExistsAlready(names_, object.name, object.id);
      }
      return Found(std::move(object));
    }
    return absl::OkStatus();
  }

  // Observe has seen that there is none yet.
  absl::Status CreateOnce(const StepContext& context) {
    KPROTO_RETURN_IF_ERROR(record_.NoteAsked(true));
    absl::StatusOr<Object> made = Create(context.stop);
    if (!made.ok() && http::MayHaveTakenEffect(made.status())) {
      // The answer was lost. Whether it was made is for the cloud to say: ask it.
      if (const absl::Status looked = FindMade(context); !looked.ok()) {
        return http::MarkMayHaveTakenEffect(looked);
      }
      if (live_) {
        return absl::OkStatus();
      }
      made = Create(context.stop);
      // Refused now, it may be because the first one was made after all.
      if (!made.ok() && FindMade(context).ok() && live_) {
        return absl::OkStatus();
      }
    }
    if (!made.ok()) {
      if (!http::MayHaveTakenEffect(made.status())) {
        KPROTO_RETURN_IF_ERROR(record_.NoteAsked(false));
      }
      return Annotate(made.status(), absl::StrCat("could not create the ", names_.noun));
    }
    return Found(*std::move(made));
  }

  absl::Status WaitUntilReady(const StepContext& context) {
    const std::string id = live_->id;
    Progress progress = ProgressOf(*live_);
    PollPace pace(context.clock);
    while (progress.kind == Progress::Kind::kNotYet) {
      if (!context.clock.Sleep(pace.Next(), context.stop)) {
        return StoppedWaiting(names_, id, progress);
      }
      absl::StatusOr<std::optional<Object>> seen = Get(id, context.stop);
      if (!seen.ok()) {
        return context.stop.stop_requested() ? StoppedWaiting(names_, id, progress) : seen.status();
      }
      if (!*seen) {
        live_.reset();
        return absl::NotFoundError(
            absl::StrCat(names_.noun, " ", id, " disappeared while waiting for it"));
      }
      live_ = *std::move(seen);
      progress = ProgressOf(*live_);
    }
    return progress.kind == Progress::Kind::kReady ? absl::OkStatus()
                                                   : Failed(names_, id, progress);
  }

  absl::Status UpdateWhenAccepted(const StepContext& context) {
    PollPace pace(context.clock);
    while (true) {
      absl::StatusOr<Object> updated = Update(*live_, context.stop);
      if (updated.ok()) {
        live_ = *std::move(updated);
        return absl::OkStatus();
      }
      if (!IsBusy(updated.status()) || !context.clock.Sleep(pace.Next(), context.stop)) {
        return updated.status();
      }
    }
  }

  absl::Status DeleteWhenAccepted(const std::string& id, const StepContext& context) {
    PollPace pace(context.clock);
    while (true) {
      const absl::Status status = Delete(id, context.stop);
      if (status.ok()) {
        return status;
      }
      if (context.stop.stop_requested()) {
        return WhyNotGone(id, status);
      }
      if (!RefusalPasses(status)) {
        return Annotate(status, absl::StrCat("could not delete the ", names_.noun));
      }
      if (!context.clock.Sleep(pace.Next(), context.stop)) {
        return WhyNotGone(id, status);
      }
    }
  }

  const ObjectNames names_;
  ObjectRecord record_;
  std::optional<Object> live_;
};

}  // namespace kproto
