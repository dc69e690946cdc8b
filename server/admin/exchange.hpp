// SPDX-License-Identifier: BSD-3-Clause
//
// A request and its answer, as far as the admin interface cares: plain values, so that routes are
// tested and fuzzed without a socket. Every answer that is no success says in JSON what is wrong
// and what to do.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/address.hpp"

namespace turnpike::admin {

struct Request {
    std::string method{};
    std::string target{};  // as it stood in the request line
    std::string body{};
    std::string authorization{};
    std::string origin{};
    std::string asked_method{};                   // Access-Control-Request-Method
    std::string last_event_id{};                  // Last-Event-ID
    std::optional<protocol::IpAddress> client{};  // none: over a Unix socket
};

struct Header {
    std::string name;
    std::string value;
};

// What follows the answer: events after this one, until somebody hangs up.
struct EventsAfter {
    std::uint64_t number = 0;
};

struct Answer {
    unsigned status = 200;
    std::string type = "application/json";
    std::string body{};
    std::vector<Header> headers{};
    std::optional<EventsAfter> events{};
};

struct Problem {
    unsigned status = 400;
    std::string code;  // for programs: never changes
    std::string message;
    std::string advice;
};
// {"error":{"code":...,"message":...,"advice":...}}
[[nodiscard]] Answer answer_of(const Problem& problem);

[[nodiscard]] Problem bad_request(std::string message, std::string advice);
[[nodiscard]] Problem not_found(std::string message, std::string advice);

}  // namespace turnpike::admin
