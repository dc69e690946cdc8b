// SPDX-License-Identifier: BSD-3-Clause
//
// How many descriptors this process may have open: one for each relayed address and connection.
#pragma once

namespace turnpike::net {

// To as many as the system lets us have. Whether they are enough is what the doctor looks at.
void raise_descriptor_limit() noexcept;

}  // namespace turnpike::net
