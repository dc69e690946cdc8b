// SPDX-License-Identifier: BSD-3-Clause
#include "storage/schema.hpp"

namespace turnpike::storage {

int schema_version() noexcept {
    return postgres_scripts().back().number;
}

Failure wrong_schema(std::int64_t found, int wanted) {
    const std::string versions = "the database is at schema version " + std::to_string(found) +
                                 ", this program needs " + std::to_string(wanted);
    const std::string advice = found < wanted ? "run `turnpike migrate`"
                                              : "a newer Turnpike has been here: upgrade this one";
    return {Failure::Kind::schema, versions + ": " + advice};
}

}  // namespace turnpike::storage
