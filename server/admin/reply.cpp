// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/reply.hpp"

#include <boost/json/serialize.hpp>
#include <utility>

#include "storage/wall_time.hpp"

namespace turnpike::admin {

Answer json_answer(const boost::json::value& value, unsigned status) {
    return {.status = status, .body = boost::json::serialize(value) + '\n'};
}

Answer text_answer(std::string text, std::string type) {
    return {.type = std::move(type), .body = std::move(text)};
}

Answer no_answer() {
    return answer_of({504, "no_answer", "the server did not answer in time",
                      "try again; if it stays so, a worker hangs: look at its log"});
}

Answer no_database() {
    return answer_of({503, "no_database", "this server has no database",
                      "set storage.url, run `turnpike migrate` and restart"});
}

Answer answer_of(const storage::Failure& failure) {
    if (failure.kind == storage::Failure::Kind::refused) {
        return answer_of({409, "conflict", failure.what,
                          "see whether there is one of this name already, and whether every value "
                          "is in its bounds"});
    }
    return answer_of({503, "database_unavailable", failure.what,
                      "try again when the database answers; storage.url says where it is"});
}

boost::json::value time_json(const std::optional<storage::Time>& time) {
    return time ? boost::json::value(storage::format_wall_time(*time)) : nullptr;
}

boost::json::value number_json(const std::optional<std::int64_t>& number) {
    return number ? boost::json::value(*number) : nullptr;
}

boost::json::value text_json(const std::optional<std::string>& text) {
    return text ? boost::json::value(*text) : nullptr;
}

}  // namespace turnpike::admin
