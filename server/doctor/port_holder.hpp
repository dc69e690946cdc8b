// SPDX-License-Identifier: BSD-3-Clause
//
// Which process has a port, as far as /proc shows it: the tables of sockets, and the descriptors of
// processes, which only their user and root may see.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "protocol/address.hpp"

namespace turnpike::doctor {

struct PortHolder {
    pid_t process = 0;
    std::string program;
    bool operator==(const PortHolder&) const = default;
};

// Who is bound to the endpoint, or to the wildcard or an address of it with the same port.
[[nodiscard]] std::optional<PortHolder> find_port_holder(const protocol::Endpoint& endpoint,
                                                         bool is_stream);
// The program that this process runs, as find_port_holder() would name it.
[[nodiscard]] std::string own_program();

// The inode of the first socket of the table of /proc/net that stands in the way of a bind to the
// endpoint; of streams those that listen. For tests apart from the kernel's.
[[nodiscard]] std::optional<std::uint64_t> find_socket(std::string_view table,
                                                       const protocol::Endpoint& endpoint,
                                                       bool is_stream);

}  // namespace turnpike::doctor
