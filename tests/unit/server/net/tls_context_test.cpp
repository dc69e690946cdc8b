// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/tls_context.hpp"

#include "server/net/tls_slot.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/certificate_folder.hpp"
#include "tests/support/tls_handshake.hpp"

namespace turnpike::net {
namespace {

using namespace std::chrono_literals;
using namespace std::string_view_literals;
using test::CertificateFolder;
using test::TlsHandshake;

struct SessionFree {
    void operator()(SSL_SESSION* unused) const { SSL_SESSION_free(unused); }
};
using Session = std::unique_ptr<SSL_SESSION, SessionFree>;

TlsContexts::Pointer load(std::vector<CertificateFiles> files,
                          const TicketKeys& keys = TicketKeys::make()) {
    auto loaded = TlsContexts::load(files, keys);
    REQUIRE(loaded.has_value());
    return *loaded;
}

std::string certificate_for(const TlsContexts& contexts, const std::string& name) {
    TlsHandshake handshake{contexts.tls()};
    handshake.ask_for(name);
    return handshake.shake() ? handshake.common_name() : "none";
}

TEST_CASE("TLS 1.2 and 1.3 are spoken and nothing older", "[I12][rfc9325-3.1.1]") {
    const CertificateFolder folder;
    const auto contexts = load({folder.issue("one")});
    const auto [version, spoken] = GENERATE(table<int, bool>({{TLS1_VERSION, false},
                                                              {TLS1_1_VERSION, false},
                                                              {TLS1_2_VERSION, true},
                                                              {TLS1_3_VERSION, true}}));
    TlsHandshake handshake{contexts->tls()};
    handshake.version(version);
    CHECK(handshake.shake() == spoken);
}

TEST_CASE("only suites with forward secrecy and AEAD are taken", "[I13][X19][rfc8489-6.2.3]") {
    const CertificateFolder folder;
    const auto contexts = load({folder.issue("one", {.rsa = true})});
    const auto [suite, taken] =
        GENERATE(table<const char*, bool>({{"ECDHE-RSA-AES128-GCM-SHA256", true},
                                           {"DHE-RSA-AES128-GCM-SHA256", true},
                                           {"ECDHE-RSA-AES256-GCM-SHA384", true},
                                           {"ECDHE-RSA-CHACHA20-POLY1305", true},
                                           {"AES128-GCM-SHA256", false},
                                           {"AES128-SHA", false},
                                           {"ECDHE-RSA-AES128-SHA", false},
                                           {"DHE-RSA-AES128-SHA256", false},
                                           {"AECDH-AES128-SHA", false},
                                           {"NULL-SHA256", false},
                                           {"ECDHE-RSA-AES128-SHA256", false}}));
    TlsHandshake handshake{contexts->tls()};
    handshake.version(TLS1_2_VERSION);
    handshake.ciphers(suite);
    CHECK(handshake.shake() == taken);
    if (taken) CHECK(SSL_get_cipher_name(handshake.client.get()) == std::string{suite});
}

TEST_CASE("nothing is compressed", "[I13]") {
    const CertificateFolder folder;
    const auto contexts = load({folder.issue("one")});
    CHECK((SSL_CTX_get_options(&contexts->tls()) & SSL_OP_NO_COMPRESSION) != 0);
    CHECK((SSL_CTX_get_options(&contexts->dtls()) & SSL_OP_NO_COMPRESSION) != 0);
}

TEST_CASE("ALPN: ours is chosen, none is well, and others are told so",
          "[I14][rfc7443][rfc7301-3.2]") {
    const CertificateFolder folder;
    const auto contexts = load({folder.issue("one")});
    const auto [offered, well, chosen] = GENERATE(table<std::string_view, bool, std::string_view>(
        {{"", true, ""},
         {"\x09stun.turn"sv, true, "stun.turn"},
         {"\x12stun.nat-discovery"sv, true, "stun.nat-discovery"},
         {"\x12stun.nat-discovery\x09stun.turn"sv, true, "stun.turn"},
         {"\x02h2\x09stun.turn"sv, true, "stun.turn"},
         {"\x02h2\x08http/1.1"sv, false, ""}}));
    TlsHandshake handshake{contexts->tls()};
    if (!offered.empty()) handshake.offer(offered);
    CHECK(handshake.shake() == well);
    CHECK(handshake.chosen_protocol() == chosen);
}

TEST_CASE("the certificate is the one for the name that the client asks for", "[rfc6066-3]") {
    const CertificateFolder folder;
    const auto contexts = load({folder.issue("first", {.names = {"first.example.org"}}),
                                folder.issue("star", {.names = {"*.example.net"}}),
                                folder.issue("exact", {.names = {"exact.example.net"}})});
    CHECK(certificate_for(*contexts, "first.example.org") == "first.example.org");
    CHECK(certificate_for(*contexts, "any.example.net") == "*.example.net");
    CHECK(certificate_for(*contexts, "exact.example.net") == "exact.example.net");
    CHECK(certificate_for(*contexts, "EXACT.example.NET") == "exact.example.net");
    CHECK(certificate_for(*contexts, "unknown.example.com") == "first.example.org");
    TlsHandshake silent{contexts->tls()};
    REQUIRE(silent.shake());
    CHECK(silent.common_name() == "first.example.org");
}

TEST_CASE("of two certificates for one name the client gets the kind that it knows",
          "[rfc6066-3]") {
    const CertificateFolder folder;
    const auto contexts = load({folder.issue("first", {.names = {"first.example.org"}}),
                                folder.issue("ec"), folder.issue("rsa", {.rsa = true})});
    const auto [suite, kind] =
        GENERATE(table<const char*, int>({{"ECDHE-ECDSA-AES128-GCM-SHA256", EVP_PKEY_EC},
                                          {"ECDHE-RSA-AES128-GCM-SHA256", EVP_PKEY_RSA}}));
    TlsHandshake handshake{contexts->tls()};
    handshake.version(TLS1_2_VERSION);
    handshake.ask_for("turn.example.org");
    handshake.ciphers(suite);
    REQUIRE(handshake.shake());
    const OpensslPtr<X509> leaf{SSL_get1_peer_certificate(handshake.client.get())};
    CHECK(EVP_PKEY_get_base_id(X509_get0_pubkey(leaf.get())) == kind);
    CHECK(handshake.common_name() == "turn.example.org");
}

TEST_CASE("a session is resumed, by the contexts of a reload too, until its key is forgotten",
          "[rfc8446-4.6.1]") {
    const CertificateFolder folder;
    const int version = GENERATE(TLS1_2_VERSION, TLS1_3_VERSION);
    const TicketKeys keys = TicketKeys::make();
    const auto first = load({folder.issue("one")}, keys);
    TlsHandshake full{first->tls()};
    full.version(version);
    REQUIRE(full.shake());
    CHECK_FALSE(full.resumed());
    const Session session{full.session()};
    const auto resumes = [&](const TlsContexts& contexts) {
        TlsHandshake again{contexts.tls()};
        again.version(version);
        again.resume(session.get());
        return again.shake() && again.resumed();
    };
    CHECK(resumes(*first));
    CHECK(resumes(*load({folder.issue("one")}, keys)));
    const auto turned = *first->with(keys.turned_over());
    CHECK(resumes(*turned));
    CHECK_FALSE(resumes(*load({folder.issue("one")})));
    CHECK_FALSE(resumes(**turned->with(turned->ticket_keys().turned_over())));
}

TEST_CASE("a handshake that has begun goes on after its contexts were replaced") {
    const CertificateFolder folder;
    auto contexts =
        load({folder.issue("one"), folder.issue("two", {.names = {"two.example.org"}})});
    TlsHandshake handshake{contexts->tls()};
    handshake.ask_for("two.example.org");
    handshake.offer("\x09stun.turn"sv);
    contexts.reset();
    REQUIRE(handshake.shake());
    CHECK(handshake.common_name() == "two.example.org");
}

TEST_CASE("a pair that is bad stops the loading, and says which") {
    const CertificateFolder folder;
    const auto good = folder.issue("good");
    const auto other = folder.issue("other");
    const std::vector<CertificateFiles> mixed{good, {other.certificate, good.private_key}};
    CHECK(TlsContexts::load(mixed, TicketKeys::make()).error().what.starts_with(good.private_key));
    const auto weak = folder.issue("weak", {.rsa = true, .bits = 512});
    for (const auto& files : {std::vector{weak}, std::vector{good, weak}}) {
        CHECK(TlsContexts::load(files, TicketKeys::make()).error().what ==
              weak.certificate + ": cannot be used: ee key too small");
    }
    CHECK(TlsContexts::load({}, TicketKeys::make()).has_error());
}

TEST_CASE("certificates out of their time are loaded with objections") {
    const CertificateFolder folder;
    const auto contexts =
        load({folder.issue("good", {.until = 48h}), folder.issue("old", {.until = -1h})});
    const auto now = std::chrono::system_clock::now();
    CHECK(contexts->objections(now).size() == 1);
    CHECK(contexts->objections(now + 49h).size() == 2);
    CHECK(contexts->expiry() < now);
}

TEST_CASE("a slot hands out what was put there last") {
    const CertificateFolder folder;
    TlsSlot slot;
    CHECK(slot.get() == nullptr);
    const auto one = load({folder.issue("one")});
    slot.put(one);
    CHECK(slot.get() == one);
    const auto two = load({folder.issue("two")});
    slot.put(two);
    CHECK(slot.get() == two);
    CHECK(one.use_count() == 1);
}

}  // namespace
}  // namespace turnpike::net
