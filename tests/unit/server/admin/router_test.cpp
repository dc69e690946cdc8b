// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/router.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::admin {
namespace {

using Segments = std::vector<std::string>;

const Router router{{{"GET", "/v1/users", Access::token, nullptr},
                     {"POST", "/v1/users", Access::mint_key, nullptr},
                     {"GET", "/v1/users/{name}", Access::token, nullptr},
                     {"GET", "/v1/users/{name}/calls/{id}", Access::token, nullptr}}};

TEST_CASE("a path finds its row, and what stands for its names") {
    CHECK(router.find("GET", {"v1", "users"}).route == &router.routes()[0]);
    CHECK(router.find("POST", {"v1", "users"}).route == &router.routes()[1]);
    const auto found = router.find("GET", {"v1", "users", "anna", "calls", "7"});
    CHECK(found.route == &router.routes()[3]);
    CHECK(found.arguments == Segments{"anna", "7"});
    CHECK(router.find("HEAD", {"v1", "users"}).route == &router.routes()[0]);
}

TEST_CASE("a path that has other methods says which") {
    const auto found = router.find("DELETE", {"v1", "users"});
    CHECK(found.route == nullptr);
    CHECK(found.methods == "GET, POST");
    CHECK(found.is_for_pages);
    CHECK_FALSE(router.find("DELETE", {"v1", "users", "anna"}).is_for_pages);
}

TEST_CASE("a path that is not there has no methods") {
    for (const Segments& path :
         {Segments{}, Segments{"v1"}, Segments{"v1", "users", ""},
          Segments{"v1", "users", "a", "b"}, Segments{"v1", "Users"}, Segments{"", "v1", "users"},
          Segments{"v1", "users", "a", ""}, Segments{"v1/users"}, Segments{"{name}"}}) {
        CHECK(router.find("GET", path).methods.empty());
    }
}

}  // namespace
}  // namespace turnpike::admin
