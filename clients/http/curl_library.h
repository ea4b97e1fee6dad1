// SPDX-License-Identifier: MPL-2.0
// libcurl, loaded when the first request is made: until then (schema, validation, a help text) the
// provider needs glibc only and starts fast. curl.h gives constants and types; no symbol is linked.
#pragma once

#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace kproto::http {

// The functions in use. Immutable, shared by all threads, never unloaded.
struct CurlLibrary {
  decltype(&::curl_easy_init) easy_init;
  decltype(&::curl_easy_cleanup) easy_cleanup;
  decltype(&::curl_easy_reset) easy_reset;
  decltype(&::curl_easy_setopt) easy_setopt;
  decltype(&::curl_easy_getinfo) easy_getinfo;
  decltype(&::curl_easy_strerror) easy_strerror;
  decltype(&::curl_slist_append) slist_append;
  decltype(&::curl_slist_free_all) slist_free_all;
  decltype(&::curl_multi_init) multi_init;
  decltype(&::curl_multi_cleanup) multi_cleanup;
  decltype(&::curl_multi_add_handle) multi_add_handle;
  decltype(&::curl_multi_remove_handle) multi_remove_handle;
  decltype(&::curl_multi_perform) multi_perform;
  decltype(&::curl_multi_poll) multi_poll;
  decltype(&::curl_multi_wakeup) multi_wakeup;
  decltype(&::curl_multi_info_read) multi_info_read;

  // The first of `names` that loads and has every function above; the names are dlopen's. Errors:
  // FailedPrecondition, saying what to install.
  static absl::StatusOr<const CurlLibrary*> Load(const std::vector<std::string>& names);

  // The process's library: beside the executable, else the system's. Loaded once, at the first
  // call.
  static absl::StatusOr<const CurlLibrary*> Get();
};

}  // namespace kproto::http
