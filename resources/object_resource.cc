// SPDX-License-Identifier: MPL-2.0
#include "resources/object_resource.h"

namespace kproto {

void SettleIntent(Journal& journal, Intent intent, bool nothing_made, Diagnostics& diagnostics) {
  intent.finished = true;
  const absl::Status status = nothing_made ? journal.Drop(intent.nonce) : journal.Note(intent);
  if (!status.ok()) {
    diagnostics.AddWarning("Journal not written", std::string(status.message()));
  }
}

void DropSettledIntents(Journal& journal, const std::string& id, const std::string& fact) {
  const auto intents = journal.All();
  if (!intents.ok()) {
    return;  // Reading must not fail for it; the entry only stays longer.
  }
  for (const Intent& intent : *intents) {
    const auto found = intent.facts.find(fact);
    if (found != intent.facts.end() && found->second == id) {
      (void)journal.Drop(intent.nonce);
    }
  }
}

}  // namespace kproto
