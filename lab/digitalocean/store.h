// SPDX-License-Identifier: MPL-2.0
// Store: everything the cloud holds, as one JSON document in one file. Each kind is an array of
// objects with an "id", in the order of their making; what the API does not show is in the member
// "_" of an object. Saved by an atomic replace after every call that changed something.
#pragma once

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "lab/digitalocean/json_fields.h"

namespace kproto::lab {

// Not thread-safe: the simulator's lock guards it.
class Store {
 public:
  // An empty path keeps everything in memory only. A file that is there is read (an unreadable one
  // is an error: guessing would lose objects).
  absl::Status Open(const std::string& path);

  Json& root() { return root_; }
  // The array of a kind, made when missing.
  Json& All(const char* kind);
  // Null when there is none.
  Json* Find(const char* kind, const std::string& id);
  // True when something was removed.
  bool Remove(const char* kind, const std::string& id);
  // 1, 2, 3… over restarts.
  uint64_t NextSerial();

  // To be called by whoever changed something. Changed-ness is also how the backend driver knows
  // that there may be news for it.
  void Touch() { ++revision_; }
  uint64_t revision() const { return revision_; }

  // Writes if touched since the last save.
  absl::Status Save();

 private:
  std::string path_;
  Json root_ = Json::object();
  uint64_t revision_ = 1;
  uint64_t saved_ = 0;
};

}  // namespace kproto::lab
