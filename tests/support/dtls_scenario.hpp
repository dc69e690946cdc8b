// SPDX-License-Identifier: BSD-3-Clause
//
// A running server with a DTLS listener and a port for everything, and clients of them.
#pragma once

#include <malloc.h>

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define TURNPIKE_SANITIZED
// As <sanitizer/allocator_interface.h> has it, which g++ 12 does not bring.
extern "C" std::size_t __sanitizer_get_current_allocated_bytes();
#endif

#include "tests/support/certificate_folder.hpp"
#include "tests/support/dtls_wire.hpp"
#include "tests/support/running_server.hpp"

namespace turnpike::test {

class DtlsScenario {
public:
    using Change = std::function<void(config::Config&)>;
    explicit DtlsScenario(const Change& change = {})
        : server{[&] {
              config::Config config = loopback_config();
              config.listen.dtls = {{own_loopback(1), 0}};
              config.listen.automatic = {{own_loopback(1), 0}};
              const auto files = folder.issue("server");
              config.listen.certificate = files.certificate;
              config.listen.private_key = files.private_key;
              if (change) change(config);
              return config;
          }()} {}

    [[nodiscard]] protocol::Endpoint dtls() { return server->dtls().front(); }
    [[nodiscard]] protocol::Endpoint automatic() { return server->automatic().front(); }
    [[nodiscard]] std::unique_ptr<DtlsWire> wire(std::string_view from = "127.0.0.2:0") {
        return std::make_unique<DtlsWire>(endpoint(from), dtls());
    }
    // After the handshake.
    [[nodiscard]] SocketClient client(std::string_view from = "127.0.0.2:0") {
        auto fresh = wire(from);
        if (!fresh->connect()) throw std::runtime_error{"no DTLS handshake"};
        return SocketClient{std::move(fresh)};
    }
    [[nodiscard]] static DtlsWire& wire_of(SocketClient& client) {
        return dynamic_cast<DtlsWire&>(client.wire());
    }

    CertificateFolder folder;
    RunningServer server;
};

// How many times something is worth doing: a sanitizer sees the same in few, and takes long.
constexpr unsigned many(unsigned times, unsigned under_sanitizer) noexcept {
#if defined(TURNPIKE_SANITIZED)
    (void)times;
    return under_sanitizer;
#else
    (void)under_sanitizer;
    return times;
#endif
}

// What was allocated and not yet freed. What the process holds is no measure: it keeps freed pages
// as it likes.
inline std::size_t allocated_octets() {
#if defined(TURNPIKE_SANITIZED)
    return __sanitizer_get_current_allocated_bytes();
#else
    const auto heap = mallinfo2();
    return heap.uordblks + heap.hblkhd;
#endif
}

}  // namespace turnpike::test
