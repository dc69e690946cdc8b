// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/certificate_keeper.hpp"

#include <cstdio>
#include <optional>

#include "tests/support/catch.hpp"
#include "tests/support/certificate_folder.hpp"
#include "tests/support/tls_handshake.hpp"

namespace turnpike::worker {
namespace {

using namespace std::chrono_literals;
using test::CertificateFolder;

struct Scenario {
    Scenario() : log_file{std::tmpfile()} {
        log.emplace(telemetry::LogOptions{.descriptor = ::fileno(log_file)});
        files = {folder.issue("one")};
    }
    ~Scenario() {
        log.reset();
        std::fclose(log_file);
    }
    Scenario(const Scenario&) = delete;
    Scenario& operator=(const Scenario&) = delete;

    void starts() { keeper.emplace(files, slot, *log, now); }
    void looks() {
        now.steady += CertificateKeeper::interval;
        keeper->look(now);
    }
    // The name in the certificate that a client gets now.
    [[nodiscard]] std::string served() const {
        test::TlsHandshake handshake{slot.get()->tls()};
        return handshake.shake() ? handshake.common_name() : "none";
    }
    std::string logged() {
        log.reset();
        std::rewind(log_file);
        std::string text(65536, '\0');
        text.resize(std::fread(text.data(), 1, text.size(), log_file));
        return text;
    }

    CertificateFolder folder;
    std::FILE* log_file;
    std::optional<telemetry::Log> log;
    std::vector<net::CertificateFiles> files;
    net::TlsSlot slot;
    protocol::Moment now{protocol::TimePoint{} + 1h, std::chrono::system_clock::now()};
    std::optional<CertificateKeeper> keeper;
};

std::size_t count(std::string_view text, std::string_view word) {
    std::size_t found = 0;
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        ++found;
    }
    return found;
}

TEST_CASE("without certificates there is nothing to keep") {
    Scenario s;
    s.files.clear();
    s.starts();
    CHECK(s.keeper->empty());
    s.looks();
    s.keeper->reload(s.now);
    CHECK(s.slot.get() == nullptr);
}

TEST_CASE("a bad certificate stops the start and is named") {
    Scenario s;
    s.files.push_back({"none.pem", "none.key"});
    CHECK_THROWS_WITH(s.starts(), Catch::Contains("none.pem: cannot be read"));
}

TEST_CASE("a new certificate is in force once its files stay as they are") {
    Scenario s;
    s.starts();
    const auto before = s.slot.get();
    s.looks();
    CHECK(s.slot.get() == before);
    s.folder.issue("one", {.names = {"new.example.org"}});
    s.looks();
    CHECK(s.slot.get() == before);  // it may still be written
    s.looks();
    CHECK(s.served() == "new.example.org");
    const auto after = s.slot.get();
    s.looks();
    s.looks();
    CHECK(s.slot.get() == after);
    CHECK(count(s.logged(), "certificates reloaded") == 1);
}

TEST_CASE("a bad new file is refused once, the old one stays, and a good one is taken after it") {
    Scenario s;
    s.starts();
    const auto before = s.slot.get();
    s.folder.write_text("one.pem", "nonsense");
    for (int times = 0; times < 5; ++times) s.looks();
    CHECK(s.slot.get() == before);
    s.folder.issue("one", {.names = {"mended.example.org"}});
    s.looks();
    s.looks();
    CHECK(s.served() == "mended.example.org");
    const std::string log = s.logged();
    CHECK(count(log, "certificates not reloaded, the old ones stay") == 1);
    CHECK(count(log, "one.pem: holds no certificate") == 1);
}

TEST_CASE("a file that is gone keeps what was in force") {
    Scenario s;
    s.starts();
    std::filesystem::remove(s.files.front().private_key);
    for (int times = 0; times < 3; ++times) s.looks();
    CHECK(s.served() == "turn.example.org");
}

TEST_CASE("on demand files are read at once, and an expired one is said to be so") {
    Scenario s;
    s.starts();
    s.folder.issue("one", {.names = {"old.example.org"}, .until = -2h});
    s.keeper->reload(s.now);
    CHECK(s.served() == "old.example.org");
    s.looks();
    s.looks();
    const std::string log = s.logged();
    CHECK(count(log, "certificates reloaded") == 1);
    CHECK(count(log, "expired on") == 1);
}

TEST_CASE("ticket keys are turned over, and stay across a reload", "[rfc8446-4.6.1]") {
    Scenario s;
    s.starts();
    const auto session_of = [](const net::TlsContexts& contexts) {
        test::TlsHandshake handshake{contexts.tls()};
        REQUIRE(handshake.shake());
        return handshake.session();
    };
    const auto resumes = [&s](SSL_SESSION* session) {
        test::TlsHandshake handshake{s.slot.get()->tls()};
        handshake.resume(session);
        return handshake.shake() && handshake.resumed();
    };
    SSL_SESSION* const session = session_of(*s.slot.get());
    s.keeper->reload(s.now);
    CHECK(resumes(session));
    s.now.steady += net::ticket_lifetime;
    s.looks();
    CHECK(resumes(session));
    s.now.steady += net::ticket_lifetime;
    s.looks();
    CHECK_FALSE(resumes(session));
    SSL_SESSION_free(session);
}

TEST_CASE("what was prepared is known to be the same as before, or something else") {
    Scenario s;
    s.starts();
    REQUIRE(s.keeper->prepare(s.files).has_value());
    CHECK_FALSE(s.keeper->has_others());
    s.folder.issue("one", {.names = {"new.example.org"}});
    REQUIRE(s.keeper->prepare(s.files).has_value());
    CHECK(s.keeper->has_others());
    s.keeper->commit(s.now);
    CHECK_FALSE(s.keeper->has_others());
    REQUIRE(s.keeper->prepare({}).has_value());
    CHECK_FALSE(s.keeper->has_others());
}

}  // namespace
}  // namespace turnpike::worker
