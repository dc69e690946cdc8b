// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/tcp_connection.hpp"

#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <string>
#include <utility>
#include <vector>

#include "protocol/channel_data.hpp"
#include "server/net/file_descriptor.hpp"
#include "server/net/tls_context.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificate_folder.hpp"
#include "tests/support/tls_client.hpp"

namespace turnpike::net {
namespace {

using Input = TcpConnection::Input;
using Output = TcpConnection::Output;
using Octets = std::vector<std::byte>;

constexpr auto channels = protocol::ChannelRange::rfc5766;

Octets channel_data(std::string_view payload) {
    Octets message(protocol::channel_header_octets);
    protocol::encode_channel_header(std::span<std::byte, protocol::channel_header_octets>{message},
                                    0x4001, static_cast<std::uint16_t>(payload.size()));
    const auto octets = protocol::as_octets(payload);
    message.insert(message.end(), octets.begin(), octets.end());
    message.resize(protocol::padded(message.size()));
    return message;
}

// A Binding indication: a stream has to begin with STUN.
constexpr std::string_view stun{
    "\x00\x11\x00\x00\x21\x12\xA4\x42"
    "\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00",
    20};

struct Stream {
    Stream() {
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) ==
                0);
        near = FileDescriptor{ends[0]};
        far = FileDescriptor{ends[1]};
        connection.emplace(near.get(), channels, 1000);
        write(protocol::as_octets(stun));
        REQUIRE(connection->read(shared) == Input::some);
        REQUIRE(connection->next());
        REQUIRE_FALSE(connection->next());
    }
    void write(protocol::Bytes octets) const {
        REQUIRE(::send(far.get(), octets.data(), octets.size(), 0) ==
                static_cast<ssize_t>(octets.size()));
    }
    // The payloads of every whole message that one read yields.
    std::vector<std::string> read() {
        std::vector<std::string> payloads;
        last = connection->read(shared);
        if (last != Input::some) return payloads;
        while (const auto frame = connection->next()) {
            const auto data = protocol::ChannelData::decode(frame->message);
            REQUIRE(data);
            payloads.emplace_back(protocol::as_text(data->payload));
        }
        return payloads;
    }

    FileDescriptor near;
    FileDescriptor far;
    std::optional<TcpConnection> connection;
    Octets shared = Octets(65536);
    Input last = Input::none;
};

TEST_CASE("messages that come together are all there after one read", "[I5][I4]") {
    Stream stream;
    Octets all;
    for (const char* text : {"one", "", "three", "x"}) {
        const Octets message = channel_data(text);
        all.insert(all.end(), message.begin(), message.end());
    }
    stream.write(all);
    CHECK(stream.read() == std::vector<std::string>{"one", "", "three", "x"});
    CHECK_FALSE(stream.connection->has_half_message());
    CHECK(stream.read().empty());
    CHECK(stream.last == Input::none);
}

TEST_CASE("messages may be split at every octet", "[I4]") {
    Octets all = channel_data("first");
    const Octets second = channel_data("the second one");
    all.insert(all.end(), second.begin(), second.end());
    for (std::size_t split = 1; split < all.size(); ++split) {
        Stream stream;
        stream.write(protocol::Bytes{all}.first(split));
        auto payloads = stream.read();
        CHECK(stream.connection->has_half_message() == (split != all.size() - second.size()));
        stream.connection->rest();  // what is there of a message stays
        stream.write(protocol::Bytes{all}.subspan(split));
        for (auto& payload : stream.read()) payloads.push_back(payload);
        CHECK(payloads == std::vector<std::string>{"first", "the second one"});
        CHECK_FALSE(stream.connection->has_half_message());
    }
}

TEST_CASE("one octet a read is enough", "[I4]") {
    Stream stream;
    const Octets message = channel_data("slow but whole");
    std::vector<std::string> payloads;
    for (const std::byte octet : message) {
        stream.write({&octet, 1});
        for (auto& payload : stream.read()) payloads.push_back(payload);
    }
    CHECK(payloads == std::vector<std::string>{"slow but whole"});
}

TEST_CASE("what cannot be a message breaks the stream for good", "[I7]") {
    Stream stream;
    const Octets good = channel_data("good");
    stream.write(good);
    stream.write(protocol::as_octets("\xFFnonsense"));
    CHECK(stream.read() == std::vector<std::string>{"good"});
    CHECK(stream.connection->broken());
    stream.write(good);
    CHECK(stream.read().empty());
}

TEST_CASE("a stream that begins with channel data is broken, whatever comes after", "[I7]") {
    Stream stream;
    stream.connection.emplace(stream.near.get(), channels, 1000);
    stream.write(protocol::as_octets("GET / HTTP/1.1\r\n\r\n"));
    CHECK(stream.read().empty());
    CHECK(stream.connection->broken());
}

