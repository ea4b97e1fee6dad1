// SPDX-License-Identifier: MPL-2.0
#include "base/random.h"

#include <sys/random.h>

#include <cstdlib>

#include "absl/strings/escaping.h"

namespace kproto {

std::string RandomHex(size_t bytes) {
  std::string raw(bytes, '\0');
  for (size_t done = 0; done < bytes;) {
    const ssize_t n = getrandom(raw.data() + done, bytes - done, 0);
    if (n > 0) {
      done += static_cast<size_t>(n);
    }
  }
  return absl::BytesToHexString(raw);
}

}  // namespace kproto
