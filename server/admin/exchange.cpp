// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/exchange.hpp"

#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <utility>

namespace turnpike::admin {

Answer answer_of(const Problem& problem) {
    boost::json::object error;
    error["code"] = problem.code;
    error["message"] = problem.message;
    error["advice"] = problem.advice;
    boost::json::object body;
    body["error"] = std::move(error);
    return {.status = problem.status, .body = boost::json::serialize(body) + '\n'};
}

Problem bad_request(std::string message, std::string advice) {
    return {400, "bad_request", std::move(message), std::move(advice)};
}

Problem not_found(std::string message, std::string advice) {
    return {404, "not_found", std::move(message), std::move(advice)};
}

}  // namespace turnpike::admin
