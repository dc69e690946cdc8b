// SPDX-License-Identifier: BSD-3-Clause
#include "server/relay/port_pool.hpp"

#include <algorithm>
#include <bit>
#include <cassert>

namespace turnpike::relay {
namespace {

constexpr std::size_t word_bits = 64;
constexpr std::uint64_t all_bits = ~std::uint64_t{0};
constexpr std::uint64_t even_bits = 0x5555'5555'5555'5555;

// How far after its random place a single port looks for the half of a broken pair. Far enough to
// keep most pairs whole; so short that who holds one half cannot tell who gets the other and when,
// which a search of the whole range would give away (RFC 6056).
constexpr std::size_t half_search_words = 2;

}  // namespace

PortPool::PortPool(std::uint16_t first, std::uint16_t last)
    : base_{static_cast<std::uint16_t>(first & ~1U)},
      first_{first},
      size_{std::size_t{last} - first + 1},
      free_{size_} {
    assert(first != 0 && first <= last);
    free_ports_.resize((std::size_t{last} - base_) / word_bits + 1);
    for (std::size_t bit = std::size_t{first} - base_; bit <= std::size_t{last} - base_; ++bit) {
        free_ports_[bit / word_bits] |= std::uint64_t{1} << (bit % word_bits);
    }
}

std::optional<std::uint16_t> PortPool::take(PortWish wish, std::uint64_t random) {
    if (free_ == 0) return std::nullopt;
    const auto place = static_cast<std::size_t>(random % size_) + (std::size_t{first_} - base_);
    const auto bit = choose(wish, place);
    if (!bit) return std::nullopt;
    const std::uint64_t taken = wish == PortWish::pair ? 3 : 1;
    free_ports_[*bit / word_bits] &= ~(taken << (*bit % word_bits));
    free_ -= wish == PortWish::pair ? 2 : 1;
    return static_cast<std::uint16_t>(base_ + *bit);
}

bool PortPool::take(std::uint16_t port) {
    if (port < first_ || port - first_ >= static_cast<int>(size_)) return false;
    const std::size_t bit = std::size_t{port} - base_;
    const std::uint64_t mask = std::uint64_t{1} << (bit % word_bits);
    if ((free_ports_[bit / word_bits] & mask) == 0) return false;
    free_ports_[bit / word_bits] &= ~mask;
    --free_;
    return true;
}

void PortPool::give_back(std::uint16_t port) {
    assert(port >= first_ && port - first_ < static_cast<int>(size_));
    const std::size_t bit = std::size_t{port} - base_;
    const std::uint64_t mask = std::uint64_t{1} << (bit % word_bits);
    assert((free_ports_[bit / word_bits] & mask) == 0);
    free_ports_[bit / word_bits] |= mask;
    ++free_;
}

std::optional<std::size_t> PortPool::choose(PortWish wish, std::size_t start) const noexcept {
    const std::size_t everywhere = free_ports_.size();
    if (wish == PortWish::pair) return find(Choice::pair, start, everywhere);
    const bool even = wish == PortWish::even;
    const auto half = find(even ? Choice::even_half : Choice::any_half, start,
                           std::min(half_search_words, everywhere));
    if (half) return half;
    return find(even ? Choice::even : Choice::any, start, everywhere);
}

std::optional<std::size_t> PortPool::find(Choice choice, std::size_t start,
                                          std::size_t words_after) const noexcept {
    const std::size_t words = free_ports_.size();
    const std::uint64_t from_start = all_bits << (start % word_bits);
    for (std::size_t step = 0; step <= words_after; ++step) {
        const std::size_t word = (start / word_bits + step) % words;
        std::uint64_t found = candidates(free_ports_[word], choice);
        if (step == 0) found &= from_start;
        if (step == words) found &= ~from_start;  // all around: the rest of the first word
        if (found != 0) {
            return word * word_bits + static_cast<std::size_t>(std::countr_zero(found));
        }
    }
    return std::nullopt;
}

std::uint64_t PortPool::candidates(std::uint64_t free_ports, Choice choice) noexcept {
    // The even bit of every pair whose two ports are free.
    const std::uint64_t whole = free_ports & (free_ports >> 1U) & even_bits;
    switch (choice) {
        case Choice::any:
            return free_ports;
        case Choice::any_half:
            return free_ports & ~(whole | (whole << 1U));
        case Choice::even:
            return free_ports & even_bits;
        case Choice::even_half:
            return free_ports & even_bits & ~whole;
        case Choice::pair:
            return whole;
    }
    return 0;
}

}  // namespace turnpike::relay
