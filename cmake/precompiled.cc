// SPDX-License-Identifier: MPL-2.0
// Nothing: a target needs a source for its precompiled header to be built (see kproto.cmake).
