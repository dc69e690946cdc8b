// SPDX-License-Identifier: BSD-3-Clause
//
// The sockets of one peer data connection (RFC 6062): to the peer, and from its ConnectionBind on
// also to the client. Until then nothing is read from the peer: what it sends waits in the kernel,
// and TCP holds it back. Like a StreamClient it never ends itself: it says that it is over, and
// PeerService ends it. Owned by one worker.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

#include "protocol/time.hpp"
#include "server/net/joined_streams.hpp"
#include "server/net/watch.hpp"
#include "server/relay/session.hpp"
#include "server/telemetry/counters.hpp"
#include "server/turn/outcome.hpp"
#include "server/worker/connection_directory.hpp"
#include "server/worker/handed_connection.hpp"
#include "server/worker/settings.hpp"

namespace turnpike::worker {

class PeerStream {
public:
    enum class State : std::uint8_t {
        connecting,  // to the peer, as the client asked
        waiting,     // open, for its ConnectionBind
        joined,      // carries octets both ways
        over,        // to be ended
    };
    // One of the sockets is ready for what was waited for.
    using OnReady = std::function<void(PeerStream&)>;

    struct Setup {
        turn::PeerConnection connection;
        ConnectionDirectory::Name name;
        std::unique_ptr<net::Watch> peer;             // none: it could not even be tried
        std::optional<turn::AwaitedConnect> awaited;  // none: the peer came by itself
        PeerStreamSettings limits;
    };
    PeerStream(Setup setup, OnReady on_ready);

    // The peer answered, or did not.
    void connected() noexcept;
    void finish(telemetry::Counter reason) noexcept;
    // The client bound it: `client`, watched by `socket`.
    struct Client {
        std::unique_ptr<net::Watch> socket;
        net::TcpConnection connection;
        ConnectionLimits::Place place;
    };
    void join(Client client, net::PipePool& pool, protocol::TimePoint now);

    // What moving needs of its worker.
    struct Means {
        relay::Session& session;
        telemetry::Counters& counters;
        protocol::MutableBytes shared;  // what is copied goes through it
        protocol::TimePoint now;
    };
    // Moves what there is, both ways, as far as reader, rate and budget let it, up to a bound.
    // Yields when it has to be called again where no socket says so: the rate held it back.
    std::optional<protocol::TimePoint> move(const Means& means);

    // What is due at `now`, as the counter of its reason.
    [[nodiscard]] std::optional<telemetry::Counter> due(protocol::TimePoint now) const noexcept;

    [[nodiscard]] State state() const noexcept { return state_; }
    [[nodiscard]] telemetry::Counter reason() const noexcept { return reason_; }
    [[nodiscard]] const turn::PeerConnection& connection() const noexcept { return connection_; }
    [[nodiscard]] bool has_client() const noexcept { return client_ != nullptr; }
    [[nodiscard]] int peer() const noexcept { return peer_->descriptor(); }
    // The Connect that has not been answered; once.
    [[nodiscard]] std::optional<turn::AwaitedConnect> take_awaited() noexcept;

private:
    enum class Way : std::uint8_t { to_peer, to_client };
    // How the octets of one way stand.
    enum class Stand : std::uint8_t {
        reading,     // waits for the sender
        writing,     // waits for the reader
        resting,     // waits for the rate
        discarding,  // the reader is gone; the sender may have to hear from the other side yet
        done,        // nothing comes any more
    };
    struct Course {
        Stand stand;
        protocol::TimePoint moved{};  // when something last went through
        // All that could be brought over was.
        [[nodiscard]] bool over() const noexcept {
            return stand == Stand::discarding || stand == Stand::done;
        }
    };

    std::optional<protocol::TimePoint> move(Way way, const Means& means);
    void account(Way way, const net::Moved& moved, const Means& means);
    void follow(Way way, net::Flow flow) noexcept;
    void discard(Way way, protocol::MutableBytes shared) noexcept;
    [[nodiscard]] Course& course(Way way) noexcept {
        return way == Way::to_peer ? to_peer_ : to_client_;
    }
    void watch();

    // Constant after construction.
    turn::PeerConnection connection_;
    ConnectionDirectory::Name name_;
    PeerStreamSettings limits_;
    OnReady on_ready_;
    // Owned by the worker.
    State state_;
    telemetry::Counter reason_ = telemetry::Counter::peer_closed;
    std::unique_ptr<net::Watch> peer_;
    std::optional<turn::AwaitedConnect> awaited_;
    std::unique_ptr<net::Watch> client_;
    ConnectionLimits::Place place_;
    std::optional<net::JoinedStreams> streams_;
    Course to_peer_{Stand::reading};
    Course to_client_{Stand::writing};  // the answer to the ConnectionBind
};

}  // namespace turnpike::worker
