# SPDX-License-Identifier: MPL-2.0
# The house rules as CMake: one helper per kind of target. A library sees only its own headers and
# those of the libraries it names in DEPS, so an include against the arrows does not compile.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
set(CMAKE_RUNTIME_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/bin)
set(CMAKE_ARCHIVE_OUTPUT_DIRECTORY ${CMAKE_BINARY_DIR}/lib)
if(NOT CMAKE_BUILD_TYPE)
  set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()
# -g1 keeps line numbers in back traces at a fraction of the link time.
set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-O2 -g1 -DNDEBUG")
if(KPROTO_SANITIZE)
  # Half the time of -O2 to compile, and no check is optimized away.
  set(CMAKE_CXX_FLAGS_RELWITHDEBINFO "-Og -g1 -DNDEBUG")
endif()
add_compile_options(-Wall -Wextra -Werror -Wno-missing-field-initializers -ffunction-sections
                    -fdata-sections)
add_link_options(-Wl,--gc-sections)

find_program(KPROTO_CCACHE ccache)
if(KPROTO_CCACHE)
  add_compile_options(-fpch-preprocess)  # without it ccache passes such files by
  # The sloppiness lets ccache cache what uses the precompiled header; the base directory makes one
  # clone's results good for the next, whatever folder it lies in.
  set(CMAKE_CXX_COMPILER_LAUNCHER
      ${CMAKE_COMMAND} -E env CCACHE_BASEDIR=${PROJECT_SOURCE_DIR} CCACHE_NOHASHDIR=1
      CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime
      ${KPROTO_CCACHE})
endif()
find_program(KPROTO_MOLD mold)
if(KPROTO_MOLD)
  # Functions that came out the same, mostly of templates, are kept once.
  add_link_options(-fuse-ld=mold -Wl,--icf=all)
endif()

if(KPROTO_SANITIZE)
  # Instrumented, GCC 12 takes every moved std::variant for one that may not be initialized.
  add_compile_options(-Wno-maybe-uninitialized)
