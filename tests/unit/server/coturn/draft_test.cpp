// SPDX-License-Identifier: BSD-3-Clause
#include "server/coturn/draft.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::coturn {
namespace {

TEST_CASE(
    "a draft is written in sections, in the order of the table, with the line of each value") {
    Draft draft;
    draft.add("users", "\"anna\" = \"secret\"", 9);
    draft.set("realm", "\"example.org\"", 3);
    draft.add("peers.deny", "\"10.0.0.0/8\"", 5);
    draft.add("peers.deny", "\"192.168.0.0/16\"", 6);
    draft.add("listen.udp", "\"0.0.0.0:3478\"", 0);
    draft.set_empty("listen.tcp");
    draft.add("relay.external", "\"10.0.0.1\" = \"192.0.2.1\"", 7);
    draft.add("relay.external", "\"10.0.0.2\" = \"192.0.2.2\"", 8);
    CHECK(draft.to_toml("turnserver.conf") ==
          "# Made by `turnpike import-coturn` from turnserver.conf. Its report says what became of "
          "each line.\n"
          "realm = \"example.org\"  # line 3\n"
          "\n[listen]\n"
          "udp = [\"0.0.0.0:3478\"]  # as coturn does where no line says otherwise\n"
          "tcp = []\n"
          "\n[relay]\n"
          "external = { \"10.0.0.1\" = \"192.0.2.1\", \"10.0.0.2\" = \"192.0.2.2\" }  # line 7\n"
          "\n[peers]\n"
          "deny = [\n"
          "    \"10.0.0.0/8\",  # line 5\n"
          "    \"192.168.0.0/16\",  # line 6\n"
          "]\n"
          "\n[users]\n"
          "\"anna\" = \"secret\"  # line 9\n");
}

TEST_CASE("what is set twice is what was set last, and a list holds each element once") {
    Draft draft;
    draft.set("realm", "\"one\"", 1);
    draft.set("realm", "\"two\"", 2);
    CHECK(draft.to_toml("x").find("\"one\"") == std::string::npos);
    draft.add("peers.deny", "\"10.0.0.0/8\"", 3);
    draft.add("peers.deny", "\"10.0.0.0/8\"", 4);
    CHECK(draft.size() == 1);
    CHECK(draft.to_toml("x").find("# line 4") == std::string::npos);
}

TEST_CASE("an empty list is there and has nothing, until something is added") {
    Draft draft;
    CHECK_FALSE(draft.has("listen.udp"));
    draft.set_empty("listen.udp");
    CHECK_FALSE(draft.has("listen.udp"));
    draft.add("listen.udp", "\"0.0.0.0:1\"", 1);
    CHECK(draft.has("listen.udp"));
}

TEST_CASE("a remark stands above its key, also where that has no value, and stays a comment") {
    Draft draft;
    draft.remark("listen.proxies", "name\nthem = 1");
    CHECK(draft.to_toml("x").find("\n[listen]\n# name?them = 1\n") != std::string::npos);
}

}  // namespace
}  // namespace turnpike::coturn
