// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/record.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::worker {

// Of each kind of field one.
struct Sample {
    bool truth = false;
    std::uint64_t number = 0;
    std::string text;
    protocol::Family family = protocol::Family::ipv4;
    std::optional<protocol::Endpoint> endpoint;
    std::array<std::optional<protocol::IpAddress>, 2> addresses;
    std::array<std::byte, 3> octets{};
    protocol::Key key;
    std::chrono::seconds duration{};
    std::chrono::steady_clock::time_point time;
    std::vector<std::uint16_t> list;
    protocol::Rare<std::string> rare;
};

template <typename Record, typename Value>
    requires std::same_as<std::remove_const_t<Value>, Sample>
void describe(Record& record, Value& value) {
    record("truth", value.truth);
    record("number", value.number);
    record("text", value.text);
    record("family", value.family);
    record("endpoint", value.endpoint);
    record("addresses", value.addresses);
    record("octets", value.octets);
    record("key", value.key);
    record("duration", value.duration);
    record("time", value.time);
    record("list", value.list);
    record("rare", value.rare);
}

namespace {

using namespace std::chrono_literals;

Sample sample() {
    const std::array secret{std::byte{0xDE}, std::byte{0xAD}};
    return {.truth = true,
            .number = ~std::uint64_t{0},
            .text = "Zo\xC3\xAB",
            .family = protocol::Family::ipv6,
            .endpoint = protocol::Endpoint::parse("[2001:db8::1]:3478"),
            .addresses = {protocol::IpAddress::parse("192.0.2.1"), std::nullopt},
            .octets = {std::byte{0}, std::byte{0x7F}, std::byte{0xFF}},
            .key = protocol::Key{secret},
            .duration = 90s,
            .time = std::chrono::steady_clock::time_point{12345ns},
            .list = {1, 2, 65535},
            .rare = std::string{"seldom"}};
}

TEST_CASE("every kind of value comes back as it was") {
    const Sample before = sample();
    Sample after;
    REQUIRE(RecordReader::read(RecordWriter::json_of(before), after));
    CHECK(after.truth);
    CHECK(after.number == before.number);
    CHECK(after.text == before.text);
    CHECK(after.family == before.family);
    CHECK(after.endpoint == before.endpoint);
    CHECK(after.addresses == before.addresses);
    CHECK(after.octets == before.octets);
    CHECK(hex_of(after.key.octets()) == "dead");
    CHECK(after.duration == before.duration);
    CHECK(after.time == before.time);
    CHECK(after.list == before.list);
    CHECK(after.rare == before.rare);
}

TEST_CASE("what another version does not know, or does not say, is no mistake") {
    boost::json::value json = RecordWriter::json_of(sample());
    json.as_object()["of tomorrow"] = 1;
    json.as_object().erase("number");
    Sample after;
    after.number = 7;
    REQUIRE(RecordReader::read(json, after));
    CHECK(after.number == 7);
    CHECK(after.truth);
}

TEST_CASE("a value of another kind is refused") {
    struct Case {
        std::string_view field;
        boost::json::value value;
    };
    const std::vector<Case> cases{
        Case{"truth", 1},
        Case{"number", -1},
        Case{"number", "1"},
        Case{"text", 1},
        Case{"family", "ipv4"},
        Case{"endpoint", "nowhere"},
        Case{"octets", "00"},
        Case{"octets", "00zz00"},
        Case{"key", boost::json::string(66, '0')},
        Case{"duration", "90s"},
        Case{"list", 1},
    };
    for (const Case& each : cases) {
        CAPTURE(each.field);
        boost::json::value json = RecordWriter::json_of(sample());
        json.as_object()[each.field] = each.value;
        Sample after;
        CHECK_FALSE(RecordReader::read(json, after));
    }
}

}  // namespace
}  // namespace turnpike::worker
