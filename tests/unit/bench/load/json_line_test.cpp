// SPDX-License-Identifier: BSD-3-Clause
#include "bench/load/json_line.hpp"

#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <limits>

#include "tests/support/catch.hpp"

namespace turnpike::bench {
namespace {

TEST_CASE("numbers stand as one would write them") {
    CHECK(json_line(boost::json::value(1000.0)) == "1000");
    CHECK(json_line(boost::json::value(0.25)) == "0.25");
    CHECK(json_line(boost::json::value(123'456'789.0)) == "123456789");
    CHECK(json_line(boost::json::value(12)) == "12");
    CHECK(json_line(boost::json::value(std::numeric_limits<double>::infinity())) == "null");
}

TEST_CASE("keys keep their order, and text is escaped") {
    const boost::json::object object{
        {"z", 1}, {"a", {1, 2.5, nullptr}}, {"labels", {{"say \"x\"", "line\nend"}}}};
    CHECK(json_line(object) == R"({"z":1,"a":[1,2.5,null],"labels":{"say \"x\"":"line\nend"}})");
    CHECK(boost::json::parse(json_line(object)).as_object().at("labels") == object.at("labels"));
}

}  // namespace
}  // namespace turnpike::bench
