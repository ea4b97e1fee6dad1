// SPDX-License-Identifier: MPL-2.0
#include "resources/creation.h"

#include "absl/strings/str_cat.h"

namespace kproto {

absl::StatusOr<Creation> Creation::Begin(Journal& journal, const std::string& key) {
  KPROTO_ASSIGN_OR_RETURN(Intent intent, journal.Begin(key));
  return Creation(journal, std::move(intent));
}

std::string Creation::mark() const { return absl::StrCat("kproto:", intent_.nonce); }

std::string Creation::fact(const std::string& name) const {
  const auto found = intent_.facts.find(name);
  return found == intent_.facts.end() ? "" : found->second;
}

absl::Status Creation::Note(const std::string& fact, const std::string& value) {
  intent_.facts[fact] = value;
  return journal_->Note(intent_);
}

void Creation::End(Outcome outcome, Diagnostics& diagnostics) {
  absl::Status status;
  if (outcome == Outcome::kNothing) {
    status = journal_->Drop(intent_.nonce);
  } else {
    intent_.finished = true;
    status = journal_->Note(intent_);
  }
  if (!status.ok()) {
    diagnostics.AddWarning("Journal not written", std::string(status.message()));
  }
}

void ForgetCreation(Journal& journal, const std::string& fact, const std::string& value) {
  const auto intents = journal.All();
  if (!intents.ok()) {
    return;  // Reading must not fail for it; the entry only stays longer.
  }
  for (const Intent& intent : *intents) {
    const auto found = intent.facts.find(fact);
    if (found != intent.facts.end() && found->second == value) {
      (void)journal.Drop(intent.nonce);
    }
  }
}

}  // namespace kproto
