// SPDX-License-Identifier: MPL-2.0
// Early returns for absl::Status and absl::StatusOr, in the field's customary form:
//   KPROTO_RETURN_IF_ERROR(Check(x));
//   KPROTO_ASSIGN_OR_RETURN(auto vpc, client.GetVpc(id));
#pragma once

#include <utility>

#include "absl/status/status.h"
#include "absl/status/statusor.h"

#define KPROTO_RETURN_IF_ERROR(expr)                 \
  do {                                               \
    ::absl::Status kproto_status_ = (expr);          \
    if (!kproto_status_.ok()) return kproto_status_; \
  } while (false)

#define KPROTO_CONCAT_INNER_(a, b) a##b
#define KPROTO_CONCAT_(a, b) KPROTO_CONCAT_INNER_(a, b)
#define KPROTO_ASSIGN_OR_RETURN_(result, lhs, expr)    \
  auto result = (expr);                                \
  if (!result.ok()) return std::move(result).status(); \
  lhs = *std::move(result)
#define KPROTO_ASSIGN_OR_RETURN(lhs, expr) \
  KPROTO_ASSIGN_OR_RETURN_(KPROTO_CONCAT_(kproto_result_, __LINE__), lhs, expr)
