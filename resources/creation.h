// SPDX-License-Identifier: MPL-2.0
// Creation: making one object of a kind whose POST has no idempotency key, and never two. The
// intent is in the journal before the POST; when an answer is lost or the provider is killed, what
// was made is looked for before anything is asked for again. What an object is found by (a mark, or
// a name that nobody else can have) is the caller's affair.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <utility>

#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "clients/http/response.h"
#include "provider/reconcile/journal.h"
#include "provider/runtime/diagnostics.h"

namespace kproto {

// Not thread-safe. `journal` outlives it.
class Creation {
 public:
  // The open intent of `key` ("kproto_load_balancer/web/nyc3"), or a new one.
  static absl::StatusOr<Creation> Begin(Journal& journal, const std::string& key);

  // What marks the object, as a tag or in a text: "kproto:<nonce>".
  std::string mark() const;
  // What an earlier run noted; "" when nothing.
  std::string fact(const std::string& name) const;
  absl::Status Note(const std::string& fact, const std::string& value);

  // What `find` finds, else what `create` makes. Looks again when it is not known whether the
  // create was carried out; an error that leaves it unknown still says so (MayHaveTakenEffect).
  template <typename T>
  static absl::StatusOr<T> Once(const std::function<absl::StatusOr<std::optional<T>>()>& find,
                                const std::function<absl::StatusOr<T>()>& create) {
    KPROTO_ASSIGN_OR_RETURN(std::optional<T> there, find());
    if (there) {
      return *std::move(there);
    }
    absl::StatusOr<T> made = create();
    if (made.ok() || !http::MayHaveTakenEffect(made.status())) {
      return made;
    }
    absl::StatusOr<std::optional<T>> looked = find();
    if (!looked.ok()) {
      return http::MarkMayHaveTakenEffect(looked.status());
    }
    return *looked ? absl::StatusOr<T>(**std::move(looked)) : create();
  }

  enum class Outcome { kNothing, kObject };  // kObject: there is one, or may be one
  // Tells the journal. What goes wrong there is a warning: the object is safe in the state.
  void End(Outcome outcome, Diagnostics& diagnostics);

 private:
  Creation(Journal& journal, Intent intent) : journal_(&journal), intent_(std::move(intent)) {}

  Journal* journal_;
  Intent intent_;
};

// For reads: the state is seen to hold the object that `fact` names as `value`, so the journal need
// not remember it any longer.
void ForgetCreation(Journal& journal, const std::string& fact, const std::string& value);

}  // namespace kproto
