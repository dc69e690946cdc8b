// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/cors.hpp"

#include <algorithm>
#include <string>

namespace turnpike::admin {
namespace {

[[nodiscard]] bool is_known(const Request& request, const Settings& settings) {
    return !request.origin.empty() && request.origin != "*" && request.origin != "null" &&
           std::ranges::find(settings.cors_origins, request.origin) != settings.cors_origins.end();
}

}  // namespace

Answer preflight(const Request& request, std::string_view methods, const Settings& settings) {
    Answer answer{.status = 204, .type = ""};
    answer.headers.push_back({"Allow", std::string{methods}});
    if (is_known(request, settings) && !request.asked_method.empty()) {
        answer.headers.push_back({"Access-Control-Allow-Methods", std::string{methods}});
        answer.headers.push_back({"Access-Control-Allow-Headers", "Authorization, Content-Type"});
        answer.headers.push_back({"Access-Control-Max-Age", "600"});
    }
    share(answer, request, settings);
    return answer;
}

void share(Answer& answer, const Request& request, const Settings& settings) {
    answer.headers.push_back({"Vary", "Origin"});
    if (!is_known(request, settings)) return;
    answer.headers.push_back({"Access-Control-Allow-Origin", request.origin});
    answer.headers.push_back({"Access-Control-Expose-Headers", "Retry-After"});
}

}  // namespace turnpike::admin
