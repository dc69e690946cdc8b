// SPDX-License-Identifier: BSD-3-Clause
#include "server/live_office.hpp"

#include <boost/json/array.hpp>
#include <optional>

#include "server/admin/reply.hpp"
#include "server/admin/target.hpp"
#include "storage/wall_time.hpp"

namespace turnpike {
namespace {

using boost::json::object;
using boost::json::value;

constexpr unsigned missing = 404;

[[nodiscard]] std::string path_of(std::string_view kind, const std::string& name) {
    return admin::to_text({.segments = {"v1", std::string{kind}, name}, .parameters = {}});
}

[[nodiscard]] const value* find(const object& row, std::string_view name) {
    const value* found = row.if_contains(name);
    return found == nullptr || found->is_null() ? nullptr : found;
}

[[nodiscard]] std::optional<std::string> text(const object& row, std::string_view name) {
    const value* found = find(row, name);
    if (found == nullptr || !found->is_string()) return std::nullopt;
    return std::string{std::string_view{found->get_string()}};
}

[[nodiscard]] std::optional<std::int64_t> number(const object& row, std::string_view name) {
    const value* found = find(row, name);
    if (found == nullptr || !found->is_int64()) return std::nullopt;
    return found->get_int64();
}

[[nodiscard]] std::optional<storage::Time> time(const object& row, std::string_view name) {
    const auto written = text(row, name);
    return written ? storage::parse_wall_time(*written) : std::nullopt;
}

[[nodiscard]] storage::Account to_account(const object& row) {
    const value* enabled = find(row, "enabled");
    return {
        .username = text(row, "name").value_or(""),
        .credential = {.enabled = enabled != nullptr && enabled->is_bool() && enabled->get_bool(),
                       .call = text(row, "call"),
                       .deadline = time(row, "deadline"),
                       .limits = {.bytes = number(row, "bytes"),
                                  .bits_per_second = number(row, "bits_per_second"),
                                  .allocations = number(row, "allocations")}}};
}

[[nodiscard]] storage::Call to_call(const object& row) {
    return {.id = text(row, "id").value_or(""),
            .starts_at = time(row, "starts_at"),
            .ends_at = time(row, "ends_at"),
            .seconds = number(row, "seconds"),
            .media_at = time(row, "media_at"),
            .ended_at = time(row, "ended_at"),
            .participants = number(row, "participants"),
            .bytes = number(row, "bytes"),
            .bits_per_second = number(row, "bits_per_second"),
            .leg_bits_per_second = number(row, "leg_bits_per_second")};
}

[[nodiscard]] storage::CallUsage to_usage(const object& row) {
    const auto count = [&row](std::string_view name) { return number(row, name).value_or(0); };
    return {.username = text(row, "username").value_or(""),
            .started_at = time(row, "started_at"),
            .ended_at = time(row, "ended_at"),
            .connected_seconds = count("connected_seconds"),
            .media_seconds = count("media_seconds"),
            .sent_bytes = count("sent_bytes"),
            .received_bytes = count("received_bytes"),
            .allocations = count("allocations"),
            .open = count("open"),
            .reason = text(row, "reason")};
}

[[nodiscard]] object body_of(const AdminReply& reply) {
    return reply.json.is_object() ? reply.json.get_object() : object{};
}

[[nodiscard]] std::vector<object> objects_in(const object& body, std::string_view field) {
    std::vector<object> rows;
    const value* list = find(body, field);
    if (list == nullptr || !list->is_array()) return rows;
    for (const value& each : list->get_array()) {
        if (each.is_object()) rows.push_back(each.get_object());
    }
    return rows;
}

}  // namespace

std::unique_ptr<LiveOffice> LiveOffice::open(const config::Admin& admin) {
    auto client = AdminClient::of(admin);
    if (!client) return nullptr;
    const auto reply = client->send({.target = "/v1/users?limit=1"});
    if (!reply || !reply->ok()) return nullptr;
    return std::unique_ptr<LiveOffice>{new LiveOffice{*std::move(client)}};
}

Office::Result<AdminReply> LiveOffice::ask(const AdminRequest& request) const {
    using Kind = storage::Failure::Kind;
    const auto reply = client_.send(request);
    if (!reply) return storage::Failure{Kind::unavailable, reply.error().what};
    if (reply->ok() || reply->status == missing) return *reply;
    return storage::Failure{Kind::refused, reply->problem()};
}

Office::Result<admin::Revoked> LiveOffice::revoke(const AdminRequest& request) const {
    const auto reply = ask(request);
    if (!reply) return reply.error();
    const object body = body_of(*reply);
    return admin::Revoked{.found = reply->ok(),
                          .ended = number(body, "ended").value_or(0),
                          .pending = number(body, "pending").value_or(0)};
}

Office::Result<std::vector<object>> LiveOffice::rows(std::string_view field) const {
    std::vector<object> all;
    std::optional<std::string> next = "/v1/" + std::string{field} + "?limit=1000";
    while (next) {
        const auto reply = ask({.target = *next});
        if (!reply) return reply.error();
        const object body = body_of(*reply);
        for (object& each : objects_in(body, field)) all.push_back(std::move(each));
        next = text(body, "next");
    }
    return all;
}

Office::Result<void> LiveOffice::put_user(const admin::UserDraft& draft) {
    const object body{{"password", draft.password},
                      {"enabled", draft.enabled},
                      {"call", admin::text_json(draft.call)},
                      {"deadline", admin::time_json(draft.deadline)},
                      {"bytes", admin::number_json(draft.limits.bytes)},
                      {"bits_per_second", admin::number_json(draft.limits.bits_per_second)},
                      {"allocations", admin::number_json(draft.limits.allocations)}};
    const auto reply = ask({.method = "PUT", .target = path_of("users", draft.name), .body = body});
    if (!reply) return reply.error();
    return {};
}

Office::Result<std::vector<storage::Account>> LiveOffice::users() {
    const auto list = rows("users");
    if (!list) return list.error();
    std::vector<storage::Account> users;
    for (const object& each : *list) users.push_back(to_account(each));
    return users;
}

Office::Result<bool> LiveOffice::enable_user(const std::string& name) {
    const auto reply = ask(
        {.method = "PATCH", .target = path_of("users", name), .body = object{{"enabled", true}}});
    if (!reply) return reply.error();
    return reply->ok();
}

Office::Result<admin::Revoked> LiveOffice::disable_user(const std::string& name) {
    return revoke(
        {.method = "PATCH", .target = path_of("users", name), .body = object{{"enabled", false}}});
}

Office::Result<admin::Revoked> LiveOffice::remove_user(const std::string& name) {
    return revoke({.method = "DELETE", .target = path_of("users", name)});
}

Office::Result<void> LiveOffice::create_call(const storage::Call& call) {
    const object body{{"id", call.id},
                      {"starts_at", admin::time_json(call.starts_at)},
                      {"ends_at", admin::time_json(call.ends_at)},
                      {"seconds", admin::number_json(call.seconds)},
                      {"participants", admin::number_json(call.participants)},
                      {"bytes", admin::number_json(call.bytes)},
                      {"bits_per_second", admin::number_json(call.bits_per_second)},
                      {"leg_bits_per_second", admin::number_json(call.leg_bits_per_second)}};
    const auto reply = ask({.method = "POST", .target = "/v1/calls", .body = body});
    if (!reply) return reply.error();
    return {};
}

Office::Result<bool> LiveOffice::extend_call(const std::string& id, std::int64_t seconds) {
    const auto reply = ask({.method = "PATCH",
                            .target = path_of("calls", id),
                            .body = object{{"extend_seconds", seconds}}});
    if (!reply) return reply.error();
    return reply->ok();
}

Office::Result<admin::Revoked> LiveOffice::end_call(const std::string& id) {
    return revoke({.method = "DELETE", .target = path_of("calls", id)});
}

Office::Result<std::vector<storage::Call>> LiveOffice::calls() {
    const auto list = rows("calls");
    if (!list) return list.error();
    std::vector<storage::Call> calls;
    for (const object& each : *list) calls.push_back(to_call(each));
    return calls;
}

Office::Result<Office::CallFile> LiveOffice::find_call(const std::string& id) {
    const auto reply = ask({.target = path_of("calls", id)});
    if (!reply) return reply.error();
    if (!reply->ok()) return CallFile{};
    const object body = body_of(*reply);
    CallFile file{.call = to_call(body), .usage = {}};
    for (const object& each : objects_in(body, "usage")) file.usage.push_back(to_usage(each));
    return file;
}

}  // namespace turnpike
