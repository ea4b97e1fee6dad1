// SPDX-License-Identifier: MPL-2.0
#include "resources/object_step.h"

#include "provider/runtime/diagnostics.h"

namespace kproto {
namespace {

// The fact that a POST was about to be sent.
std::string AskedFact(const std::string& fact) { return absl::StrCat(fact, "_asked"); }

}  // namespace

std::string ObjectRecord::Mark() const { return absl::StrCat("kproto:", intent->nonce); }

bool ObjectRecord::Asked() const { return intent && intent->facts.count(AskedFact(fact)) != 0; }

absl::Status ObjectRecord::NoteAsked(bool asked) {
  if (asked) {
    intent->facts[AskedFact(fact)] = "yes";
  } else {
    intent->facts.erase(AskedFact(fact));
  }
  return journal.Note(*intent);
}

absl::Status ObjectRecord::NoteId(const std::string& id_made) {
  if (!intent) {
    return absl::OkStatus();
  }
  intent->facts[fact] = id_made;
  return journal.Note(*intent);
}

bool ObjectRecord::IsAnothers(const std::string& other_id) const {
  const auto intents = journal.All();
  if (!intents.ok()) {
    return false;
  }
  for (const Intent& other : *intents) {
    const auto held = other.facts.find(fact);
    if (other.nonce != intent->nonce && held != other.facts.end() && held->second == other_id) {
      return true;
    }
  }
  return false;
}

absl::Status ExistsAlready(const ObjectNames& names, const std::string& name,
                           const std::string& id) {
  return WithPath(WithHint(absl::AlreadyExistsError(absl::StrCat(
                               "a ", names.noun, " named \"", name, "\" exists already (id ", id,
                               ") and was not made by this apply")),
                           absl::StrCat("To manage it here: tofu import ", names.resource, ".NAME ",
                                        id, ". Otherwise choose another name.")),
                  Path("name"));
}

absl::Status StoppedWaiting(const ObjectNames& names, const std::string& id,
                            const Progress& progress) {
  return WithHint(absl::CancelledError(absl::StrCat("stopped while waiting for ", names.noun, " ",
                                                    id, ", which is ", progress.text)),
                  "Nothing is lost: apply again to go on.");
}

absl::Status Failed(const ObjectNames& names, const std::string& id, const Progress& progress) {
  return WithHint(absl::FailedPreconditionError(absl::StrCat("DigitalOcean reports ", names.noun,
                                                             " ", id, " as ", progress.text)),
                  "Apply again to have it replaced; if that fails as well, ask DigitalOcean.");
}

}  // namespace kproto