TEST_CASE("every payload of a read lives until the next one", "[I5]") {
    Stream stream;
    const Octets first = channel_data("first");
    stream.write(protocol::Bytes{first}.first(3));
    CHECK(stream.read().empty());
    Octets rest{first.begin() + 3, first.end()};
    const Octets second = channel_data("second");
    rest.insert(rest.end(), second.begin(), second.end());
    stream.write(rest);
    REQUIRE(stream.connection->read(stream.shared) == Input::some);
    const auto one = stream.connection->next();
    const auto two = stream.connection->next();
    REQUIRE((one && two));
    REQUIRE_FALSE(stream.connection->next());
    CHECK(protocol::as_text(protocol::ChannelData::decode(one->message)->payload) == "first");
    CHECK(protocol::as_text(protocol::ChannelData::decode(two->message)->payload) == "second");
}

TEST_CASE("the end of a stream and its failure are told apart", "[I10]") {
    Stream stream;
    SECTION("the client has said everything") {
        ::shutdown(stream.far.get(), SHUT_WR);
        stream.read();
        CHECK(stream.last == Input::end);
        REQUIRE(stream.connection->queue_answer(protocol::as_octets("owed")));
        CHECK(stream.connection->flush() == Output::done);
    }
    SECTION("the client is gone") {
        stream.far = {};
        REQUIRE(stream.connection->queue_answer(protocol::as_octets("lost")));
        CHECK(stream.connection->flush() == Output::failed);
    }
}

TEST_CASE("a client that does not read costs a bounded queue, and whole messages are dropped",
          "[I9]") {
    Stream stream;
    const Octets message = channel_data(std::string(196, 'x'));
    REQUIRE(message.size() == 200);
    int queued = 0;
    while (stream.connection->queue_data(message)) ++queued;
    CHECK(queued == 5);
    CHECK(stream.connection->queued() == 1000);
    SECTION("an answer still finds room") {
        CHECK(stream.connection->queue_answer(message));
    }
    SECTION("answers without end do not") {
        int answers = 0;
        while (stream.connection->queue_answer(message)) ++answers;
        CHECK(answers < 100);
    }
    CHECK(stream.connection->flush() == Output::done);
    CHECK(stream.connection->queued() == 0);
    CHECK(stream.connection->queue_data(message));
}

TEST_CASE("a write that the kernel takes in part goes on where it stopped", "[I9]") {
    Stream stream;
    stream.connection.emplace(stream.near.get(), channels, 1U << 22U);
    Octets all(1U << 21U);
    for (std::size_t index = 0; index < all.size(); ++index) {
        all[index] = static_cast<std::byte>(index * 7 / 3);
    }
    REQUIRE(stream.connection->queue_data(all));
    Octets seen;
    Octets buffer(65536);
    while (stream.connection->flush() == Output::blocked) {
        CHECK(stream.connection->written() + stream.connection->queued() == all.size());
        stream.connection->rest();
        const auto count = ::recv(stream.far.get(), buffer.data(), buffer.size(), 0);
        REQUIRE(count > 0);
        seen.insert(seen.end(), buffer.begin(), buffer.begin() + count);
    }
    while (seen.size() < all.size()) {
        const auto count = ::recv(stream.far.get(), buffer.data(), buffer.size(), 0);
        REQUIRE(count > 0);
        seen.insert(seen.end(), buffer.begin(), buffer.begin() + count);
    }
    CHECK(seen == all);
}

TEST_CASE("a message that is taken back comes again, with what followed it", "[J15]") {
    const auto split = GENERATE(as<std::size_t>{}, 0, 1, 5, 11);
    Stream stream;
    const Octets first = channel_data("first");
    const Octets second = channel_data("second");
    const Octets third = channel_data("third");
    // So that the message is put together of two reads, or comes in one.
    stream.write(protocol::Bytes{first}.first(split));
    CHECK(stream.read().empty());
    Octets rest{first.begin() + static_cast<std::ptrdiff_t>(split), first.end()};
    rest.insert(rest.end(), second.begin(), second.end());
    rest.insert(rest.end(), third.begin(), third.end() - 3);
    stream.write(rest);
    REQUIRE(stream.connection->read(stream.shared) == Input::some);
    REQUIRE(stream.connection->next());
    stream.connection->take_back();

    TcpConnection elsewhere = std::move(*stream.connection);
    std::ranges::fill(stream.shared, std::byte{});
    std::vector<std::string> payloads;
    const auto take_all = [&] {
        while (const auto frame = elsewhere.next()) {
            payloads.emplace_back(
                protocol::as_text(protocol::ChannelData::decode(frame->message)->payload));
        }
    };
    take_all();
    CHECK(payloads == std::vector<std::string>{"first", "second"});
    CHECK(elsewhere.has_half_message());
    stream.write(protocol::Bytes{third}.last(3));
    REQUIRE(elsewhere.read(stream.shared) == Input::some);
    take_all();
    CHECK(payloads == std::vector<std::string>{"first", "second", "third"});
}

