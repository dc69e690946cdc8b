// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/tls_session.hpp"

#include <malloc.h>

#include <algorithm>
#include <array>
#include <random>
#include <thread>

#include "server/net/tls_context.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificate_folder.hpp"
#include "tests/support/tls_client.hpp"

namespace turnpike::net {
namespace {

using protocol::Bytes;
using test::TlsClient;
using Failure = TlsSession::Failure;
using State = TlsSession::State;
using Octets = std::vector<std::byte>;

TlsContexts::Pointer contexts() {
    const test::CertificateFolder folder;
    const std::vector<CertificateFiles> files{folder.issue("one")};
    return *TlsContexts::load(files, TicketKeys::make());
}

// A client and the server's session, and what the server has read.
struct Talk {
    explicit Talk(int version = 0) : client{version}, context{contexts()} {
        session = TlsSession::accept(context->tls());
        REQUIRE(session);
    }

    // Hands the octets over in pieces of this size.
    void server_gets(Bytes octets, std::size_t piece = 16384) {
        Octets buffer(3 * 16384);
        while (!octets.empty()) {
            const Bytes part = octets.first(std::min(piece, octets.size()));
            const std::size_t count = session->receive(part, buffer);
            read += protocol::as_text(Bytes{buffer}.first(count));
            octets = octets.subspan(part.size());
        }
    }
    // Until nothing is under way.
    void flow(std::size_t piece = 16384) {
        for (int round = 0; round < 10; ++round) {
            server_gets(client.output(), piece);
            const Octets output{session->output().begin(), session->output().end()};
            session->sent(output.size());
            client.receive(output);
        }
    }
    void shake_hands(std::size_t piece = 16384) {
        client.begin();
        flow(piece);
        REQUIRE(session->state() == State::open);
        REQUIRE(client.open());
    }

