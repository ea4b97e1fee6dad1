// SPDX-License-Identifier: MPL-2.0
#include "clients/helm/helm_error.h"

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_replace.h"
#include "absl/strings/strip.h"
#include "base/hint.h"

namespace kproto::helm {
namespace {

struct Known {
  absl::string_view text;  // lower case
  absl::StatusCode code;
  absl::string_view hint;
};

// The first that fits wins: the telling ones stand before the general ones.
constexpr Known kKnown[] = {
    {"another operation (install/upgrade/rollback) is in progress", absl::StatusCode::kAborted,
     "Another helm is at work on this release, or one was killed and left it pending."},
    {"release: not found", absl::StatusCode::kNotFound, ""},
    {"cannot re-use a name", absl::StatusCode::kAlreadyExists, ""},
    {"cannot reuse a name", absl::StatusCode::kAlreadyExists, ""},
    {"cannot be imported into the current release", absl::StatusCode::kAlreadyExists,
     "Something else made this object. Delete it, or give it Helm's labels and annotations."},
    {"execution error at", absl::StatusCode::kInvalidArgument, ""},
    {"don't meet the specifications of the schema", absl::StatusCode::kInvalidArgument, ""},
    {"chart requires kubeversion", absl::StatusCode::kInvalidArgument, ""},
    {"yaml parse error", absl::StatusCode::kInvalidArgument, ""},
    {"parse error at", absl::StatusCode::kInvalidArgument, ""},
    {"template: ", absl::StatusCode::kInvalidArgument, ""},
    {"unable to build kubernetes objects", absl::StatusCode::kInvalidArgument, ""},
    {"invalid kube version", absl::StatusCode::kInvalidArgument, ""},
    {"failed to parse -", absl::StatusCode::kInvalidArgument, ""},
    {"release name is invalid", absl::StatusCode::kInvalidArgument, ""},
    {"the server has asked for the client to provide credentials",
     absl::StatusCode::kUnauthenticated,
     "The cluster does not accept these credentials; they may have expired."},
    {"unauthorized", absl::StatusCode::kUnauthenticated, ""},
    {"is forbidden", absl::StatusCode::kPermissionDenied, ""},
    {"cluster unreachable", absl::StatusCode::kUnavailable, ""},
    {"/index.yaml : 404", absl::StatusCode::kNotFound,
     "There is no chart repository at this URL: it has no index.yaml."},
    {"valid chart repository or cannot be reached", absl::StatusCode::kUnavailable, ""},
    {"could not find protocol handler", absl::StatusCode::kInvalidArgument,
     "Chart repositories have https://, http:// or oci:// URLs."},
    {"timed out waiting", absl::StatusCode::kDeadlineExceeded, ""},
    {"context deadline exceeded", absl::StatusCode::kDeadlineExceeded, ""},
    {"dial tcp", absl::StatusCode::kUnavailable, ""},
    {"connection refused", absl::StatusCode::kUnavailable, ""},
    {"connection reset", absl::StatusCode::kUnavailable, ""},
    {"i/o timeout", absl::StatusCode::kUnavailable, ""},
    {"tls: ", absl::StatusCode::kUnavailable, ""},
    {"unexpected eof", absl::StatusCode::kUnavailable, ""},
    {"service unavailable", absl::StatusCode::kUnavailable, ""},
    {"too many requests", absl::StatusCode::kUnavailable, ""},
    {"not found", absl::StatusCode::kNotFound, ""},
    {"manifest unknown", absl::StatusCode::kNotFound, ""},
    {"has no deployed releases", absl::StatusCode::kFailedPrecondition, ""},
};

constexpr absl::string_view kDebugAdvice = "Use --debug flag to render out invalid YAML";

// From "Error: " at the start of a line; all of it when there is none.
absl::string_view Sentence(absl::string_view err) {
  constexpr absl::string_view kMark = "Error: ";
  for (size_t at = err.find(kMark); at != absl::string_view::npos; at = err.find(kMark, at + 1)) {
    if (at == 0 || err[at - 1] == '\n') {
      err = err.substr(at + kMark.size());
      break;
    }
  }
  err = absl::StripTrailingAsciiWhitespace(err);
  if (absl::ConsumeSuffix(&err, kDebugAdvice)) {
    err = absl::StripTrailingAsciiWhitespace(err);
  }
  return absl::StripLeadingAsciiWhitespace(err);
}

bool SoundsSecret(absl::string_view key) {
  const std::string lower = absl::AsciiStrToLower(key);
  for (absl::string_view word : {"pass", "secret", "token", "key", "credential", "auth", "private",
                                 "cert", "dsn", "webhook"}) {
    if (absl::StrContains(lower, word)) {
      return true;
    }
  }
  return false;
}

void Redact(std::string& text, const Json& value, bool secret) {
  if (value.is_object()) {
    for (const auto& [key, child] : value.items()) {
      Redact(text, child, secret || SoundsSecret(key));
    }
  } else if (value.is_array()) {
    for (const Json& child : value) {
      Redact(text, child, secret);
    }
  } else if (secret && value.is_string()) {
    const std::string& word = value.get_ref<const std::string&>();
    if (word.size() >= 3) {  // shorter ones would hit words of the message itself
      text = absl::StrReplaceAll(text, {{word, "(secret)"}});
    }
  }
}

}  // namespace

absl::Status StatusFromStderr(absl::string_view err) {
  const absl::string_view sentence = Sentence(err);
  if (sentence.empty()) {
    return absl::UnknownError("helm failed and said nothing");
  }
  const std::string lower = absl::AsciiStrToLower(sentence);
  for (const Known& known : kKnown) {
    if (absl::StrContains(lower, known.text)) {
      absl::Status status(known.code, sentence);
      return known.hint.empty() ? status : WithHint(std::move(status), known.hint);
    }
  }
  return absl::UnknownError(sentence);
}

bool IsReleaseNotFound(const absl::Status& status) {
  return absl::IsNotFound(status) && absl::StrContains(status.message(), "release: not found");
}

std::string RedactValues(std::string text, const Json& values) {
  Redact(text, values, false);
  return text;
}

}  // namespace kproto::helm
