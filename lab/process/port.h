// SPDX-License-Identifier: MPL-2.0
// Free loopback ports for children that cannot report a port chosen by the kernel.
#pragma once

namespace kproto::lab {

// A port on 127.0.0.1 that nothing listens on, outside the range the kernel takes for outgoing
// connections, and not handed out before by this process. 0 when none is found.
int FreePort();

bool PortIsFree(int port);

}  // namespace kproto::lab
