// SPDX-License-Identifier: BSD-3-Clause
#include "storage/rows.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::storage {
namespace {

TEST_CASE("a function of a site that leaves columns out is read as far as it goes") {
    const User user = to_user(Row{{Null{}, Null{}, std::string{"secret"}}}, "example.org");
    CHECK(user.credential.password == "secret");
    CHECK(user.credential.enabled);
    CHECK(user.call == std::nullopt);
    CHECK(user.realm == Realm{});
}

TEST_CASE("each record has a parameter for each column") {
    CHECK(to_parameters(Usage{}).size() == 21);
    CHECK(to_parameters(Call{}).size() == 9);
    CHECK(to_parameters(Account{}).size() == 10);
    CHECK(to_parameters(Event{}).size() == 6);
    CHECK(to_parameters(Usage{})[16] == Value{Null{}});
}

}  // namespace
}  // namespace turnpike::storage
