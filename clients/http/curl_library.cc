// SPDX-License-Identifier: MPL-2.0
#include "clients/http/curl_library.h"

#include <dlfcn.h>
#include <signal.h>

#include "absl/strings/str_cat.h"
#include "base/hint.h"
#include "base/log.h"

namespace kproto::http {
namespace {

template <typename F>
bool Find(void* handle, const char* name, F& function) {
  function = reinterpret_cast<F>(dlsym(handle, name));
  return function != nullptr;
}

bool FindAll(void* handle, CurlLibrary& curl) {
  return Find(handle, "curl_easy_init", curl.easy_init) &&
         Find(handle, "curl_easy_cleanup", curl.easy_cleanup) &&
         Find(handle, "curl_easy_reset", curl.easy_reset) &&
         Find(handle, "curl_easy_setopt", curl.easy_setopt) &&
         Find(handle, "curl_easy_getinfo", curl.easy_getinfo) &&
         Find(handle, "curl_easy_strerror", curl.easy_strerror) &&
         Find(handle, "curl_slist_append", curl.slist_append) &&
         Find(handle, "curl_slist_free_all", curl.slist_free_all) &&
         Find(handle, "curl_multi_init", curl.multi_init) &&
         Find(handle, "curl_multi_cleanup", curl.multi_cleanup) &&
         Find(handle, "curl_multi_add_handle", curl.multi_add_handle) &&
         Find(handle, "curl_multi_remove_handle", curl.multi_remove_handle) &&
         Find(handle, "curl_multi_perform", curl.multi_perform) &&
         Find(handle, "curl_multi_poll", curl.multi_poll) &&
         Find(handle, "curl_multi_wakeup", curl.multi_wakeup) &&
         Find(handle, "curl_multi_info_read", curl.multi_info_read);
}

// A TLS library inside libcurl may write to a connection the peer has closed; the error is reported
// in any case. A handler or an ignore that is in place is left alone.
void IgnoreSigpipe() {
  struct sigaction current = {};
  if (sigaction(SIGPIPE, nullptr, &current) == 0 && current.sa_handler == SIG_DFL) {
    signal(SIGPIPE, SIG_IGN);
  }
}

}  // namespace

absl::StatusOr<const CurlLibrary*> CurlLibrary::Load(const std::vector<std::string>& names) {
  std::string reasons;
  for (const std::string& name : names) {
    void* handle = dlopen(name.c_str(), RTLD_NOW | RTLD_LOCAL);
    if (handle == nullptr) {
      const char* reason = dlerror();
      absl::StrAppend(&reasons, reasons.empty() ? "" : "; ", reason != nullptr ? reason : name);
      continue;
    }
    CurlLibrary curl;
    decltype(&::curl_global_init) global_init = nullptr;
    if (FindAll(handle, curl) && Find(handle, "curl_global_init", global_init) &&
        global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK) {
      IgnoreSigpipe();
      Log(LogLevel::kDebug, "libcurl loaded", {{"library", name}});
      return new CurlLibrary(curl);
    }
    dlclose(handle);
    absl::StrAppend(&reasons, reasons.empty() ? "" : "; ", name, ": too old or not usable");
  }
  return WithHint(absl::FailedPreconditionError(absl::StrCat("cannot load libcurl: ", reasons)),
                  "Install libcurl 7.68 or newer (Debian and Ubuntu: libcurl4; Fedora: libcurl).");
}

absl::StatusOr<const CurlLibrary*> CurlLibrary::Get() {
  static const auto& library = *new absl::StatusOr<const CurlLibrary*>(
      Load({"$ORIGIN/libcurl.so.4", "libcurl.so.4", "libcurl-gnutls.so.4"}));
  return library;
}

}  // namespace kproto::http
