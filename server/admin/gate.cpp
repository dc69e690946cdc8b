// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/gate.hpp"

#include <algorithm>
#include <string_view>

#include "protocol/bytes.hpp"
#include "protocol/integrity.hpp"

namespace turnpike::admin {
namespace {

constexpr std::string_view scheme = "bearer ";

// RFC 6750 section 2.1; the scheme is said in any case (RFC 9110 section 11.1).
[[nodiscard]] std::optional<std::string_view> bearer_of(std::string_view authorization) {
    const auto lower = [](char each) {
        return each >= 'A' && each <= 'Z' ? static_cast<char>(each - 'A' + 'a') : each;
    };
    if (!std::ranges::equal(authorization.substr(0, scheme.size()), scheme, {}, lower)) {
        return std::nullopt;
    }
    authorization.remove_prefix(scheme.size());
    while (authorization.starts_with(' ')) authorization.remove_prefix(1);
    if (authorization.empty()) return std::nullopt;
    return authorization;
}

[[nodiscard]] Answer challenge(std::string_view error, Problem problem) {
    Answer answer = answer_of(problem);
    std::string value{R"(Bearer realm="turnpike admin")"};
    if (!error.empty()) value.append(R"(, error=")").append(error).append("\"");
    answer.headers.push_back({"WWW-Authenticate", std::move(value)});
    return answer;
}

[[nodiscard]] Answer refuse(const Request& request, const Settings& settings, Access access) {
    const bool takes_keys = access == Access::mint_key && !settings.secrets.empty();
    if (settings.token.empty() && !takes_keys) {
        return answer_of({403, "no_token_configured", "this server has no admin token",
                          "set admin.token or admin.token_file and reload; until then only /livez, "
                          "/readyz and /metrics answer"});
    }
    if (!bearer_of(request.authorization)) {
        return challenge("", {401, "unauthorized", "a token is needed",
                              "send \"Authorization: Bearer TOKEN\", the token of admin.token"});
    }
    return challenge("invalid_token",
                     {401, "unauthorized", "this token is not good here",
                      takes_keys ? "take the token of admin.token, or a mint key that has not "
                                   "expired and was made by a server with the same secret"
                                 : "take the token of admin.token"});
}

}  // namespace

Admission admit(Access access, const Request& request, const Settings& settings,
                protocol::WallTime now) {
    const auto bearer = bearer_of(request.authorization);
    if (bearer && !settings.token.empty() &&
        protocol::equal_in_constant_time(protocol::as_octets(*bearer),
                                         protocol::as_octets(settings.token))) {
        return {.has_token = true};
    }
    if (access == Access::anybody) return {};
    if (access == Access::mint_key && bearer) {
        auto key = open_mint_key(*bearer, settings.realm, settings.secrets, now);
        if (key) return {.key = std::move(key)};
    }
    return {.refusal = refuse(request, settings, access)};
}

}  // namespace turnpike::admin
