// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/publisher.hpp"

#include <fstream>
#include <sstream>

#include "bench/load/failure.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike::bench {
namespace {

const boost::json::object& sample() {
    static const boost::json::object object{{"pps", 1000.0}, {"sent", 10}, {"lost", 1}};
    return object;
}

Output with_requirement(std::string json_path) {
    Output output;
    output.json_path = std::move(json_path);
    output.requirements = {*Requirement::parse("lost<=5%"), *Requirement::parse("pps>=1")};
    return output;
}

TEST_CASE("a person reads a sentence, and what was not met") {
    std::ostringstream out;
    std::ostringstream complaints;
    const Output output = with_requirement("");
    Publisher publisher{output, out, complaints};
    CHECK(publisher.all_met());
    publisher.publish(sample());
    CHECK(out.str() == "1000 packets/s delivered, 10 sent, 1 lost\n");
    CHECK(complaints.str() == "turnpike-bench: not met: lost<=5%: it is 10 %\n");
    CHECK_FALSE(publisher.all_met());
}

TEST_CASE("a program reads a line and nothing else") {
    std::ostringstream out;
    std::ostringstream complaints;
    const Output output = with_requirement("-");
    Publisher{output, out, complaints}.publish(sample());
    CHECK(out.str() == "{\"pps\":1000,\"sent\":10,\"lost\":1}\n");
}

TEST_CASE("a file gets a line for each result, behind those that it has") {
    const test::Folder folder;
    const Output output = with_requirement(folder.file("results"));
    std::ostringstream out;
    std::ostringstream complaints;
    for (int each = 0; each < 2; ++each) Publisher{output, out, complaints}.publish(sample());
    std::ifstream file{output.json_path};
    std::ostringstream text;
    text << file.rdbuf();
    CHECK(text.str() ==
          "{\"pps\":1000,\"sent\":10,\"lost\":1}\n{\"pps\":1000,\"sent\":10,\"lost\":1}\n");
}

TEST_CASE("a file that cannot be written is said") {
    std::ostringstream out;
    std::ostringstream complaints;
    const Output output = with_requirement("/nowhere/results");
    Publisher publisher{output, out, complaints};
    CHECK_THROWS_AS(publisher.publish(sample()), BadStart);
}

}  // namespace
}  // namespace turnpike::bench
