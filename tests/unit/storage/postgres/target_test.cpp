// SPDX-License-Identifier: BSD-3-Clause
#include "storage/postgres/target.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::storage::postgres {
namespace {

std::string parameter(const Target& target, unsigned attempt, const std::string& keyword) {
    for (const auto& [name, value] : target.parameters(attempt)) {
        if (name == keyword) return value;
    }
    return {};
}

TEST_CASE("each attempt begins with another host, and its port goes with it") {
    const Target target{"postgresql://u:p@a:1,b:2,c:3/db?target_session_attrs=read-write"};
    CHECK(parameter(target, 0, "host") == "a,b,c");
    CHECK(parameter(target, 1, "host") == "b,c,a");
    CHECK(parameter(target, 1, "port") == "2,3,1");
    CHECK(parameter(target, 3, "host") == "a,b,c");
    CHECK(parameter(target, 1, "target_session_attrs") == "read-write");
    CHECK(parameter(target, 1, "password") == "p");
}

TEST_CASE("one port for several hosts stays that") {
    const Target target{"host=a,b port=5 dbname=x"};
    CHECK(parameter(target, 1, "host") == "b,a");
    CHECK(parameter(target, 1, "port") == "5");
}

TEST_CASE("the log is told where, not with which password") {
    const std::string text = Target{"postgresql://u:sesame@a/db"}.to_string();
    CHECK(text.find("host=a") != std::string::npos);
    CHECK(text.find("sesame") == std::string::npos);
}

TEST_CASE("what libpq does not understand is refused in its words") {
    CHECK_THROWS_WITH(Target{"postgresql://[::1"}, Catch::Contains("IPv6"));
    CHECK_THROWS_WITH(Target{"nonsense"}, Catch::Contains("\"=\""));
}

TEST_CASE("what is no URL is refused without a word of it: it may be the password") {
    for (const char* url :
         {"postgresql://u:ses%zzame@h/d", "postgresql://u:ses%00ame@h/d",
          "postgresql://u:x@[::1]sesame/d", "postgresql://u:x@h/d?sesame",
          "postgresql://u:x@h/d?sesame=1", "host=h password=x sesame", "host=h password=x sesame=1",
          "host=h password='sesame", "postgresql://u:x@[::1]\"sesame\"\"/d"}) {
        INFO(url);
        CHECK_THROWS_WITH(Target{url}, !Catch::Contains("sesame") && !Catch::Contains("ame@") &&
                                           Catch::Contains("storage.url"));
    }
}

}  // namespace
}  // namespace turnpike::storage::postgres
