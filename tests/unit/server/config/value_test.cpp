// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/value.hpp"

#include "server/config/option.hpp"
#include "server/config/read_value.hpp"
#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

TEST_CASE("a string is quoted so that TOML reads it back, whatever it holds") {
    std::string all;
    for (int octet = 1; octet < 128; ++octet) all += static_cast<char>(octet);
    const auto document = toml::parse("text = " + quoted(all));
    REQUIRE(document);
    CHECK(document.table()["text"].value<std::string>() == all);
}

TEST_CASE("a value of each kind is written as TOML that reads back to it") {
    struct Row {
        std::string_view key, toml;
    };
    const Row row = GENERATE(
        Row{"auth.password_algorithms", "false"}, Row{"server.workers", "8"},
        Row{"limits.tcp_idle", "15"}, Row{"realm", R"("ex \"ample\"")"},
        Row{"log.level", R"("debug")"},
        Row{"log.areas", R"({ session = "warning", storage = "debug" })"},
        Row{"relay.interfaces", R"(["eth0", "eth1"])"},
        Row{"admin.listen", R"("unix:/run/admin.sock")"},
        Row{"listen.udp", R"(["192.0.2.1:3478", "[2001:db8::1]:3478"])"},
        Row{"limits.call_warning_seconds", "[300, 60]"},
        Row{"relay.addresses", R"(["203.0.113.5", "2001:db8::5"])"},
        Row{"peers.allow", R"(["10.0.0.0/8"])"}, Row{"relay.ports", "[50000, 50100]"},
        Row{"relay.external", R"({ "10.0.0.5" = "203.0.113.5" })"},
        Row{"auth.secrets", R"(["one", { secret = "two", expired = "end" }])"},
        Row{"listen.certificates", R"([{ certificate = "cert.pem", private_key = "key.pem" }])"},
        Row{"users", R"({ "alice" = "secret one", "bob" = "two" })"});
    INFO(row.key);
    const Option& option = *find_option(row.key);
    Problems problems;
    Complaints complaints{"test", false, problems};
    const auto document = toml::parse(std::string{"value = "} + std::string{row.toml});
    REQUIRE(document);
    const auto value = read_value(option, *document.table().get("value"), complaints);
    REQUIRE(value);
    CHECK(to_toml(option, *value) == row.toml);
}

TEST_CASE("passwords and secrets are masked") {
    CHECK(to_masked_toml(*find_option("auth.secrets"),
                         std::vector{Secret{"hush", {}}, Secret{"hush", Expired::end}}) ==
          R"(["********", { secret = "********", expired = "end" }])");
    CHECK(to_masked_toml(*find_option("users"), std::vector{User{"alice", "hush"}}) ==
          R"({ "alice" = "********" })");
    const auto url = [](std::string text) {
        return to_masked_toml(*find_option("storage.url"), std::move(text));
    };
    CHECK(url("postgresql://u:hush@h/d") == R"("postgresql://u:********@h/d")");
    CHECK(url("sqlite:/a/b.db") == R"("sqlite:/a/b.db")");
    CHECK(to_masked_toml(*find_option("admin.token"), std::string{}) == R"("")");
    CHECK(to_masked_toml(*find_option("realm"), std::string{"example.org"}) == R"("example.org")");
}

}  // namespace
}  // namespace turnpike::config
