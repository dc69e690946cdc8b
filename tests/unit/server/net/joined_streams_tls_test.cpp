// SPDX-License-Identifier: BSD-3-Clause
//
// A client under TLS, joined to a peer that is not.
#include <sys/socket.h>

#include <csignal>

#include "server/net/joined_streams.hpp"
#include "server/net/ticket_keys.hpp"
#include "server/net/tls_context.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificate_folder.hpp"
#include "tests/support/tcp_pair.hpp"
#include "tests/support/tls_client.hpp"

namespace turnpike::net {
namespace {

using test::receive_some;
using test::send_some;
using test::TcpPair;

constexpr std::size_t allowed = 65536;
constexpr std::size_t queue_octets = 262144;

// A Binding indication, in place of the ConnectionBind.
constexpr std::string_view request{
    "\x00\x11\x00\x00\x21\x12\xA4\x42"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    20};

struct Joined {
    explicit Joined(std::string_view early = {}, int buffer_bytes = 0)
        : client{buffer_bytes}, peer{buffer_bytes} {
        const test::CertificateFolder folder;
        const std::vector<CertificateFiles> files{folder.issue("one")};
        contexts = *TlsContexts::load(files, TicketKeys::make());
        TcpConnection connection{client.near.get(), protocol::ChannelRange::rfc5766, queue_octets};
        connection.secure(TlsSession::accept(contexts->tls()));
        tls.begin();
        bool asked = false;
        std::optional<protocol::Frame> frame;
        while (!frame) {
            if (tls.open() && !std::exchange(asked, true)) {
                tls.send(std::string{request} + std::string{early});
            }
            send();
            if (connection.read(shared) == TcpConnection::Input::some) frame = connection.next();
            (void)connection.flush();
            receive();
        }
        REQUIRE(connection.queue_answer(protocol::as_octets("success")));
        connection.detach();
        std::ranges::fill(shared, std::byte{});
        streams.emplace(std::move(connection), peer.near.get(), Passage::copy, pool);
    }
    Moved up(std::size_t octets = allowed) { return streams->to_peer(octets, shared); }
    Moved down(std::size_t octets = allowed) { return streams->to_client(octets, shared); }
    // All of it is on its way to the server once this returns.
    void say(std::string_view text) {
        tls.send(text);
        send();
        REQUIRE(test::wait_for(client.near.get(), POLLIN));
    }
    void send() {
        const auto octets = tls.output();
        unsent += protocol::as_text(octets);
        unsent.erase(0, send_some(client.far, unsent));
    }
    // What the client has been told so far, without what it was told before.
    std::string receive() {
        const std::string octets = receive_some(client.far);
        if (!octets.empty()) tls.receive(protocol::as_octets(octets));
        std::string text;
        for (const std::string& record : tls.records()) text += record;
        tls.records().clear();
        return text;
    }

