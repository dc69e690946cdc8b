// SPDX-License-Identifier: BSD-3-Clause
//
// A request to the admin interface as anybody on the network of its listener may send it: the first
// octet chooses who asks, the rest is "METHOD TARGET\n", headers that matter, one a line, and a
// body. Nobody without the token may change anything, and every answer is whole.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <cstdlib>
#include <string_view>

#include "tests/support/admin_scenario.hpp"

namespace turnpike::admin {
namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

// Up to the separator, which goes too.
std::string take(std::string_view& text, char separator) {
    const std::string part{text.substr(0, text.find(separator))};
    text.remove_prefix(std::min(text.size(), part.size() + 1));
    return part;
}

Request to_request(std::string_view text) {
    Request request{.method = take(text, ' '), .target = take(text, '\n'), .client = {}};
    request.authorization = take(text, '\n');
    request.origin = take(text, '\n');
    request.asked_method = take(text, '\n');
    request.last_event_id = take(text, '\n');
    request.body = text;
    return request;
}

void check(const test::AdminScenario& admin, const Answer& answer, bool has_token) {
    require(answer.status >= 200 && answer.status < 600);
    const bool is_json = answer.type == "application/json";
    boost::system::error_code failure;
    if (is_json) static_cast<void>(boost::json::parse(answer.body, failure));
    require(!failure && (answer.status < 400 || is_json));
    for (const auto& [name, value] : answer.headers) {
        require(value.find_first_of("\r\n") == value.npos);
        if (name == "Access-Control-Allow-Origin") require(value == "https://video.example.org");
    }
    if (!has_token) {
        require(admin.backend.sessions.size() == 2 && !answer.events);
        require(admin.backend.status.phase == Phase::serving);
        require(admin.backend.levels == LogLevels{{"all", "info"}, {"turn", "info"}});
    }
}

// An answer may quote what was asked, and the fuzzer finds out what is compared with: no secret
// comes out that did not come in.
void check_secrets(std::string_view text, const Answer& answer) {
    for (const std::string_view secret : {test::admin_token, test::admin_secret}) {
        require(text.find(secret) != text.npos || answer.body.find(secret) == std::string::npos);
    }
}

void handle(std::string_view text) {
    if (text.empty()) return;
    const bool has_token = (text.front() & 1) != 0;
    text.remove_prefix(1);
    test::AdminScenario admin;
    admin.backend.sessions = {test::session(1, "anna"), test::session(2, "bob", "c-1")};
    Request request = to_request(text);
    if (has_token) request.authorization = std::string{"Bearer "} + test::admin_token;
    const bool guessed = request.authorization.ends_with(test::admin_token);
    const Answer answer = admin.ask(request);
    check(admin, answer, has_token || guessed);
    check_secrets(text, answer);
}

}  // namespace
}  // namespace turnpike::admin

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    turnpike::admin::handle({reinterpret_cast<const char*>(data), size});
    return 0;
}
