// SPDX-License-Identifier: BSD-3-Clause
//
// What a stranger may send to a DTLS port before he has proved his address: records walked, a hello
// read, and answered with less than he sent.
#include <array>
#include <cstdlib>

#include "protocol/dtls_hello.hpp"

namespace turnpike::protocol {
namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

bool within(Bytes part, Bytes whole) {
    return part.empty() || (part.data() >= whole.data() &&
                            part.data() + part.size() <= whole.data() + whole.size());
}

void walk(Bytes datagram) {
    while (const auto record = DtlsRecord::decode(datagram)) {
        require(record->octets >= dtls_header_octets && record->octets <= datagram.size());
        require(within(record->fragment, datagram));
        datagram = datagram.subspan(record->octets);
    }
}

void answer(Bytes datagram) {
    const auto hello = ClientHello::decode(datagram);
    if (!hello) return;
    require(datagram.size() >= client_hello_octets_min);
    for (const Bytes part : {hello->before_cookie, hello->cookie, hello->after_cookie}) {
        require(within(part, datagram));
    }
    constexpr std::array<std::byte, 16> cookie{};
    std::array<std::byte, 64> buffer;
    const Bytes request = write_hello_verify_request(buffer, *hello, cookie);
    require(!request.empty() && request.size() < datagram.size());
    const auto record = DtlsRecord::decode(request);
    require(record && record->octets == request.size() &&
            record->sequence_number == hello->record_sequence_number);
}

}  // namespace
}  // namespace turnpike::protocol

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const turnpike::protocol::Bytes octets = std::as_bytes(std::span{data, size});
    turnpike::protocol::walk(octets);
    turnpike::protocol::answer(octets);
    return 0;
}