    TlsContexts::Pointer contexts;
    test::TlsClient tls;
    std::string unsent;
    TcpPair client;
    TcpPair peer;
    PipePool pool;
    std::vector<std::byte> shared = std::vector<std::byte>(65536);
    std::optional<JoinedStreams> streams;
};

TEST_CASE("under TLS the answer comes first, and nothing behind the request is lost",
          "[J11][J18]") {
    Joined j{"early"};
    const Moved up = j.up();
    CHECK(up.read == 5);
    CHECK(up.taken == 5);
    REQUIRE(test::wait_for(j.peer.far.get(), POLLIN));
    CHECK(receive_some(j.peer.far) == "early");
    REQUIRE(send_some(j.peer.far, "greeting") == 8);
    REQUIRE(test::wait_for(j.peer.near.get(), POLLIN));
    const Moved down = j.down();
    CHECK(down.read == 8);
    CHECK(down.taken == 8);  // of the peer's octets, not of TLS's
    std::string told;
    while (told.size() < 15) told += j.receive();
    CHECK(told == "successgreeting");
    CHECK(j.down().flow == Flow::idle);
    CHECK(j.up().flow == Flow::idle);
}

TEST_CASE("of a record no more moves than is allowed, and the rest waits", "[P3]") {
    Joined j;
    j.say("0123456789");
    CHECK(j.up(3).read == 3);
    CHECK(j.streams->has_more());
    CHECK(j.up(0).read == 0);
    CHECK(j.up(4).taken == 4);
    j.say("ab");
    CHECK(j.up().read == 3);
    CHECK_FALSE(j.streams->has_more());
    CHECK(j.up().read == 2);
    REQUIRE(test::wait_for(j.peer.far.get(), POLLIN));
    std::string seen;
    while (seen.size() < 12) seen += receive_some(j.peer.far);
    CHECK(seen == "0123456789ab");
}

TEST_CASE("under TLS a peer that reads late gets everything, and then the end", "[J11][J19]") {
    Joined j{{}, 4096};
    const std::string text = test::pattern(3'000'000);
    std::size_t written = 0;
    const auto push = [&] {
        const std::size_t before = written + j.unsent.size();
        if (j.unsent.empty() && written < text.size()) {
            const std::string_view next = std::string_view{text}.substr(written, 16384);
            j.tls.send(next);
            written += next.size();
            if (written == text.size()) j.tls.close();
        }
        j.send();
        return before != written + j.unsent.size();
    };
    for (bool stuck = false; !stuck;) {
        const bool pushed = push();
        const Moved moved = j.up();
        stuck = !pushed && moved.flow == Flow::blocked && moved.taken == 0;
    }
    CHECK(written < text.size());
    std::string received;
    for (Flow flow = Flow::moving; flow != Flow::ended || received.size() < text.size();) {
        (void)push();
        if (flow != Flow::ended) flow = j.up().flow;
        REQUIRE(flow != Flow::broken);
        REQUIRE(flow != Flow::gone);
        received += receive_some(j.peer.far);
    }
    CHECK((received == text));
    CHECK(test::at_end(j.peer.far));
}

TEST_CASE("under TLS a client that reads late gets everything, and then the end", "[J11][J19]") {
    Joined j{{}, 4096};
    const std::string text = test::pattern(3'000'000);
    std::size_t written = 0;
    std::size_t taken = 0;
    const auto push = [&] {
        const std::size_t fresh = send_some(j.peer.far, std::string_view{text}.substr(written));
        written += fresh;
        if (written == text.size()) ::shutdown(j.peer.far.get(), SHUT_WR);
        return fresh != 0;
    };
    const auto step = [&] {
        const Moved moved = j.down();
        taken += moved.taken;
        REQUIRE(moved.flow != Flow::broken);
        REQUIRE(moved.flow != Flow::gone);
        return moved;
    };
    for (bool stuck = false; !stuck;) {
        const bool pushed = push();
        const Moved moved = step();
        stuck = !pushed && moved.flow == Flow::blocked && moved.taken == 0;
    }
    CHECK(written < text.size());
    std::string received;
    for (Flow flow = Flow::moving; flow != Flow::ended || received.size() < 7 + text.size();) {
        (void)push();
        if (flow != Flow::ended) flow = step().flow;
        received += j.receive();
    }
    CHECK((received == "success" + text));
    CHECK(taken == text.size());
    while (!j.tls.over()) (void)j.receive();  // close_notify
    CHECK(test::at_end(j.client.far));
    // The client may still speak.
    j.say("and I");
    CHECK(j.up().taken == 5);
}

TEST_CASE("under TLS an end with the last record is told with it", "[J19]") {
    Joined j;
    j.tls.send("last");
    j.tls.close();
    j.send();
    REQUIRE(test::wait_for(j.client.near.get(), POLLIN));
    Moved moved = j.up(3);
    CHECK(moved.taken == 3);
    CHECK(moved.flow == Flow::moving);
    moved = j.up();
    CHECK(moved.taken == 1);
    CHECK(moved.flow == Flow::ended);
    CHECK(test::wait_for(j.peer.far.get(), POLLIN));
    CHECK(receive_some(j.peer.far) == "last");
    CHECK(test::at_end(j.peer.far));
}

TEST_CASE("under TLS what is not authentic, and a reset, end both ways", "[I7][J19][threats]") {
    std::signal(SIGPIPE, SIG_IGN);
    Joined j;
    j.tls.send("whole");
    j.send();
    SECTION("a record that is forged") {
        j.tls.send("forged");
        auto record = j.tls.output();
        record.back() ^= std::byte{1};
        REQUIRE(send_some(j.client.far, protocol::as_text(record)) == record.size());
    }
    SECTION("a reset") {
        const linger at_once{1, 0};
        REQUIRE(::setsockopt(j.client.far.get(), SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once) ==
                0);
        j.client.far = {};
    }
    REQUIRE(test::wait_for(j.client.near.get(), POLLIN));
    Flow flow = Flow::moving;
    for (int turn = 0; turn < 100 && flow != Flow::gone; ++turn) flow = j.up().flow;
    CHECK(flow == Flow::gone);
}

TEST_CASE("what nobody takes any more is discarded until it ends", "[J19][threats]") {
    Joined j;
    CHECK(j.streams->discard_from_client(j.shared) == Flow::idle);
    CHECK(j.streams->discard_from_peer(j.shared) == Flow::idle);
    j.say("in vain");
    REQUIRE(send_some(j.peer.far, "in vain too") == 11);
    REQUIRE(test::wait_for(j.peer.near.get(), POLLIN));
    CHECK(j.streams->discard_from_client(j.shared) == Flow::moving);
    CHECK(j.streams->discard_from_peer(j.shared) == Flow::moving);
    ::shutdown(j.client.far.get(), SHUT_WR);
    ::shutdown(j.peer.far.get(), SHUT_WR);
    REQUIRE(test::wait_for(j.client.near.get(), POLLIN));
    REQUIRE(test::wait_for(j.peer.near.get(), POLLIN));
    CHECK(j.streams->discard_from_client(j.shared) == Flow::ended);
    CHECK(j.streams->discard_from_peer(j.shared) == Flow::ended);
}

}  // namespace
}  // namespace turnpike::net
