// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/peer_streams.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::worker {
namespace {

using protocol::ConnectionId;

std::unique_ptr<PeerStream> make(ConnectionDirectory& names) {
    auto name = names.take(0);
    const turn::PeerConnection connection{protocol::AllocationId{1}, name.id(), {}};
    return std::make_unique<PeerStream>(PeerStream::Setup{.connection = connection,
                                                          .name = std::move(name),
                                                          .peer = nullptr,
                                                          .awaited = std::nullopt,
                                                          .limits = {}},
                                        [](PeerStream&) {});
}

TEST_CASE("a peer stream is found by its name and stays where it is until it is taken") {
    ConnectionDirectory names;
    PeerStreams streams;
    PeerStream& first = streams.insert(make(names));
    const ConnectionId id = first.connection().connection;
    for (int count = 0; count < 100; ++count) streams.insert(make(names));
    CHECK(streams.size() == 101);
    CHECK(streams.find(id) == &first);
    std::size_t visited = 0;
    streams.for_each([&](PeerStream& stream) {
        CHECK(streams.find(stream.connection().connection) == &stream);
        ++visited;
    });
    CHECK(visited == 101);
    auto taken = streams.take(id);
    CHECK(taken.get() == &first);
    CHECK(streams.find(id) == nullptr);
    CHECK(streams.take(id) == nullptr);
    CHECK(names.owner(id) == 0);
    taken.reset();
    CHECK_FALSE(names.owner(id));  // its name is free again
    CHECK(names.size() == 100);
}

}  // namespace
}  // namespace turnpike::worker
