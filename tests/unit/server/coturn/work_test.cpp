// SPDX-License-Identifier: BSD-3-Clause
#include "server/coturn/work.hpp"

#include "tests/support/catch.hpp"
#include "tests/support/coturn.hpp"

namespace turnpike::coturn {
namespace {

using test::CoturnImport;

TEST_CASE("an unknown name is reported with the nearest that coturn has, and its value is not") {
    const CoturnImport import{"static-auth-secrt=do-not-show\nstatic-auth-secret:do-not-show\n"};
    CHECK(import.outcome(1) == Outcome::unknown);
    CHECK(import.says(1, "did you mean static-auth-secret?"));
    CHECK(import.outcome(2) == Outcome::unknown);
    CHECK(import.at(2).setting == "static-auth-secret");
    CHECK(report(import.imported, "x").find("do-not-show") == std::string::npos);
    CHECK(import.imported.ok());
}

TEST_CASE("an unknown name is cut where it ends to be one") {
    const CoturnImport import{std::string(100, 'x') + "\n;\n= 5\n"};
    CHECK(import.at(1).setting == std::string(40, 'x'));
    CHECK(import.at(2).setting == "?");
    CHECK(import.at(3).setting == "?");
}

TEST_CASE("of an option that counts once the last line counts, also where it turns a flag off") {
    const CoturnImport import{"realm=one\nno-tcp-relay\nrealm=two\nno-tcp-relay=off\n"};
    CHECK(import.outcome(1) == Outcome::unused);
    CHECK(import.says(1, "line 3"));
    CHECK(import.outcome(2) == Outcome::unused);
    CHECK(import.outcome(4) == Outcome::maps);
    CHECK(import.config().realm == "two");
    CHECK(import.config().relay.tcp);
}

TEST_CASE("a flag that is neither yes nor no, and a value that is missing, are errors") {
    const CoturnImport import{"no-tcp-relay=perhaps\nrealm\nrealm=\nno-udp # why\n"};
    for (const std::size_t line : {1U, 2U, 3U, 4U}) CHECK(import.outcome(line) == Outcome::wrong);
    CHECK_FALSE(import.imported.ok());
}

TEST_CASE("a line that is no text is an error, and is shown without what is no text") {
    const CoturnImport import{"realm=d\xF6rte\n"};
    CHECK(import.outcome(1) == Outcome::wrong);
    CHECK(import.at(1).setting == "realm=d?rte");
}

TEST_CASE("lines as on a command line are taken, and said to have been unread") {
    const CoturnImport import{"--realm=example.org\n-L 192.0.2.1\n-q 7\n-f\n-x 1\n"};
    CHECK(import.outcome(1) == Outcome::maps);
    CHECK(import.says(1, "has not read this line"));
    CHECK(import.at(3).setting == "user-quota=7");
    CHECK(import.outcome(5) == Outcome::unknown);
    const auto config = import.config();
    CHECK(config.realm == "example.org");
    CHECK(test::joined(config.listen.udp) == "192.0.2.1:3478");
    CHECK(config.limits.allocations_per_user == 7);
}

TEST_CASE("rows that say all themselves are said as they stand") {
    const CoturnImport import{"lt-cred-mech\ncli-port=5766\ndh2066\nno-tlsv1=no\n"};
    CHECK(import.outcome(1) == Outcome::maps);
    CHECK(import.outcome(2) == Outcome::no_equal);
    CHECK(import.says(2, "admin"));
    CHECK(import.outcome(3) == Outcome::unused);
    CHECK(import.outcome(4) == Outcome::maps);
    CHECK(import.says(4, "off"));
}

TEST_CASE("numbers are read as turnserver reads them, but for what is none") {
    struct Row {
        std::string_view text;
        std::optional<std::int64_t> number;
    };
    const Row row = GENERATE(Row{"5", 5}, Row{"5 # five", 5}, Row{"5\tx", 5}, Row{"10", 10},
                             Row{"abc", {}}, Row{"5x", {}}, Row{"-1", {}}, Row{"11", {}},
                             Row{"99999999999999999999", {}}, Row{"0x5", {}}, Row{"1", {}});
    const std::string text = "user-quota=" + std::string{row.text};
    const Lines lines = read_lines(text);
    const Surroundings around;
    Work work{lines.settings, around};
    CHECK(work.number(*work.find("user-quota"), {2, 10}) == row.number);
    CHECK(work.verdicts().size() == (row.number ? 0 : 1));
}

TEST_CASE("what is shown has no control characters and an end") {
    CHECK(printable("a\tb\x1B[1m\x7F") == "a?b?[1m?");
    CHECK(printable("d\xC3\xB6rte") == "d\xC3\xB6rte");
    CHECK(printable("d\xF6rte") == "d?rte");
    const std::string shown = printable(std::string(199, 'x') + "\xC3\xB6 and so on");
    CHECK(shown == std::string(199, 'x') + "...");
}

TEST_CASE("of secrets only that there is one is shown, of users the name") {
    const CoturnImport import{
        "static-auth-secret=do-not-show\nuser=anna:do-not-show\nuser=do-not-show\n"
        "psql-userdb=host=h "
        "password=do-not-show\ncli-password=do-not-show\npkey-pwd=do-not-show\n"};
    CHECK(import.at(1).setting == "static-auth-secret=********");
    CHECK(import.at(2).setting == "user=anna:********");
    CHECK(import.at(3).setting == "user=********");
    CHECK(report(import.imported, "turnserver.conf").find("do-not-show") == std::string::npos);
}

}  // namespace
}  // namespace turnpike::coturn