endif()
if(KPROTO_SANITIZE STREQUAL "address")
  add_compile_options(-fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  add_link_options(-fsanitize=address,undefined)
elseif(KPROTO_SANITIZE STREQUAL "thread")
  add_compile_options(-fsanitize=thread -fno-omit-frame-pointer -Wno-tsan)
  add_link_options(-fsanitize=thread)
else()
  # Only glibc is needed at run time: the provider runs on a bare machine.
  add_link_options(-static-libstdc++ -static-libgcc)
endif()

find_package(PkgConfig REQUIRED)
find_package(Threads REQUIRED)

# kproto_external(NAME pkg...): target ext_NAME linking the packages' static archives (shared where
# there is no archive), in a group because their order of dependence is not ours to know.
function(kproto_external NAME)
  execute_process(COMMAND ${PKG_CONFIG_EXECUTABLE} --static --libs-only-l ${ARGN}
                  OUTPUT_VARIABLE flags OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  separate_arguments(flags)
  list(REMOVE_DUPLICATES flags)
  set(archives)
  set(shared)
  foreach(flag IN LISTS flags)
    string(REGEX REPLACE "^-l" "" lib "${flag}")
    unset(archive)
    if(NOT lib MATCHES "^(pthread|dl|m|rt|c)$")
      find_library(archive NAMES lib${lib}.a NO_CACHE)
    endif()
    if(archive)
      list(APPEND archives ${archive})
    else()
      list(APPEND shared ${flag})
    endif()
  endforeach()
  add_library(ext_${NAME} INTERFACE)
  target_link_libraries(ext_${NAME} INTERFACE -Wl,--start-group ${archives} -Wl,--end-group
                                              ${shared} Threads::Threads ${CMAKE_DL_LIBS})
endfunction()

kproto_external(absl absl_status absl_statusor absl_strings absl_str_format absl_time
                absl_synchronization absl_flat_hash_map absl_cord)
kproto_external(openssl libssl libcrypto)
kproto_external(grpc grpc++ protobuf libcares openssl zlib)
kproto_external(zlib zlib)
kproto_external(re2 re2)
kproto_external(yaml yaml-cpp)

# Precompiled headers: what nearly every file includes costs more than the file itself. Files still
# include what they use; `make lint` compiles them without. One for sources, one for tests; generated
# protobuf code has its own in proto/.
function(kproto_precompiled NAME)
  cmake_parse_arguments(arg "" "" "HEADERS;LIBS" ${ARGN})
  add_library(${NAME} STATIC ${PROJECT_SOURCE_DIR}/cmake/precompiled.cc)
  target_precompile_headers(${NAME} PRIVATE ${arg_HEADERS})
  target_link_libraries(${NAME} PRIVATE ${arg_LIBS})
endfunction()
set(KPROTO_COMMON_HEADERS
    <algorithm> <functional> <map> <memory> <mutex> <optional> <string> <variant> <vector>
    <nlohmann/json.hpp> <absl/status/statusor.h> <absl/strings/str_cat.h> <absl/strings/str_join.h>
    <absl/strings/str_split.h> <absl/synchronization/mutex.h> <absl/time/time.h>)
kproto_precompiled(kproto_pch HEADERS ${KPROTO_COMMON_HEADERS})
# Built for size: what says how things are made runs once in an operation that takes minutes, but every
# start of the provider maps it into memory. A sanitizer looks at it as it looks at the rest.
set(KPROTO_SMALL_FOLDERS clients resources)
if(KPROTO_SANITIZE)
  set(KPROTO_SMALL_FOLDERS)
endif()
kproto_precompiled(kproto_small_pch HEADERS ${KPROTO_COMMON_HEADERS})
target_compile_options(kproto_small_pch PRIVATE -Os)
if(KPROTO_TESTS)
  kproto_precompiled(kproto_test_pch HEADERS ${KPROTO_COMMON_HEADERS} <gmock/gmock.h> <gtest/gtest.h>
                     LIBS GTest::gtest GTest::gmock)
  target_compile_options(kproto_test_pch PRIVATE -Og)
endif()

function(kproto_add_subdirectories)
  set(dirs ${ARGN})
  if(NOT dirs)
    file(GLOB dirs RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} CONFIGURE_DEPENDS
         ${CMAKE_CURRENT_SOURCE_DIR}/*/CMakeLists.txt)
    list(TRANSFORM dirs REPLACE "/CMakeLists.txt$" "")
  endif()
  foreach(dir IN LISTS dirs)
    if(EXISTS ${CMAKE_CURRENT_SOURCE_DIR}/${dir}/CMakeLists.txt)
      add_subdirectory(${dir})
    endif()
  endforeach()
endfunction()

# The include tree of one library: its own folder under its own path, and nothing else.
function(kproto_include_tree TARGET NAME SCOPE)
  file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
  set(tree ${CMAKE_BINARY_DIR}/include/${NAME})
  get_filename_component(parent ${tree}/${path} DIRECTORY)
  file(MAKE_DIRECTORY ${parent})
  file(CREATE_LINK ${CMAKE_CURRENT_SOURCE_DIR} ${tree}/${path} SYMBOLIC)
  target_include_directories(${TARGET} ${SCOPE} ${tree})
endfunction()

# The last target named is the one whose precompiled header is used.
function(kproto_reuse_precompiled TARGET)
  list(GET ARGN -1 from)
  target_precompile_headers(${TARGET} REUSE_FROM ${from})
endfunction()

# kproto_library(NAME n [SRCS ...] [HDRS ...] [DEPS libraries of ours...] [LIBS external...])
function(kproto_library)
  cmake_parse_arguments(arg "" "NAME;PCH" "SRCS;HDRS;DEPS;PRIVATE_DEPS;LIBS" ${ARGN})
  if(arg_SRCS)
    add_library(kproto_${arg_NAME} STATIC ${arg_SRCS} ${arg_HDRS})
    file(RELATIVE_PATH path ${PROJECT_SOURCE_DIR} ${CMAKE_CURRENT_SOURCE_DIR})
    string(REGEX REPLACE "/.*" "" folder ${path})
    if(folder IN_LIST KPROTO_SMALL_FOLDERS)
      target_compile_options(kproto_${arg_NAME} PRIVATE -Os)
      kproto_reuse_precompiled(kproto_${arg_NAME} kproto_small_pch ${arg_PCH})
    else()
      kproto_reuse_precompiled(kproto_${arg_NAME} kproto_pch ${arg_PCH})
    endif()
    set(scope PUBLIC)
  else()
    add_library(kproto_${arg_NAME} INTERFACE)
    set(scope INTERFACE)
  endif()
  kproto_include_tree(kproto_${arg_NAME} ${arg_NAME} ${scope})
  list(TRANSFORM arg_DEPS PREPEND kproto_)
  list(TRANSFORM arg_PRIVATE_DEPS PREPEND kproto_)
  target_link_libraries(kproto_${arg_NAME} ${scope} ${arg_DEPS} ${arg_LIBS} ext_absl)
  if(arg_PRIVATE_DEPS)
    target_link_libraries(kproto_${arg_NAME} PRIVATE ${arg_PRIVATE_DEPS})
  endif()
endfunction()

# kproto_binary(NAME file-name SRCS ... DEPS ... [LIBS ...])
function(kproto_binary)
  cmake_parse_arguments(arg "" "NAME" "SRCS;DEPS;LIBS" ${ARGN})
  add_executable(${arg_NAME} ${arg_SRCS})
  kproto_include_tree(${arg_NAME} ${arg_NAME} PRIVATE)
  list(TRANSFORM arg_DEPS PREPEND kproto_)
  target_link_libraries(${arg_NAME} PRIVATE ${arg_DEPS} ${arg_LIBS} ext_absl)
  if(NOT KPROTO_SANITIZE)
    # As Go links its plugins: else each start reads, and writes, a megabyte of relocations.
    target_link_options(${arg_NAME} PRIVATE -no-pie)
  endif()
endfunction()

# kproto_test(NAME n SRCS ... DEPS ... [LIBS ...] [LABELS unit]); one ctest entry per binary, its
# cases found by GoogleTest. DEPS name libraries of ours without the prefix. What may take longest is
# started first, so that no core idles while the last test runs alone.
function(kproto_test)
  cmake_parse_arguments(arg "" "NAME;TIMEOUT;PCH" "SRCS;DEPS;LIBS;LABELS" ${ARGN})
  if(NOT arg_LABELS)
    set(arg_LABELS unit)
  endif()
  if(NOT arg_TIMEOUT)
    set(arg_TIMEOUT 120)
  endif()
  if(KPROTO_SANITIZE)
    math(EXPR arg_TIMEOUT "${arg_TIMEOUT} * 4")  # instrumented code takes that many times as long
  endif()
  add_executable(${arg_NAME}_test ${arg_SRCS})
  kproto_reuse_precompiled(${arg_NAME}_test kproto_test_pch ${arg_PCH})
  if(NOT arg_PCH)
    target_compile_options(${arg_NAME}_test PRIVATE -Og)  # a test runs once for each time it is built
  endif()
  # GCC 12 finds these in inlined standard strings and variants where there is nothing to find.
  target_compile_options(${arg_NAME}_test PRIVATE -Wno-array-bounds -Wno-maybe-uninitialized
                                                  -Wno-restrict -Wno-stringop-overflow
                                                  -Wno-stringop-overread)
  kproto_include_tree(${arg_NAME}_test tests_${arg_NAME} PRIVATE)
  list(TRANSFORM arg_DEPS PREPEND kproto_)
  target_link_libraries(${arg_NAME}_test PRIVATE ${arg_DEPS} ${arg_LIBS} GTest::gtest GTest::gmock
                                                 GTest::gtest_main ext_absl)
  add_test(NAME ${arg_NAME} COMMAND ${arg_NAME}_test)
  set_tests_properties(${arg_NAME} PROPERTIES LABELS "${arg_LABELS}" TIMEOUT ${arg_TIMEOUT}
                                               COST ${arg_TIMEOUT})
endfunction()
