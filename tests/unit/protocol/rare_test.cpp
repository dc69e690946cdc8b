// SPDX-License-Identifier: BSD-3-Clause
#include "protocol/rare.hpp"

#include <string>
#include <utility>

#include "tests/support/catch.hpp"

namespace turnpike::protocol {
namespace {

TEST_CASE("a rare value is there or not, and needs a pointer's room") {
    STATIC_REQUIRE(sizeof(Rare<std::string>) == sizeof(void*));
    Rare<std::string> name;
    CHECK_FALSE(name);
    CHECK(name.value_or_default().empty());
    name = std::string{"alice"};
    REQUIRE(name.has_value());
    CHECK(*name == "alice");
    CHECK(name->size() == 5);
    CHECK(name.value_or_default() == "alice");
    name.reset();
    CHECK_FALSE(name);
    CHECK_FALSE(Rare<std::string>{std::nullopt});
}

TEST_CASE("a copy of a rare value is another value, and its move leaves none") {
    Rare<std::string> name{"alice"};
    Rare<std::string> copy{name};
    *copy = "bob";
    CHECK(*name == "alice");
    copy = name;
    CHECK(*copy == "alice");
    CHECK(&*copy != &*name);
    copy = std::as_const(copy);
    CHECK(*copy == "alice");
    const Rare<std::string> moved{std::move(name)};
    CHECK(*moved == "alice");
    copy = Rare<std::string>{};
    CHECK_FALSE(copy);
}

TEST_CASE("rare values are the same where both have none, or the same one") {
    const Rare<std::string> none;
    const Rare<std::string> alice{"alice"};
    CHECK(none == Rare<std::string>{});
    CHECK(alice == Rare<std::string>{"alice"});
    CHECK(alice == std::string{"alice"});
    CHECK(alice != Rare<std::string>{"bob"});
    CHECK(alice != none);
    CHECK(none != std::string{});
}

}  // namespace
}  // namespace turnpike::protocol
