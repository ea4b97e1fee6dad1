// SPDX-License-Identifier: MPL-2.0
#include "resources/monitoring_stack/policy_settings.h"

namespace kproto {
namespace {

FieldOption Policy(const char* of) {
  return [of](Attribute& a) {
    Optional()(a);
    Check(OneOf({"fix", "warn", "ignore"}))(a);
    Doc(std::string("Drift of ") + of + " Default: `fix`.")(a);
  };
}

}  // namespace

const Table<StackOnDrift>& StackOnDrift::Fields() {
  static const auto& table = *new Table<StackOnDrift>({
      Field("release", &StackOnDrift::release,
            Policy("Argo CD's Helm release: its status and its values.")),
      Field("objects", &StackOnDrift::objects,
            Policy("the objects that the stack itself makes: namespaces, Secrets, rights, quotas, "
                   "AppProjects.")),
      Field("applications", &StackOnDrift::applications,
            Policy("what Argo CD runs: Applications that are missing, changed or degraded.")),
  });
  return table;
}

const Table<StackDriftLayers>& StackDriftLayers::Fields() {
  static const auto& table = *new Table<StackDriftLayers>({
      Field("release", &StackDriftLayers::release, Computed(), Doc("Of Argo CD's Helm release.")),
      Field("objects", &StackDriftLayers::objects, Computed(),
            Doc("Of objects that the stack itself makes.")),
      Field("applications", &StackDriftLayers::applications, Computed(),
            Doc("Of what Argo CD runs.")),
  });
  return table;
}

}  // namespace kproto
