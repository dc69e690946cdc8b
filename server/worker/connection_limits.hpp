// SPDX-License-Identifier: BSD-3-Clause
//
// How many client connections there may be, in all and from one address (IPv6: from one /64), over
// all workers. Asked when a connection opens and closes, never for a packet. Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <utility>

#include <boost/unordered/unordered_flat_map.hpp>

#include "protocol/address.hpp"

namespace turnpike::worker {

class ConnectionLimits {
public:
    // One connection's place, given back when it goes. Empty where there was none left.
    class Place {
    public:
        Place() noexcept = default;
        Place(Place&& other) noexcept
            : limits_{std::exchange(other.limits_, nullptr)},
              client_{other.client_},
              secured_{other.secured_} {}
        Place& operator=(Place&& other) noexcept {
            std::swap(limits_, other.limits_);
            std::swap(client_, other.client_);
            std::swap(secured_, other.secured_);
            return *this;
        }
        ~Place() {
            if (limits_ == nullptr) return;
            if (secured_) limits_->count_secured(-1);
            limits_->give_back(client_);
        }
        [[nodiscard]] explicit operator bool() const noexcept { return limits_ != nullptr; }
        // The connection is under TLS from now on; see held_secured().
        void secure() {
            if (limits_ != nullptr && !std::exchange(secured_, true)) limits_->count_secured(1);
        }

    private:
        friend ConnectionLimits;
        Place(ConnectionLimits& limits, const protocol::IpAddress& client) noexcept
            : limits_{&limits}, client_{client} {}

        ConnectionLimits* limits_ = nullptr;
        protocol::IpAddress client_;
        bool secured_ = false;
    };

    ConnectionLimits(std::uint32_t total, std::uint32_t per_address) noexcept
        : total_{total}, per_address_{per_address} {}

    // Other limits from now on; what is open stays.
    void limit(std::uint32_t total, std::uint32_t per_address);

    // Where one more may open. 0 as a limit: none.
    [[nodiscard]] Place take(const protocol::IpAddress& client);
    [[nodiscard]] std::size_t held() const;
    [[nodiscard]] std::size_t held_secured() const noexcept { return secured_.load(); }

private:
    void give_back(const protocol::IpAddress& client);
    void count_secured(int change) noexcept { secured_ += static_cast<std::size_t>(change); }

    // Shared by the workers.
    std::atomic<std::size_t> secured_{0};
    mutable std::mutex mutex_;
    std::uint32_t total_;
    std::uint32_t per_address_;
    std::size_t held_ = 0;
    boost::unordered_flat_map<protocol::IpAddress, std::uint32_t> by_address_;
};

}  // namespace turnpike::worker
