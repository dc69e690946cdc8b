// SPDX-License-Identifier: BSD-3-Clause
#include "server/credentials_command.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <chrono>
#include <optional>
#include <ostream>

#include "server/admin/ice_servers.hpp"
#include "server/admin_client.hpp"
#include "server/configuration.hpp"
#include "server/serve.hpp"

namespace turnpike {
namespace {

using boost::json::object;
using boost::json::value;

struct Entry {
    std::vector<std::string> urls;
    admin::IssuedCredential credential;
};
template <typename T>
using Result = protocol::Result<T, admin::Refusal>;

// {"username":"...","password":"...","ttl":n,"uris":[...]}; none where it has another shape.
std::optional<Entry> read_entry(const value& json) {
    const object* body = json.if_object();
    if (body == nullptr) return std::nullopt;
    const value* username = body->if_contains("username");
    const value* password = body->if_contains("password");
    const value* ttl = body->if_contains("ttl");
    const value* uris = body->if_contains("uris");
    if (username == nullptr || password == nullptr || ttl == nullptr || uris == nullptr) {
        return std::nullopt;
    }
    if (!username->is_string() || !password->is_string() || !ttl->is_int64() || !uris->is_array()) {
        return std::nullopt;
    }
    Entry entry{.urls = {},
                .credential = {.username = std::string{username->get_string()},
                               .password = std::string{password->get_string()},
                               .lifetime = std::chrono::seconds{ttl->get_int64()}}};
    for (const value& each : uris->get_array()) {
        if (each.is_string()) entry.urls.emplace_back(each.get_string());
    }
    return entry;
}

// None: no server runs that could be asked.
std::optional<Result<Entry>> ask_server(const CredentialsCommand& command,
                                        const config::Config& config) {
    const auto client = AdminClient::of(config.admin);
    if (!client) return std::nullopt;
    object body{{"ttl", command.lifetime.count()}};
    if (!command.user.empty()) body["user"] = command.user;
    if (!command.call.empty()) body["call"] = command.call;
    const auto reply = client->send(
        {.method = "POST", .target = "/v1/credentials?format=uris", .body = std::move(body)});
    if (!reply && reply.error().is_unreachable) return std::nullopt;
    if (!reply) return Result<Entry>{admin::Refusal{reply.error().what}};
    if (!reply->ok()) return Result<Entry>{admin::Refusal{reply->problem()}};
    if (auto entry = read_entry(reply->json)) return Result<Entry>{*std::move(entry)};
    return Result<Entry>{admin::Refusal{"the server's answer is no entry; is it of this version?"}};
}

Result<Entry> mint_here(const CredentialsCommand& command, const config::Config& config,
                        const Console& console) {
    const auto credential = admin::issue_credential(
        config, {.user = command.user, .call = command.call, .lifetime = command.lifetime},
        std::chrono::system_clock::now());
    if (!credential) return credential.error();
    auto urls = admin::turn_urls(config, command.host, advertised_addresses(config.relay));
    if (urls.empty()) {
        return admin::Refusal{"no address that clients could connect to; name one: --host"};
    }
    if (admin::lacks_name(config, command.host)) {
        console.error << "warning: no turns: URLs, because certificates are for names and clients "
                         "take no address in their place; set server.hostname, or give --host\n";
    }
    return Entry{std::move(urls), *credential};
}

Result<Entry> find_entry(const CredentialsCommand& command, const config::Config& config,
                         const Console& console) {
    if (command.host.empty() && admin::fixed_user(config, command.user) == nullptr) {
        if (auto answered = ask_server(command, config)) return *std::move(answered);
    }
    return mint_here(command, config, console);
}

}  // namespace

ExitCode operate(const CredentialsCommand& command, const Console& console) {
    const config::Loaded loaded = load_configuration(gather_inputs(command.config));
    if (!loaded.ok()) {
        report(loaded, console.error);
        return ExitCode::bad_configuration;
    }
    const auto entry = find_entry(command, loaded.config, console);
    if (!entry) {
        console.error << "error: " << entry.error().what << '\n';
        return ExitCode::bad_configuration;
    }
    console.out << (command.as_uris ? admin::turn_rest_json(entry->urls, entry->credential)
                                    : admin::ice_servers_json(entry->urls, entry->credential))
                << '\n';
    return ExitCode::clean;
}

}  // namespace turnpike
