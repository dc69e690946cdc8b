// SPDX-License-Identifier: BSD-3-Clause
//
// Where the admin interface is reached: a TCP port or a Unix socket. Opened before privileges are
// dropped; the socket's file is removed when this goes.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "protocol/address.hpp"
#include "server/net/file_descriptor.hpp"

namespace turnpike::admin {

// "127.0.0.1:8478", or "unix:" and a path.
struct Place {
    std::optional<protocol::Endpoint> endpoint{};
    std::string path{};  // where there is no endpoint

    // None where it is neither.
    [[nodiscard]] static std::optional<Place> parse(std::string_view text);
};

class Listener {
public:
    // Of a file that nobody listens on any more the place is taken; its owner and group may
    // connect, nobody else. Throws std::runtime_error where it cannot be opened, with the reason.
    [[nodiscard]] static Listener open(const std::string& place);
    // A listening socket that somebody else has opened: a service manager.
    explicit Listener(net::FileDescriptor descriptor) noexcept
        : descriptor_{std::move(descriptor)} {}
    Listener(Listener&& other) noexcept
        : descriptor_{std::move(other.descriptor_)}, path_{std::exchange(other.path_, {})} {}
    Listener& operator=(Listener&& other) = delete;
    ~Listener();

    [[nodiscard]] int descriptor() const noexcept { return descriptor_.get(); }

private:
    Listener(net::FileDescriptor descriptor, std::string path)
        : descriptor_{std::move(descriptor)}, path_{std::move(path)} {}

    net::FileDescriptor descriptor_;
    std::string path_;  // empty: no file of ours
};

}  // namespace turnpike::admin
