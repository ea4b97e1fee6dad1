// SPDX-License-Identifier: MPL-2.0
// KnownKeys: which keys a chart reads. Charts do not say it in one place, so four are asked: the
// defaults (values.yaml, with keys that are only commented in it), values.schema.json, the
// templates, and what is by its nature free: annotations, labels, configuration of the program
// itself. A key is unknown only when none of them knows it, so that no right key is ever refused.
// Pure; keeps a pointer to the chart's contents.
#pragma once

#include <set>
#include <string>
#include <vector>

#include "clients/helm/helm.h"

namespace kproto::monitoring_stack {

class KnownKeys {
 public:
  using Json = nlohmann::json;
  using KeyPath = std::vector<std::string>;

  // `chart` is its official name ("loki"); `contents` must outlive this object.
  KnownKeys(std::string chart, const helm::ChartContents* contents);

  enum class Answer {
    kKnown,    // and its children may be asked for
    kFree,     // whatever stands below it is the user's own
    kUnknown,  // no template reads it
  };
  // `path`'s parents are known.
  Answer Ask(const KeyPath& path) const;

  // Whether the chart wants a map there.
  bool IsMap(const KeyPath& path) const;

  // Keys that were probably meant, best first; may be empty.
  std::vector<KeyPath> Meant(const KeyPath& path) const;

  // What became of a key that earlier versions of the chart had; "" for any other.
  std::string Renamed(const KeyPath& path) const;

 private:
  const Json* Default(const KeyPath& path) const;
  const Json* SchemaOf(const KeyPath& path) const;
  const Json* Resolved(const Json& schema) const;
  bool IsFree(const KeyPath& path) const;
  bool TemplatesName(const KeyPath& path) const;
  void Collect(const Json& values, KeyPath& at);
  void CollectCommented();

  const std::string chart_;
  const helm::ChartContents* const contents_;
  std::vector<KeyPath> all_;         // keys of the defaults, in their order
  std::set<std::string> commented_;  // "persistence.existingClaim": in the defaults as a comment
};

}  // namespace kproto::monitoring_stack
