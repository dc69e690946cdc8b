// SPDX-License-Identifier: BSD-3-Clause
//
// Requests that wait until the database has said who their users are. Bounded in number and size;
// what does not fit is dropped and comes again, as clients do. A retransmission of what waits is
// dropped too: the first will be answered. Owned by one worker.
#pragma once

#include <cstddef>
#include <vector>

#include <boost/container/small_vector.hpp>
#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/message.hpp"
#include "server/accounts/notice.hpp"
#include "server/worker/client_message.hpp"

namespace turnpike::worker {

struct ParkedMessage {
    protocol::FiveTuple five_tuple;
    ClientLink link;
    protocol::TransactionId transaction;
    boost::container::small_vector<std::byte, 256> octets;
    std::uint8_t traffic_class = 0;
    bool passed_on = false;

    [[nodiscard]] ClientMessage message(protocol::Moment now) const {
        return {.five_tuple = five_tuple,
                .link = link,
                .octets = octets,
                .packet = nullptr,
                .now = now,
                .traffic_class = traffic_class,
                .passed_on = passed_on};
    }
};

class ParkedMessages {
public:
    static constexpr std::size_t messages_max = 4096;
    static constexpr std::size_t octets_max =
        2048;  // of one; a request with a token takes some 600

    enum class Parked : std::uint8_t { yes, already, no_room };

    [[nodiscard]] Parked park(const accounts::Who& who, const ClientMessage& message,
                              const protocol::TransactionId& transaction);
    // In the order in which they came.
    [[nodiscard]] std::vector<ParkedMessage> take(const accounts::Who& who);
    // Their connection is gone.
    void forget(const protocol::FiveTuple& five_tuple);

    [[nodiscard]] std::size_t size() const noexcept { return size_; }

private:
    boost::unordered_flat_map<accounts::Who, std::vector<ParkedMessage>> waiting_;
    std::size_t size_ = 0;
};

}  // namespace turnpike::worker
