// SPDX-License-Identifier: MPL-2.0
// Names that the cloud gives out: UUIDs, node name suffixes, droplet numbers.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

namespace kproto::lab {

// A version 4 UUID from the kernel's random numbers. Thread-safe.
std::string RandomUuid();

// Ids that repeat for a seed: the n-th id of a seed is always the same. Seed 0 means random ones.
// The serial number comes from the caller, who keeps it over restarts.
std::string Uuid(uint64_t seed, uint64_t serial);
std::string NodeSuffix(uint64_t seed, uint64_t serial);  // five of [a-z0-9]

}  // namespace kproto::lab
