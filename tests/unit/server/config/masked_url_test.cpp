// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/masked_url.hpp"

#include "tests/support/catch.hpp"

namespace turnpike::config {
namespace {

TEST_CASE("of a URL the password is replaced, wherever it stands") {
    CHECK(masked_url("postgresql://u:hush@h/d") == "postgresql://u:********@h/d");
    CHECK(masked_url("postgres://u:hush@h:5432") == "postgres://u:********@h:5432");
    CHECK(masked_url("postgresql://u:hu@sh@h") == "postgresql://u:********@h");
    CHECK(masked_url("postgresql://u:hu?sh@h/d") == "postgresql://u:********@h/d");
    CHECK(masked_url("postgresql://u:hu#sh@h/d") == "postgresql://u:********@h/d");
    CHECK(masked_url("postgresql://u:@h/d") == "postgresql://u:********@h/d");
    CHECK(masked_url("postgresql://h/d?user=u&password=hush&sslmode=require") ==
          "postgresql://h/d?user=u&password=********&sslmode=require");
    CHECK(masked_url("postgresql://h/d?password=hu sh") == "postgresql://h/d?password=********");
    CHECK(masked_url("postgresql://h/d?password=one&sslpassword=two&a=b") ==
          "postgresql://h/d?password=********&sslpassword=********&a=b");
    CHECK(masked_url("postgresql://u:password=hush@h/d") == "postgresql://u:********@h/d");
}

TEST_CASE("what holds no password stays as it is") {
    for (const auto* const url :
         {"", "sqlite:/a/b.db", "postgresql://u@h:5432/d", "postgresql://h:5432/d?user=a@b",
          "postgresql:///d", "host=h dbname=d user=u", "host=h password",
          "postgresql://h/password"}) {
        CHECK(masked_url(url) == url);
    }
}

TEST_CASE("of keywords the password is replaced, quoted or not, with blanks or without") {
    CHECK(masked_url("host=h password=hush") == "host=h password=********");
    CHECK(masked_url("password=hush host=h") == "password=******** host=h");
    CHECK(masked_url("password=hu&sh host=h") == "password=******** host=h");
    CHECK(masked_url("password = hush host=h") == "password = ******** host=h");
    CHECK(masked_url("password='hush hush' host=h") == "password=******** host=h");
    CHECK(masked_url(R"(password='hu\' sh' host=h)") == "password=******** host=h");
    CHECK(masked_url(R"(password=hu\ sh host=h)") == "password=******** host=h");
    CHECK(masked_url("host=h password='hush") == "host=h password=********");
    CHECK(masked_url("password=one sslpassword=two") == "password=******** sslpassword=********");
    CHECK(masked_url("password=a://b:c@d host=h") == "password=******** host=h");
    CHECK(masked_url("password=password=hush host=h") == "password=******** host=h");
    CHECK(masked_url("host=h password=") == "host=h password=********");
}

}  // namespace
}  // namespace turnpike::config
