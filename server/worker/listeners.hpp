// SPDX-License-Identifier: BSD-3-Clause
//
// Where the server listens, over all workers: each of them has a socket of its own on every
// endpoint. A reload adds and takes away. What is added is opened before anything changes, so that
// an endpoint which cannot be had changes nothing; what is taken away lets nobody new in, and its
// UDP sockets stay as long as somebody is served by them. Used by the thread that runs the server.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "protocol/address.hpp"
#include "protocol/result.hpp"
#include "server/config/config.hpp"
#include "server/net/inherited_sockets.hpp"
#include "server/telemetry/log.hpp"
#include "server/worker/order.hpp"
#include "server/worker/relay_directory.hpp"

namespace turnpike::worker {

// As configured, in order.
struct Endpoints {
    struct Udp {
        protocol::Endpoint endpoint;
        Serves serves = Serves::plain;
    };
    struct Tcp {
        protocol::Endpoint endpoint;
        Entrance entrance = Entrance::plain;
    };
    std::vector<Udp> udp;
    std::vector<Tcp> tcp;  // an automatic one has its like in `udp`
};
[[nodiscard]] Endpoints endpoints_of(const config::Config& config);

class Listeners {
public:
    // False where the worker takes no order now.
    using Deliver = std::function<bool(WorkerIndex, Order)>;
    // Runs it later, on the thread that runs the server.
    using Post = std::function<void(std::function<void()>)>;
    struct Problem {
        std::string what;  // the endpoint, the reason and what to do
    };

    struct Settings {
        std::size_t workers = 1;
        Deliver deliver;
        Post post;
        net::InheritedSockets inherited{};  // they take the place of what would be opened there
    };

    // The log outlives it.
    Listeners(Settings settings, telemetry::Log& log);

    // Opens what is new among these. Nothing has changed where this fails, and nothing new is open.
    [[nodiscard]] protocol::Result<void, Problem> prepare(const Endpoints& wanted);
    // ... and serves it, and no more what is not among them. After prepare().
    void commit();
    // Tells of sockets that were inherited and that nothing asked for.
    void tell_unclaimed();
    // Closes what nobody needs any more. To be called now and then.
    void look();

    // Where it listens, with the ports that the kernel chose for port 0.
    [[nodiscard]] std::vector<protocol::Endpoint> udp(Serves serves) const;
    [[nodiscard]] std::vector<protocol::Endpoint> tcp(Entrance entrance) const;

private:
    template <typename What>
    struct Socket {
        protocol::Endpoint wanted;
        protocol::Endpoint bound;
        What what{};
        // For each worker, or for fewer where so many were inherited; until they have it.
        std::vector<net::FileDescriptor> prepared{};
        bool is_inherited = false;
        // Of a look: answers that are awaited, and whether one of them was yes.
        std::size_t awaited = 0;
        bool is_needed = false;
    };
    using Udp = Socket<Serves>;
    using Tcp = Socket<Entrance>;

    [[nodiscard]] protocol::Result<void, Problem> open_new(const Endpoints& wanted);
    [[nodiscard]] protocol::Result<void, Problem> open_new(const Endpoints::Udp& wanted);
    [[nodiscard]] protocol::Result<void, Problem> open_new(const Endpoints::Tcp& wanted);
    // Closes what was prepared and not committed; what was inherited can be had again.
    void abandon();
    [[nodiscard]] std::vector<net::FileDescriptor> inherit(const protocol::Endpoint& endpoint);
    void answered(const protocol::Endpoint& bound, bool is_needed);
    // How many workers took it.
    template <typename MakeOrder>
    std::size_t order_all(MakeOrder&& make_order);

    // Constant after construction.
    std::size_t workers_;
    Deliver deliver_;
    Post post_;
    telemetry::Log& log_;
    // Owned by the thread that runs the server.
    net::InheritedSockets inherited_;
    std::vector<Udp> udp_;
    std::vector<Tcp> tcp_;
    Endpoints wanted_;
    std::vector<Udp> new_udp_;
    std::vector<Tcp> new_tcp_;
};

}  // namespace turnpike::worker