// A client under TLS and the connection that serves it.
struct SecuredStream {
    SecuredStream() {
        const test::CertificateFolder folder;
        const std::vector<CertificateFiles> files{folder.issue("one")};
        contexts = *TlsContexts::load(files, TicketKeys::make());
        std::array<int, 2> ends{};
        REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()) ==
                0);
        near = FileDescriptor{ends[0]};
        far = FileDescriptor{ends[1]};
        connection.emplace(near.get(), channels, 100000);
        connection->secure(TlsSession::accept(contexts->tls()));
        client.begin();
        while (!client.open()) flow();
        flow();
        flow();
        client.send(protocol::as_text(protocol::as_octets(stun)));
        REQUIRE(flow().size() == 1);
    }
    // What the client has to send goes to the connection, and back. The messages that came.
    std::vector<std::string> flow() {
        std::vector<std::string> messages;
        send(client.output());
        while ((last = connection->read(shared)) == Input::some) {
            while (const auto frame = connection->next()) {
                messages.emplace_back(protocol::as_text(frame->message));
            }
        }
        REQUIRE(connection->flush() == Output::done);
        receive();
        return messages;
    }
    void send(const Octets& octets) const {
        REQUIRE(::send(far.get(), octets.data(), octets.size(), 0) ==
                static_cast<ssize_t>(octets.size()));
    }
    void receive() {
        Octets octets(200000);
        const auto count = ::recv(far.get(), octets.data(), octets.size(), 0);
        if (count > 0)
            client.receive(protocol::Bytes{octets}.first(static_cast<std::size_t>(count)));
    }

    TlsContexts::Pointer contexts;
    test::TlsClient client;
    FileDescriptor near;
    FileDescriptor far;
    std::optional<TcpConnection> connection;
    Octets shared = Octets(TcpConnection::least_shared_octets);
    Input last = Input::none;
};

TEST_CASE("under TLS what was queued together leaves in one record", "[C2][I4]") {
    SecuredStream s;
    std::string all;
    for (int count = 0; count < 10; ++count) {
        const Octets message = channel_data("number " + std::to_string(count));
        all += protocol::as_text(message);
        REQUIRE(s.connection->queue_data(message));
    }
    CHECK(s.connection->flush() == Output::done);
    CHECK(s.connection->queued() == 0);
    s.receive();
    CHECK(s.client.records() == std::vector{all});
}

TEST_CASE("under TLS messages are found however records cut them", "[I4][I5]") {
    SecuredStream s;
    const Octets message = channel_data(std::string(300, 'x'));
    const auto text = protocol::as_text(message);
    for (const char& octet : text) s.client.send({&octet, 1});
    s.client.send(std::string{text} + std::string{text} + std::string{text.substr(0, 7)});
    CHECK(s.flow().size() == 3);
    CHECK(s.connection->has_half_message());
    s.client.send(text.substr(7));
    CHECK(s.flow().size() == 1);
    CHECK_FALSE(s.connection->has_half_message());
}

TEST_CASE("what was read before the connection was made comes first", "[I15]") {
    Stream s;
    const Octets early = channel_data("early");
    s.connection->begin_with(early);
    s.write(channel_data("late"));
    CHECK(s.read() == std::vector<std::string>{"early"});
    CHECK(s.read() == std::vector<std::string>{"late"});
}

TEST_CASE("under TLS the end is told, what is owed still goes out, and a goodbye with it",
          "[I10][I18]") {
    SecuredStream s;
    s.client.send(protocol::as_text(protocol::as_octets(stun)));
    s.client.close();
    CHECK(s.flow().size() == 1);
    CHECK(s.last == Input::end);
    CHECK(s.connection->ended() == Input::end);
    REQUIRE(s.connection->queue_answer(channel_data("owed")));
    s.connection->close();
    s.receive();
    CHECK(s.client.records().size() == 1);
    CHECK(s.client.over());
}

TEST_CASE("under TLS what is not authentic fails the connection", "[I7][P7]") {
    SecuredStream s;
    s.client.send("x");
    Octets record = s.client.output();
    record.back() ^= std::byte{1};
    s.send(record);
    CHECK(s.connection->read(s.shared) == Input::some);
    CHECK_FALSE(s.connection->next());
    CHECK(s.connection->ended() == Input::failed);
    CHECK(s.connection->read(s.shared) == Input::failed);
}

TEST_CASE("under TLS a client that does not read costs a bounded queue", "[I9]") {
    SecuredStream s;
    const Octets message = channel_data(std::string(1000, 'x'));
    int taken = 0;
    while (s.connection->queue_data(message)) {
        ++taken;
        (void)s.connection->flush();
    }
    CHECK(s.connection->queued() <= 100000);
    CHECK(s.connection->flush() == Output::blocked);
    CHECK_FALSE(s.connection->overflows());
    std::size_t received = 0;
    while (received < static_cast<std::size_t>(taken) * message.size()) {
        s.receive();
        (void)s.connection->flush();
        for (const std::string& record : s.client.records()) received += record.size();
        s.client.records().clear();
    }
    CHECK(received == static_cast<std::size_t>(taken) * message.size());
    CHECK(s.connection->queued() == 0);
}

}  // namespace
}  // namespace turnpike::net