    TlsClient client;
    TlsContexts::Pointer context;
    std::unique_ptr<TlsSession> session;
    std::string read;
};

TEST_CASE("plaintext goes both ways, however the ciphertext is cut", "[I4][C2]") {
    Talk talk{GENERATE(TLS1_2_VERSION, TLS1_3_VERSION)};
    const std::size_t piece = GENERATE(1U, 7U, 16384U);
    talk.shake_hands(piece);
    CHECK_FALSE(talk.session->resumed());
    const std::string large(40000, 'x');
    talk.client.send("one");
    talk.client.send("two" + large);
    talk.flow(piece);
    CHECK(talk.read == "onetwo" + large);
    REQUIRE(talk.session->send(protocol::as_octets("answer")));
    REQUIRE(talk.session->send(protocol::as_octets("another")));
    talk.flow();
    CHECK(talk.client.records() == std::vector<std::string>{"answer", "another"});
}

TEST_CASE("what is sent together leaves in one record, as long as it fits into one") {
    Talk talk;
    talk.shake_hands();
    REQUIRE(talk.session->send(protocol::as_octets(std::string(tls_record_octets_max, 'x'))));
    talk.flow();
    CHECK(talk.client.records().size() == 1);
    REQUIRE(talk.session->send(protocol::as_octets(std::string(tls_record_octets_max + 1, 'x'))));
    talk.flow();
    CHECK(talk.client.records().size() == 3);
}

TEST_CASE("after a close_notify what is owed still goes out", "[I10]") {
    Talk talk;
    talk.shake_hands();
    talk.client.send("last words");
    talk.client.close();
    talk.server_gets(talk.client.output());
    CHECK(talk.read == "last words");
    CHECK(talk.session->state() == State::ending);
    CHECK(talk.session->send(protocol::as_octets("owed")));
    talk.session->close();
    talk.session->close();
    CHECK_FALSE(talk.session->send(protocol::as_octets("too late")));
    talk.flow();
    CHECK(talk.client.records() == std::vector<std::string>{"owed"});
    CHECK(talk.client.over());
}

TEST_CASE("what is no TLS fails with its reason", "[P7][threats]") {
    Talk talk;
    const std::string_view text =
        GENERATE("GET / HTTP/1.1\r\n\r\n", "\x01\x02\x03\x04\x05\x06\x07");
    talk.server_gets(protocol::as_octets(text));
    CHECK(talk.session->state() == State::failed);
    CHECK(talk.session->failure() == Failure::not_tls);
    CHECK_FALSE(talk.session->send(protocol::as_octets("x")));
    talk.server_gets(protocol::as_octets("and more"));
    CHECK(talk.session->state() == State::failed);
}

TEST_CASE("a handshake that cannot be agreed on says why", "[I12][I13]") {
    Talk talk;
    SECTION("an old version") {
        SSL_set_security_level(talk.client.ssl(), 0);
        SSL_set_min_proto_version(talk.client.ssl(), TLS1_VERSION);
        SSL_set_max_proto_version(talk.client.ssl(), TLS1_1_VERSION);
        talk.client.begin();
        talk.flow();
        CHECK(talk.session->failure() == Failure::version);
    }
    SECTION("no suite in common") {
        SSL_set_max_proto_version(talk.client.ssl(), TLS1_2_VERSION);
        SSL_set_cipher_list(talk.client.ssl(), "AES128-SHA");
        talk.client.begin();
        talk.flow();
        CHECK(talk.session->failure() == Failure::no_shared_cipher);
    }
    SECTION("another protocol") {
        const unsigned char offer[] = "\x02h2";
        SSL_set_alpn_protos(talk.client.ssl(), offer, 3);
        talk.client.begin();
        talk.flow();
        CHECK(talk.session->failure() == Failure::no_application_protocol);
    }
    SECTION("the client refuses the certificate") {
        SSL_set_verify(talk.client.ssl(), SSL_VERIFY_PEER, nullptr);
        talk.client.begin();
        talk.flow();
        CHECK(talk.session->failure() == Failure::alert);
    }
    CHECK(talk.session->state() == State::failed);
    CHECK(talk.client.over());
}

TEST_CASE("a client that renegotiates is refused") {
    Talk talk{TLS1_2_VERSION};
    talk.shake_hands();
    SSL_renegotiate(talk.client.ssl());
    SSL_do_handshake(talk.client.ssl());
    talk.server_gets(talk.client.output());
    CHECK(talk.session->state() == State::failed);
    CHECK(talk.session->failure() == Failure::renegotiation);
}

TEST_CASE("a session is resumed", "[rfc8446-4.6.1]") {
    Talk talk;
    talk.shake_hands();
    talk.client.close();
    SSL_SESSION* const ticket = SSL_get1_session(talk.client.ssl());
    TlsClient again;
    SSL_set_session(again.ssl(), ticket);
    SSL_SESSION_free(ticket);
    talk.client.close();
    const auto resumed = TlsSession::accept(talk.context->tls());
    again.begin();
    Octets buffer(3 * 16384);
    for (int round = 0; round < 4; ++round) {
        CHECK(resumed->receive(again.output(), buffer) == 0);
        const Octets output{resumed->output().begin(), resumed->output().end()};
        resumed->sent(output.size());
        again.receive(output);
    }
    CHECK(resumed->state() == State::open);
    CHECK(resumed->resumed());
}

// The server's object as its callbacks see it, once a message has passed.
void catch_server(SSL_CTX& context, SSL*& server) {
    SSL_CTX_set_msg_callback_arg(&context, &server);
    SSL_CTX_set_msg_callback(&context, [](int, int, int, const void*, std::size_t, SSL* session,
                                          void* place) { *static_cast<SSL**>(place) = session; });
}

bool holds_a_key(EVP_PKEY* key) {
    std::array<unsigned char, 64> octets{};
    std::size_t secret = octets.size();
    std::size_t open = octets.size();
    return EVP_PKEY_get_raw_private_key(key, octets.data(), &secret) == 1 ||
           EVP_PKEY_get_raw_public_key(key, octets.data(), &open) == 1;
}

TEST_CASE("what only the handshake needed is forgotten with it, and the session goes on") {
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    Talk talk{version};
    SSL* server = nullptr;
    catch_server(talk.context->tls(), server);
    talk.session = TlsSession::accept(talk.context->tls());
    talk.shake_hands();
    REQUIRE(server != nullptr);
    std::vector<OpensslPtr<EVP_PKEY>> keys;
    EVP_PKEY* key = nullptr;
    if (SSL_get_tmp_key(server, &key) == 1) keys.emplace_back(key);
    if (SSL_get_peer_tmp_key(server, &key) == 1) keys.emplace_back(key);
    CHECK(keys.size() == (version == TLS1_3_VERSION ? 2 : 0));
    for (const auto& each : keys) CHECK_FALSE(holds_a_key(each.get()));
    CHECK(sk_SSL_CIPHER_num(SSL_get_client_ciphers(server)) == 0);
    CHECK(SSL_get_rbio(server) == nullptr);
    if (version == TLS1_3_VERSION) SSL_key_update(talk.client.ssl(), SSL_KEY_UPDATE_REQUESTED);
    talk.client.send("question");
    talk.flow();
    CHECK(talk.read == "question");
    REQUIRE(talk.session->send(protocol::as_octets("answer")));
    talk.flow();
    CHECK(talk.client.records() == std::vector<std::string>{"answer"});
}

TEST_CASE("sessions take turns, in their handshakes too, and nothing goes to the wrong one") {
    Talk one;
    Talk other;
    one.client.begin();
    other.client.begin();
    for (int round = 0; round < 6; ++round) {
        for (Talk* each : {&one, &other}) {
            each->server_gets(each->client.output(), 7);
            const Octets output{each->session->output().begin(), each->session->output().end()};
            each->session->sent(output.size());
            each->client.receive(output);
        }
    }
    one.client.send("of one");
    other.client.send("of the other");
    REQUIRE(one.session->send(protocol::as_octets("to one")));
    REQUIRE(other.session->send(protocol::as_octets("to the other")));
    other.flow();
    one.flow();
    CHECK(one.read == "of one");
    CHECK(other.read == "of the other");
    CHECK(one.client.records() == std::vector<std::string>{"to one"});
    CHECK(other.client.records() == std::vector<std::string>{"to the other"});
}

TEST_CASE("a session goes on in another thread, wherever its handshake is") {
    Talk talk;
    talk.client.begin();
    if (GENERATE(false, true)) talk.flow();
    std::thread{[&] { talk.flow(); }}.join();
    REQUIRE(talk.session->state() == State::open);
    talk.client.send("question");
    talk.flow();
    CHECK(talk.read == "question");
}

TEST_CASE("whatever is damaged, at whatever place, ends the session and nothing else",
          "[P7][threats]") {
    std::mt19937_64 random{20240607};
    std::size_t failed = 0;
    for (int attempt = 0; attempt < 200; ++attempt) {
        Talk talk{attempt % 2 == 0 ? TLS1_2_VERSION : TLS1_3_VERSION};
        talk.client.begin();
        for (int round = 0; round < 5 && talk.session->state() != State::failed; ++round) {
            Octets octets = talk.client.output();
            if (round >= attempt % 3 && !octets.empty()) {
                octets[random() % octets.size()] ^= static_cast<std::byte>(1 + random() % 255);
            }
            talk.server_gets(octets);
            const Octets output{talk.session->output().begin(), talk.session->output().end()};
            talk.session->sent(output.size());
            talk.client.receive(output);
            if (talk.client.open()) talk.client.send("a message");
        }
        if (talk.session->state() == State::failed) ++failed;
    }
    CHECK(failed > 150);
}

TEST_CASE("a session that waits for a record's end keeps no more than the record",
          "[P7][threats]") {
    Talk talk;
    talk.shake_hands();
    // The header of a record, and of what it promises all but the last octet.
    Octets record(5 + 16384 + 255);
    record[0] = std::byte{0x17};
    record[1] = std::byte{3};
    record[2] = std::byte{3};
    record[3] = std::byte{0x40};
    talk.server_gets(record);
    CHECK(talk.session->state() == State::failed);  // a record that is not authentic
}

TEST_CASE("a session that idles takes little memory") {
    const auto context = contexts();
    std::vector<TlsClient> clients(50);
    std::vector<std::unique_ptr<TlsSession>> sessions;
    Octets buffer(3 * 16384);
    const auto talk = [&](std::size_t index) {
        TlsClient& client = clients[index];
        TlsSession& session = *sessions.emplace_back(TlsSession::accept(context->tls()));
        client.begin();
        for (int round = 0; round < 4; ++round) {
            (void)session.receive(client.output(), buffer);
            const Octets output{session.output().begin(), session.output().end()};
            session.sent(output.size());
            client.receive(output);
        }
        REQUIRE(session.state() == State::open);
    };
    for (std::size_t index = 0; index < clients.size(); ++index) talk(index);
    const std::size_t with = ::mallinfo2().uordblks;
    sessions.clear();
    const std::size_t without = ::mallinfo2().uordblks;
    const std::size_t each = (with - without) / clients.size();
    INFO(each);
    CHECK(each < 24000);
}

}  // namespace
}  // namespace turnpike::net
