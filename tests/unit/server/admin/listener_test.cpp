// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/listener.hpp"

#include <sys/stat.h>

#include <filesystem>
#include <fstream>

#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike::admin {
namespace {

TEST_CASE("a place is an address with a port, or the path of a socket") {
    CHECK(Place::parse("127.0.0.1:8478")->endpoint->port == 8478);
    CHECK(Place::parse("[::1]:8478")->endpoint->address.is_v6());
    CHECK(Place::parse("unix:/run/turnpike/admin.sock")->path == "/run/turnpike/admin.sock");
    for (const char* const bad : {"", "8478", "localhost:8478", "unix:", "unix:admin.sock"}) {
        INFO(bad);
        CHECK_FALSE(Place::parse(bad).has_value());
        CHECK_THROWS_AS(Listener::open(bad), std::runtime_error);
    }
}

TEST_CASE("the socket's file is for its owner and group alone, and goes with the listener") {
    const test::Folder folder;
    const auto path = folder.path() / "admin.sock";
    {
        const Listener listener = Listener::open("unix:" + path.string());
        struct stat status{};
        REQUIRE(::stat(path.c_str(), &status) == 0);
        CHECK(S_ISSOCK(status.st_mode));
        CHECK((status.st_mode & 0777U) == 0660U);
        CHECK(listener.descriptor() >= 0);
    }
    CHECK_FALSE(std::filesystem::exists(path));
}

TEST_CASE("a file that a killed server left is replaced, that of a living one is not") {
    const test::Folder folder;
    const std::string place = "unix:" + (folder.path() / "admin.sock").string();
    {
        const Listener living = Listener::open(place);
        CHECK_THROWS_WITH(Listener::open(place),
                          Catch::Matchers::Contains("another server listens there"));
        // As if it had been killed: the file stays.
        std::filesystem::create_hard_link(folder.path() / "admin.sock", folder.path() / "copy");
    }
    std::filesystem::rename(folder.path() / "copy", folder.path() / "admin.sock");
    CHECK_NOTHROW(Listener::open(place));
}

TEST_CASE("a file that is no socket is left alone") {
    const test::Folder folder;
    const auto path = folder.path() / "admin.sock";
    std::ofstream{path} << "something dear";
    CHECK_THROWS_WITH(Listener::open("unix:" + path.string()),
                      Catch::Matchers::Contains("no socket"));
    CHECK(std::filesystem::file_size(path) == 14);
    CHECK_THROWS_WITH(Listener::open("unix:/" + std::string(200, 'x')),
                      Catch::Matchers::Contains("too long"));
}

TEST_CASE("a port that is taken is said to be") {
    const Listener one = Listener::open("127.0.0.1:0");
    CHECK(one.descriptor() >= 0);
    CHECK_THROWS_AS(Listener::open("192.0.2.1:8478"), std::runtime_error);
}

}  // namespace
}  // namespace turnpike::admin
