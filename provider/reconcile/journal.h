// SPDX-License-Identifier: MPL-2.0
// Journal: what this working directory has set out to make and the host may not know yet. Before a
// POST that has no idempotency key, an intent with a nonce is written here and the nonce is put on
// the object; after a crash or a lost answer the next run looks for the nonce and adopts what it
// finds. Entries live under TF_DATA_DIR (default .terraform)/kproto, one 0600 file each, and are
// dropped once the state is seen to hold their object. Losing the journal costs a question, never
// an object. Safe between threads and processes (flock).
#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace kproto {

struct Intent {
  std::string key;                           // who wants it: "kproto_cluster/k8s-prototype/nyc3"
  std::string nonce;                         // what marks the objects made for it
  std::map<std::string, std::string> facts;  // what is known of them so far: "vpc_id" …
  std::string run;                           // the host process that last worked on it
  bool finished = false;                     // the provider has handed its object to that host
};

class Journal {
 public:
  explicit Journal(std::string directory) : directory_(std::move(directory)) {}
  // Of the host's working directory, which is the plugin's as well.
  static Journal OfWorkingDirectory();

  // The open intent of `key`, or a new one with a fresh nonce, written before this returns. An
  // intent that this very host run has finished belongs to another block with the same key: then
  // a further one is begun.
  absl::StatusOr<Intent> Begin(const std::string& key);
  absl::StatusOr<std::optional<Intent>> Find(const std::string& nonce) const;
  absl::StatusOr<std::vector<Intent>> All() const;
  absl::Status Note(const Intent& intent);  // writes facts and finished
  absl::Status Drop(const std::string& nonce);

 private:
  std::string PathOf(const std::string& nonce) const;
  absl::Status Write(const Intent& intent) const;

  std::string directory_;
};

}  // namespace kproto
