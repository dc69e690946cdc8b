// SPDX-License-Identifier: BSD-3-Clause
#include "storage/postgres/pool.hpp"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cstring>
#include <utility>

#include <boost/asio/post.hpp>

#include "storage/schema.hpp"

namespace turnpike::storage::postgres {

namespace {

constexpr Statement sign_of_life{"sign_of_life", "SELECT 1"};

// From 0 to 1.
double random_part() {
    std::array<unsigned char, 4> octets{};
    (void)RAND_bytes(octets.data(), octets.size());
    std::uint32_t number = 0;
    std::memcpy(&number, octets.data(), octets.size());
    return static_cast<double>(number) / 4294967295.0;
}

}  // namespace

Pool::Pool(boost::asio::io_context& io, const std::string& url, const Settings& settings,
           std::span<const Statement* const> statements)
    : io_{io},
      settings_{settings},
      target_{url},
      statements_{statements.begin(), statements.end()},
      life_{io} {
    statements_.push_back(&sign_of_life);
    for (std::size_t count = 0; count < std::max<std::size_t>(settings.connections, 1); ++count) {
        places_.push_back(std::make_unique<Place>(io));
    }
}

Pool::~Pool() = default;

void Pool::start(Events events) {
    events_ = std::move(events);
    for (const auto& place : places_) open(*place);
    listen_for_life();
}

void Pool::open(Place& place) {
    place.connection = std::make_unique<Connection>(
        io_, settings_,
        Connection::Plan{.statements = statements_,
                         .schema_version = schema_version(),
                         .listens = is_first(place)},
        Connection::Events{.ready = [this, &place] { opened(place); },
                           .lost = [this, &place](const Failure& failure) { lost(place, failure); },
                           .changed = [this](const Change& change) { events_.changed(change); }});
    place.connection->connect(target_.parameters(place.attempts));
}

void Pool::opened(Place& place) {
    place.attempts = 0;
    if (!is_first(place)) return;
    told_of_loss_ = false;
    events_.restored();
}

void Pool::lost(Place& place, const Failure& failure) {
    last_failure_ = failure;
    place.retry.expires_after(pause_after(place.attempts++));
    place.retry.async_wait([this, &place](const boost::system::error_code& error) {
        if (!error) open(place);
    });
    if (is_first(place) && !std::exchange(told_of_loss_, true)) events_.lost(failure);
}

std::chrono::milliseconds Pool::pause_after(unsigned attempts) {
    const auto most =
        std::min(settings_.retry_max, settings_.retry_min * (1U << std::min(attempts, 16U)));
    const double part = 1.0 - random_part() / 2.0;
    return std::chrono::duration_cast<std::chrono::milliseconds>(most * part);
}

void Pool::execute(std::vector<Query> batch, Handler handler) {
    Place* place = least_busy();
    const bool overloaded = waiting_ >= settings_.waiting_max;
    if (place == nullptr || overloaded) {
        const auto failure =
            overloaded ? Failure{Failure::Kind::overloaded, "too much is waiting"} : last_failure_;
        boost::asio::post(io_, [handler = std::move(handler), failure] { handler(failure); });
        return;
    }
    ++waiting_;
    place->connection->execute(std::move(batch), [this, handler = std::move(handler)](auto answer) {
        --waiting_;
        handler(std::move(answer));
    });
}

Pool::Place* Pool::least_busy() noexcept {
    Place* best = nullptr;
    for (const auto& place : places_) {
        if (!place->connection || !place->connection->is_ready()) continue;
        if (best == nullptr || place->connection->waiting() < best->connection->waiting()) {
            best = place.get();
        }
    }
    return best;
}

// A network that swallows everything is noticed by what it does not answer.
void Pool::listen_for_life() {
    life_.expires_after(settings_.timeout);
    life_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        for (const auto& place : places_) {
            if (!place->connection->is_ready() || place->connection->waiting() > 0) continue;
            place->connection->execute({{&sign_of_life, {}}}, [](const auto&) {});
        }
        listen_for_life();
    });
}

}  // namespace turnpike::storage::postgres
