// SPDX-License-Identifier: MPL-2.0
#include "tests/sweep/api_cases.h"

#include <algorithm>
#include <set>
#include <string>
#include <utility>

namespace kproto::testing {
namespace {

constexpr ApiFault kFaultsOfWrites[] = {ApiFault::kKillAfter, ApiFault::kServerError,
                                        ApiFault::kDropped,   ApiFault::kKillBefore,
                                        ApiFault::kRefused,   ApiFault::kReset};
// A read whose answer is lost is one that was not made.
constexpr ApiFault kFaultsOfReads[] = {ApiFault::kKillBefore, ApiFault::kServerError,
                                       ApiFault::kRefused, ApiFault::kReset};

constexpr size_t kWritesSampled = 8, kReadsSampled = 3;
constexpr int kOccurrencesSpoiled = 2;  // polls are one call made many times
constexpr size_t kRetriedInOneGo = 12;

using Cases = std::vector<std::pair<ApiCall, ApiFault>>;

// Without repetitions and by caller, verb and path: in the order of the calls, which steps that go
// side by side make another one each time, no two runs would take the same sample.
std::vector<ApiCall> Sorted(const std::vector<ApiCall>& calls, bool writes) {
  std::vector<ApiCall> sorted;
  for (const ApiCall& call : calls) {
    if (call.writes() == writes && call.occurrence == 1) {
      sorted.push_back(call);
    }
  }
  std::sort(sorted.begin(), sorted.end());
  return sorted;
}

template <size_t kKinds>
void AddSpread(const std::vector<ApiCall>& calls, size_t count, const ApiFault (&kinds)[kKinds],
               int turn, ApiFaults& faults) {
  count = std::min(count, calls.size());
  for (size_t i = 0; i < count; ++i) {
    faults[calls[(2 * i + 1) * calls.size() / (2 * count)]] = kinds[(turn + i) % kKinds];
  }
}

// What the provider's own client tries again, unseen. helm gives up at once.
bool IsRetried(const ApiCall& call, ApiFault fault) {
  return call.who == "kproto" && (fault == ApiFault::kServerError || fault == ApiFault::kReset ||
                                  fault == ApiFault::kDropped);
}

// A go is spread over the operation, and has one fault for a call.
std::vector<ApiFaults> InGoes(const Cases& cases, size_t in_one_go) {
  constexpr size_t kStride = 61;  // a prime; no number of cases is a multiple of it but by chance
  std::vector<ApiFaults> goes;
  for (size_t first = 0; first < kStride; ++first) {
    for (size_t i = first; i < cases.size(); i += kStride) {
      const auto place = std::find_if(goes.begin(), goes.end(), [&](const ApiFaults& go) {
        return go.size() < in_one_go && !go.contains(cases[i].first);
      });
      if (place == goes.end()) {
        goes.push_back({cases[i]});
      } else {
        place->insert(cases[i]);
      }
    }
  }
  return goes;
}

}  // namespace

ApiFaults SampleOf(const std::vector<ApiCall>& calls, int turn) {
  ApiFaults faults;
  AddSpread(Sorted(calls, true), kWritesSampled, kFaultsOfWrites, turn, faults);
  AddSpread(Sorted(calls, false), kReadsSampled, kFaultsOfReads, turn, faults);
  return faults;
}

ApiFaults RefusedDeletesOfHelm(const std::vector<ApiCall>& calls) {
  ApiFaults faults;
  for (const ApiCall& call : calls) {
    if (call.who == "helm" && call.method == "DELETE") {
      faults[call] = ApiFault::kRefused;
    }
  }
  return faults;
}

std::vector<ApiFaults> AllOf(const std::vector<ApiCall>& calls, size_t in_one_go,
                             const std::function<bool(const ApiCall&, ApiFault)>& wanted) {
  Cases retried, failing;
  std::set<std::string> kinds;
  const auto add = [&](const ApiCall& call, ApiFault fault) {
    if (wanted(call, fault)) {
      (IsRetried(call, fault) ? retried : failing).emplace_back(call, fault);
    }
  };
  for (const ApiCall& call : calls) {
    const bool first_of_kind = kinds.insert(call.Kind()).second;
    if (call.writes() && call.occurrence <= kOccurrencesSpoiled) {
      for (const ApiFault fault : kFaultsOfWrites) {
        add(call, fault);
      }
    } else if (!call.writes() && first_of_kind) {
      for (const ApiFault fault : kFaultsOfReads) {
        add(call, fault);
      }
    }
  }
  std::vector<ApiFaults> all = InGoes(retried, kRetriedInOneGo);
  for (ApiFaults& go : InGoes(failing, in_one_go)) {
    all.push_back(std::move(go));
  }
  return all;
}

}  // namespace kproto::testing
