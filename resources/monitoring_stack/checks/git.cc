// SPDX-License-Identifier: MPL-2.0
// Rule git: the folder in Git can be rendered, so that the AppProject allows what is in it and
// nothing else.
#include "absl/strings/str_cat.h"
#include "resources/monitoring_stack/checks/rules.h"

namespace kproto::monitoring_stack {

void CheckGit(const RenderedStack& stack, Findings& findings) {
  if (stack.git_status.ok()) {
    return;
  }
  Finding& finding =
      AddFinding(findings, "", {}, "The folder in Git could not be rendered at plan");
  finding.attribute = Path("git");
  finding.severity = Severity::kWarning;
  finding.cause =
      absl::StrCat(stack.git_status.message(),
                   ".\nWhat its Applications need is not known: the AppProject allows them every "
                   "kind of object, in the stack's namespaces.");
  finding.cure =
      "Say in git_credentials how to get into the repository, or give git on this machine access "
      "to it, as by a credential helper or an SSH agent, and plan again.";
}

}  // namespace kproto::monitoring_stack
