// SPDX-License-Identifier: MPL-2.0
#include "resources/project/model.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/strip.h"
#include "resources/reading.h"

namespace kproto {
namespace {

constexpr char kOwnPurpose[] = "Other: ";

}  // namespace

const Table<ProjectModel>& ProjectModel::Fields() {
  using M = ProjectModel;
  static const auto& table = *new Table<ProjectModel>({
      Field("id", &M::id, Computed(), Stable(), Doc("Id of the project.")),
      Field("name", &M::name, Required(), Check(LengthBetween(1, 175)),
            Doc("Name of the project, unique in the account.")),
      Field("description", &M::description, Optional(), Check(LengthBetween(0, 255)),
            Doc("What it is about.")),
      Field("purpose", &M::purpose, Default(Value::String("Web Application")),
            Check(LengthBetween(1, 255)),
            Doc("What it is for: one of the control panel's choices, such as `Web Application`, "
                "`Service or API` or `Operational / Developer tooling`, or any text of your own.")),
      Field("environment", &M::environment, Optional(),
            Check(OneOf({"Development", "Staging", "Production"})),
            Doc("`Development`, `Staging` or `Production`.")),
      Field("is_default", &M::is_default, OptionalComputed(), Stable(),
            Doc("Whether it is the default project, where everything lands that names none. It "
                "stays so until another project becomes it.")),
      Field("timeouts", &M::timeouts, Optional(), Doc("Limits of the operations. Default: 5 m.")),
      Field("created_at", &M::created_at, Computed(), Stable(),
            Doc("When it was made, in RFC 3339 form.")),
  });
  return table;
}

void ReadProject(const digitalocean::Project& live, ProjectModel& state) {
  state.id = live.id;
  state.name = live.name;
  ReadText(live.description, state.description);
  const bool as_written =
      state.purpose.is_known() &&
      (live.purpose == *state.purpose || live.purpose == absl::StrCat(kOwnPurpose, *state.purpose));
  if (!as_written) {
    state.purpose = std::string(absl::StripPrefix(live.purpose, kOwnPurpose));
  }
  ReadText(live.environment, state.environment);
  state.is_default = live.is_default;
  state.created_at = live.created_at;
}

}  // namespace kproto
