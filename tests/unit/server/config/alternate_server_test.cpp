// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/alternate_server.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

struct Outcome {
    std::optional<AlternateServer> server;
    std::string complaint;
};

Outcome read(std::string_view text) {
    Problems problems;
    Complaints complaints{"f.toml", true, problems};
    const auto document = toml::parse(std::string{"s = "} + std::string{text});
    REQUIRE(document);
    auto server = read_alternate_server(*document.table().get("s")->as_table(),
                                        *find_option("redirect.servers"), complaints);
    return {std::move(server), problems.empty() ? std::string{} : problems.front().what};
}

TEST_CASE("a server is an address, a weight and a name", "[R2][R3]") {
    const auto plain = read(R"({ address = "192.0.2.9:3478" })").server;
    REQUIRE(plain);
    CHECK(*plain == AlternateServer{.address = *protocol::Endpoint::parse("192.0.2.9:3478"),
                                    .tls_address = {},
                                    .weight = 1,
                                    .domain = {}});
    const std::string whole = R"({ address = "[2001:db8::9]:3478", )"
                              R"(tls_address = "[2001:db8::9]:5349", weight = 7, )"
                              R"(domain = "turn2.example.org" })";
    const auto server = read(whole).server;
    REQUIRE(server);
    CHECK(server->weight == 7);
    CHECK(server->domain == "turn2.example.org");
    CHECK(to_toml(*server) == whole);
}

TEST_CASE("a server that cannot serve is refused, with what is right", "[R2]") {
    const auto complaint = [](std::string_view text) { return read(text).complaint; };
    CHECK(complaint("{ weight = 1 }") ==
          R"(redirect.servers: a server without an address; write { address = "192.0.2.1:3478" })");
    for (const auto* const address : {"\"192.0.2.9\"", "\"192.0.2.9:0\"", "\"0.0.0.0:3478\"", "7",
                                      "\"turn2.example.org:3478\""}) {
        CHECK(complaint(std::string{"{ address = "} + address + " }") ==
              "redirect.servers: an address is written with its port, as in \"192.0.2.1:3478\"");
    }
    CHECK(complaint(R"({ address = "192.0.2.9:3478", weight = -1 })") ==
          "redirect.servers: a weight is a whole number from 0 to 1000000");
    CHECK(complaint(R"({ address = "192.0.2.9:3478", domain = "" })") ==
          "redirect.servers: a domain is a name from 1 to 255 bytes long");
    CHECK(complaint(R"({ address = "192.0.2.9:3478", tls_address = "[2001:db8::9]:5349" })") ==
          "redirect.servers: address and tls_address are of different families");
    CHECK(complaint(R"({ address = "192.0.2.9:3478", wight = 2 })") ==
          "redirect.servers: unknown key \"wight\"; did you mean weight?");
}

}  // namespace
}  // namespace turnpike::config
