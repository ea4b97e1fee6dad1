// SPDX-License-Identifier: MPL-2.0
// Rule values_files: a file that is there but read by nobody is a mistake that shows nowhere else.
#include "absl/strings/str_cat.h"
#include "resources/monitoring_stack/checks/rules.h"

namespace kproto::monitoring_stack {

void CheckValuesFiles(const RenderedStack& stack, Findings& findings) {
  for (const UnusedFile& unused : stack.files.unused) {
    Finding finding;
    finding.file = unused.path;
    finding.summary = "A values file is not used";
    finding.cause = unused.why;
    if (unused.meant.empty()) {
      finding.severity = Severity::kWarning;  // it may be there for somebody else
      finding.cure = unused.cure;
    } else {
      finding.cure = absl::StrCat("Did you mean ", unused.meant, "? ", unused.cure);
    }
    findings.push_back(std::move(finding));
  }
  for (const auto& [component, files] : stack.files.files) {
    for (size_t i = 1; i < files.size(); ++i) {
      const std::string folder = files[i].path.substr(0, files[i].path.rfind('/'));
      if (folder != files[i - 1].path.substr(0, files[i - 1].path.rfind('/'))) {
        continue;  // an overlay
      }
      Finding finding;
      finding.file = files[i].path;
      finding.summary = absl::StrCat("Two values files for ", component);
      finding.cause = absl::StrCat("It stands beside ", files[i - 1].path,
                                   ", and what both say is taken from this one.");
      finding.cure = "Keep one of them.";
      findings.push_back(std::move(finding));
    }
  }
}

}  // namespace kproto::monitoring_stack
