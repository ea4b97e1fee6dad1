# SPDX-License-Identifier: MPL-2.0
# For ThreadSanitizer builds: whoever uses abseil calls its Mutex by way of tsan_absl_mutex.cc. The
# names to lead there are those that the file wraps.
add_library(kproto_tsan_absl_mutex STATIC ${CMAKE_CURRENT_LIST_DIR}/tsan_absl_mutex.cc)
file(STRINGS ${CMAKE_CURRENT_LIST_DIR}/tsan_absl_mutex.cc lines REGEX "\"(5Mutex|7CondVar)")
foreach(line IN LISTS lines)
  string(REGEX REPLACE ".*\"([57][A-Z][^\"]*)\".*" "\\1" name "${line}")
  target_link_options(ext_absl INTERFACE -Wl,--wrap=_ZN4absl7debian3${name})
endforeach()
target_link_libraries(ext_absl INTERFACE kproto_tsan_absl_mutex)
