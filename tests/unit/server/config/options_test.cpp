// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/option.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

// The table orders words as the enum of the member does; only a reader of both can tell.
TEST_CASE("the words of an option stand in the order of its enum") {
    const auto stored = [](std::string_view key, std::string_view word) {
        const Option& option = *find_option(key);
        Config config;
        for (std::size_t index = 0; index < option.words.size(); ++index) {
            if (option.words[index] == word) option.store(config, Word{index});
        }
        return config;
    };
    CHECK(stored("auth.expired", "keep").auth.expired == Expired::keep);
    CHECK(stored("auth.expired", "end").auth.expired == Expired::end);
    CHECK(stored("relay.channels", "rfc5766").relay.channels == Channels::rfc5766);
    CHECK(stored("relay.channels", "rfc8656").relay.channels == Channels::rfc8656);
    CHECK(stored("relay.dscp", "copy").relay.dscp == Dscp::copy);
    CHECK(stored("relay.dscp", "best-effort").relay.dscp == Dscp::best_effort);
    CHECK(stored("relay.acceleration", "off").relay.acceleration == Acceleration::off);
    CHECK(stored("relay.acceleration", "xdp").relay.acceleration == Acceleration::xdp);
    CHECK(stored("log.level", "warning").log.level == LogLevel::warning);
    CHECK(stored("log.level", "error").log.level == LogLevel::error);
    CHECK(stored("redirect.mode", "always").redirect.mode == RedirectMode::always);
    CHECK(stored("redirect.mode", "overload").redirect.mode == RedirectMode::overload);
    CHECK(stored("log.format", "json").log.format == LogFormat::json);
}

TEST_CASE("passwords, secrets and tokens are marked as such") {
    for (const std::string_view key :
         {"auth.secrets", "auth.access_tokens", "users", "admin.token", "storage.url"}) {
        INFO(key);
        CHECK(find_option(key)->is_secret);
    }
    CHECK_FALSE(find_option("realm")->is_secret);
}

TEST_CASE("the bounds that the RFCs set are in the table", "[P9][A27][R5]") {
    CHECK(find_option("auth.nonce_seconds")->max == 3600);             // RFC 8656 section 5
    CHECK(find_option("realm")->max == 127);                           // RFC 8489 section 14.9
    CHECK(find_option("server.software")->max == 127);                 // RFC 8489 section 14.14
    CHECK(find_option("relay.ports")->min == 1024);                    // RFC 8656 section 7.2
    for (const std::string_view key : {"listen.udp", "listen.tcp"}) {  // RFC 8656 section 5
        CHECK(find_option(key)->fallback == R"(["0.0.0.0:3478", "[::]:3478"])");
    }
    CHECK(find_option("server.software")->fallback == "\"Turnpike\"");  // no version
}

}  // namespace
}  // namespace turnpike::config
