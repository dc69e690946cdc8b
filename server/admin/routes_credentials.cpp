// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <array>
#include <boost/json/object.hpp>
#include <chrono>
#include <utility>

#include "auth/password.hpp"
#include "server/admin/fields.hpp"
#include "server/admin/ice_servers.hpp"
#include "server/admin/reply.hpp"
#include "server/admin/routes.hpp"

namespace turnpike::admin {
namespace {

using Responding = boost::asio::awaitable<Answer>;
using std::chrono::seconds;

constexpr seconds lifetime_usual{24 * 3600};
constexpr seconds lifetime_max{30 * 24 * 3600};
constexpr std::array<std::string_view, 4> formats{"ice", "cloudflare", "twilio", "uris"};

[[nodiscard]] Problem no_secret() {
    return {409, "no_secret", "there is no secret to mint from", "set auth.secrets and reload"};
}

// A colon in a user would make the rest of it a call; what no client can send lets nobody in.
void check_name(Fields& fields, std::string_view what, const std::string& name) {
    if (name.empty()) return;
    const bool is_user = what == "user";
    if (auth::opaque_string(name) && !(is_user && name.find(':') != name.npos)) return;
    fields.refuse(std::string{what} + " holds characters that cannot stand there",
                  is_user ? "leave out colons, and what RFC 8265 section 4.2 forbids"
                          : "leave out what RFC 8265 section 4.2 forbids");
}

// {"ttl","customIdentifier"} as Cloudflare's interface takes it, or {"ttl","user","call"}.
[[nodiscard]] protocol::Result<CredentialRequest, Problem> requested(std::string_view body) {
    Fields fields{body, {"ttl", "customIdentifier", "user", "call"}};
    const auto ttl = fields.integer("ttl", {.max = lifetime_max.count()});
    const auto identifier = fields.text("customIdentifier");
    const auto user = fields.text("user");
    if (user && identifier) {
        fields.refuse("user and customIdentifier are the same thing", "leave one of them out");
    }
    CredentialRequest request{.user = user ? *user : identifier.value_or(""),
                              .call = fields.text("call").value_or(""),
                              .lifetime = ttl ? seconds{*ttl} : lifetime_usual};
    check_name(fields, "user", request.user);
    check_name(fields, "call", request.call);
    if (!fields.ok()) return fields.problem();
    return request;
}

// What a mint key allows of it: its call, its user if it says one, and never beyond its end.
[[nodiscard]] protocol::Result<CredentialRequest, Problem> narrowed(CredentialRequest request,
                                                                    const MintKey& key,
                                                                    protocol::WallTime now) {
    const auto differs = [](const std::string& asked, const std::string& allowed) {
        return !asked.empty() && !allowed.empty() && asked != allowed;
    };
    if (differs(request.call, key.call) || differs(request.user, key.user)) {
        return Problem{403, "not_of_this_key", "this mint key is for another call or user",
                       "leave call and user out, or ask for a key of theirs"};
    }
    request.call = key.call;
    if (!key.user.empty()) request.user = key.user;
    const auto left = std::chrono::floor<seconds>(key.expires) - std::chrono::ceil<seconds>(now);
    request.lifetime = std::min(request.lifetime, left);
    if (request.lifetime <= seconds::zero()) {
        return Problem{401, "unauthorized", "this mint key has expired", "ask for another one"};
    }
    return request;
}

[[nodiscard]] Answer written(const std::string& format, const Settings& settings,
                             const IssuedCredential& credential, protocol::WallTime now) {
    const IceAnswer answer{settings.stun_urls, settings.turn_urls, credential};
    if (format == "uris") return {.body = turn_rest_json(settings.turn_urls, credential) + '\n'};
    return {
        .status = 201,
        .body = (format == "twilio" ? twilio_json(answer, now) : ice_answer_json(answer)) + '\n'};
}

Responding mint(Desk& desk, const Visit& visit) {
    if (const auto unknown = visit.target.parameter_besides({"format"})) {
        co_return answer_of(
            bad_request("unknown parameter \"" + *unknown + '"', "known is format"));
    }
    const std::string format = visit.target.parameter("format").value_or("ice");
    if (std::ranges::find(formats, format) == formats.end()) {
        co_return answer_of(
            bad_request("no such format", "it is one of ice, cloudflare, twilio, uris"));
    }
    auto request = requested(visit.request.body);
    if (request && visit.key) request = narrowed(*request, *visit.key, visit.now.wall);
    if (!request) co_return answer_of(request.error());
    const Settings& settings = desk.settings;
    if (settings.secrets.empty()) co_return answer_of(no_secret());
    if (settings.turn_urls.empty()) {
        co_return answer_of(
            {409, "no_address", "no address that clients could connect to", "set server.hostname"});
    }
    const auto credential = timed_credential(settings.secrets.front(), *request, visit.now.wall);
    co_return written(format, settings, credential, visit.now.wall);
}

Responding make_key(Desk& desk, const Visit& visit) {
    Fields fields{visit.request.body, {"call", "user", "ttl"}};
    MintKey key{.user = fields.text("user").value_or(""),
                .call = fields.required_text("call"),
                .expires = {}};
    const seconds ttl{fields.integer("ttl", {.max = lifetime_max.count()}).value_or(3600)};
    check_name(fields, "user", key.user);
    check_name(fields, "call", key.call);
    if (!fields.ok()) co_return answer_of(fields.problem());
    const Settings& settings = desk.settings;
    if (settings.secrets.empty()) co_return answer_of(no_secret());
    key.expires = std::chrono::floor<seconds>(visit.now.wall) + ttl;
    const auto text = sign_mint_key(key, settings.realm, settings.secrets.front());
    if (!text) {
        co_return answer_of({500, "not_signed", "the key could not be signed",
                             "see that no secret of auth.secrets is empty"});
    }
    co_return json_answer({{"key", *text},
                           {"call", key.call},
                           {"user", key.user.empty() ? nullptr : boost::json::value(key.user)},
                           {"expires_at", time_json(storage::to_time(key.expires))},
                           {"ttl", ttl.count()}},
                          201);
}

}  // namespace

std::vector<Route> credential_routes() {
    return {{"POST", "/v1/credentials", Access::mint_key, mint},
            {"POST", "/v1/mint-keys", Access::token, make_key}};
}

}  // namespace turnpike::admin
