// SPDX-License-Identifier: BSD-3-Clause
//
// An ACCESS-TOKEN as a stranger sends it, and, behind the seal that only the authorization server
// can make, a block as a broken one would.
#include <cstdlib>
#include <span>

#include "auth/access_token.hpp"

namespace turnpike::auth {
namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void open(protocol::Bytes octets) {
    static const TokenKey key{.id = "north", .octets = std::vector(32, std::byte{1})};
    static const AccessTokens tokens{{.server_name = "turn.example.org", .keys = {key}}};
    const protocol::WallTime now{std::chrono::seconds{1'800'000'000}};
    // Nobody guesses a tag of 128 bits.
    require(!tokens.open("north", octets, now) && !tokens.open("south", octets, now));

    const auto block = decode_token_block(octets);
    const auto token = seal_token(key, "turn.example.org", {}, octets);
    const auto opened = tokens.open("north", token, now);
    require(!opened || block);
    if (!block) return;
    const std::size_t size = block->mac_key.octets().size();
    require(size >= 16 && size <= 32 && encode_token_block(*block).size() == octets.size());
    if (opened) {
        require(opened->left.count() > 0);
        require(opened->left <= block->lifetime + std::chrono::seconds{5});
    }
}

}  // namespace
}  // namespace turnpike::auth

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    turnpike::auth::open(std::as_bytes(std::span{data, size}));
    return 0;
}
