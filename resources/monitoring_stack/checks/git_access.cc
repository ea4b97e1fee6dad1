// SPDX-License-Identifier: MPL-2.0
// Rule git_access: every Git repository is there, lets Argo CD in and has the branch or tag. Argo
// CD would say so minutes later, as a ComparisonError; and of a host by SSH that it does not know,
// nothing that a person could make sense of.
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/nearest.h"
#include "resources/monitoring_stack/checks/rules.h"

namespace kproto::monitoring_stack {
namespace {

constexpr size_t kMostNames = 10;

Finding FindingAt(const Remote& remote, const char* attribute, std::string summary) {
  Finding finding;
  finding.attribute = remote.path.Attribute(attribute);
  finding.summary = std::move(summary);
  return finding;
}

void CheckAnswer(const Remote& remote, Findings& findings) {
  Finding finding = FindingAt(remote, "repo_url", "A Git repository cannot be read");
  finding.cause = absl::StrCat(remote.url, ": ", remote.answer.message(), ".");
  switch (remote.answer.code()) {
    case absl::StatusCode::kUnauthenticated:
    case absl::StatusCode::kPermissionDenied:
    case absl::StatusCode::kNotFound:
      finding.cure = absl::StrCat(
          "Check the URL, and say how Argo CD gets in: git_credentials = { <name> = { repo_url = "
          "\"",
          remote.url, "\", username = …, password_wo = … } }.");
      break;
    case absl::StatusCode::kFailedPrecondition:
      finding.cure = "Check the URL: it is what `git clone` takes.";
      break;
    default:
      // Argo CD may well get through from where it is.
      finding.severity = Severity::kWarning;
      finding.summary = "A Git repository does not answer";
      finding.cure =
          "If only the cluster reaches it all is well; else Argo CD will not reach it either.";
  }
  findings.push_back(std::move(finding));
}

void CheckRevision(const Remote& remote, Findings& findings) {
  if (git::MayHave(remote.refs, remote.revision)) {
    return;
  }
  std::vector<std::string> names = git::ShortNames(remote.refs);
  const std::string meant = Nearest(remote.revision, names);
  Finding finding = FindingAt(remote, "revision", "A Git repository has no such branch or tag");
  finding.cause = absl::StrCat(remote.url, " has no \"", remote.revision, "\".");
  const size_t more = names.size() > kMostNames ? names.size() - kMostNames : 0;
  names.resize(names.size() - more);
  finding.cure = !meant.empty() ? absl::StrCat("Did you mean \"", meant, "\"?")
                 : names.empty()
                     ? "It has none yet: push something."
                     : absl::StrCat("It has: ", absl::StrJoin(names, ", "),
                                    more > 0 ? absl::StrCat(" and ", more, " more") : "", ".");
  findings.push_back(std::move(finding));
}

void CheckSsh(const Remote& remote, Findings& findings) {
  if (!remote.has_key) {
    Finding finding = FindingAt(remote, "repo_url", "A Git repository by SSH needs a key");
    finding.cause = absl::StrCat("No git_credentials name ", remote.url, ".");
    finding.cure = absl::StrCat("Add git_credentials = { <name> = { repo_url = \"", remote.url,
                                "\", ssh_private_key_wo = … } }, or use the URL by HTTPS.");
    findings.push_back(std::move(finding));
  } else if (!remote.host_is_known) {
    Finding finding = FindingAt(remote, "repo_url", "Argo CD does not know a Git server");
    finding.severity = Severity::kWarning;  // its values may name it
    finding.cause = absl::StrCat("It refuses servers by SSH whose public key it was not told, and ",
                                 remote.ssh_host, " is not among those it comes with.");
    finding.cure =
        absl::StrCat("Set ssh_known_hosts to what `ssh-keyscan ", remote.ssh_host, "` prints.");
    findings.push_back(std::move(finding));
  }
}

}  // namespace

void CheckGitAccess(const RenderedStack& stack, Findings& findings) {
  for (const Remote& remote : stack.remotes) {
    if (!remote.ssh_host.empty()) {
      CheckSsh(remote, findings);
    } else if (remote.looked_at && !remote.answer.ok()) {
      CheckAnswer(remote, findings);
    } else if (remote.looked_at) {
      CheckRevision(remote, findings);
    }
  }
}

}  // namespace kproto::monitoring_stack
