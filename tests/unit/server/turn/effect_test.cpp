// SPDX-License-Identifier: BSD-3-Clause
#include "server/turn/effect.hpp"

#include <set>

#include "tests/support/catch.hpp"

namespace turnpike::turn {
namespace {

TEST_CASE("every reason why an allocation ends has a name of its own") {
    std::set<std::string_view> names;
    for (const EndReason reason :
         {EndReason::deleted, EndReason::expired, EndReason::deadline, EndReason::bytes,
          EndReason::withdrawn, EndReason::disconnected, EndReason::shutdown, EndReason::refused}) {
        names.insert(to_string(reason));
    }
    CHECK(names.size() == 8);
    CHECK(to_string(EndReason::deadline) == "deadline");
}

}  // namespace
}  // namespace turnpike::turn
