// SPDX-License-Identifier: MPL-2.0
// Only here because a precompiled header needs a source file to belong to.
