// SPDX-License-Identifier: BSD-3-Clause
#include "storage/rows.hpp"

namespace turnpike::storage {

namespace {

Limits to_limits(const Row& row, std::size_t first) {
    return {row.integer(first), row.integer(first + 1), row.integer(first + 2)};
}

Value blob_or_null(const std::optional<std::string>& octets) {
    return octets ? Value{Blob{*octets}} : Value{Null{}};
}

}  // namespace

User to_user(const Row& row, const std::string& realm) {
    return {.credential = {.key_md5 = row.octets(0),
                           .key_sha256 = row.octets(1),
                           .password = row.text(2),
                           .enabled = row.boolean(3).value_or(true),
                           .call = row.text(4),
                           .deadline = row.time(5),
                           .limits = to_limits(row, 6)},
            .call = to_call(row, 9, realm),
            .realm = to_realm(row, 19)};
}

std::optional<Call> to_call(const Row& row, std::size_t first, const std::string& realm) {
    const auto id = row.text(first);
    if (!id) return std::nullopt;
    return Call{.realm = realm,
                .id = *id,
                .starts_at = row.time(first + 1),
                .ends_at = row.time(first + 2),
                .seconds = row.integer(first + 3),
                .media_at = row.time(first + 4),
                .ended_at = row.time(first + 5),
                .participants = row.integer(first + 6),
                .bytes = row.integer(first + 7),
                .bits_per_second = row.integer(first + 8),
                .leg_bits_per_second = row.integer(first + 9)};
}

Realm to_realm(const Row& row, std::size_t first) {
    return {row.integer(first), to_limits(row, first + 1)};
}

Secret to_secret(const Row& row) {
    return {row.text(0).value_or(""), row.text(1).value_or(""), row.text(2)};
}

CallUsage to_call_usage(const Row& row) {
    return {.username = row.text(0).value_or(""),
            .started_at = row.time(1),
            .ended_at = row.time(2),
            .connected_seconds = row.integer(3).value_or(0),
            .media_seconds = row.integer(4).value_or(0),
            .sent_bytes = row.integer(5).value_or(0),
            .received_bytes = row.integer(6).value_or(0),
            .allocations = row.integer(7).value_or(0),
            .open = row.integer(8).value_or(0),
            .reason = row.text(9)};
}

Usage to_usage(const Row& row) {
    return {.id = row.text(0).value_or(""),
            .node = row.text(1).value_or(""),
            .run = row.text(2).value_or(""),
            .realm = row.text(3).value_or(""),
            .username = row.text(4).value_or(""),
            .call = row.text(5),
            .transport = row.text(6).value_or(""),
            .client = row.text(7).value_or(""),
            .client_port = row.integer(8).value_or(0),
            .relayed = row.text(9).value_or(""),
            .started_at = row.time(10).value_or(Time{}),
            .first_media_at = row.time(11),
            .last_media_at = row.time(12),
            .media_seconds = row.integer(13).value_or(0),
            .updated_at = row.time(14).value_or(Time{}),
            .ended_at = row.time(15),
            .reason = row.text(16),
            .sent_bytes = row.integer(17).value_or(0),
            .sent_packets = row.integer(18).value_or(0),
            .received_bytes = row.integer(19).value_or(0),
            .received_packets = row.integer(20).value_or(0)};
}

std::vector<Value> to_parameters(const Usage& usage) {
    return {usage.id,
            usage.node,
            usage.run,
            usage.realm,
            usage.username,
            value_or_null(usage.call),
            usage.transport,
            usage.client,
            usage.client_port,
            usage.relayed,
            usage.started_at,
            value_or_null(usage.first_media_at),
            value_or_null(usage.last_media_at),
            usage.media_seconds,
            usage.updated_at,
            value_or_null(usage.ended_at),
            value_or_null(usage.reason),
            usage.sent_bytes,
            usage.sent_packets,
            usage.received_bytes,
            usage.received_packets};
}

std::vector<Value> to_parameters(const Call& call) {
    return {call.realm,
            call.id,
            value_or_null(call.starts_at),
            value_or_null(call.ends_at),
            value_or_null(call.seconds),
            value_or_null(call.participants),
            value_or_null(call.bytes),
            value_or_null(call.bits_per_second),
            value_or_null(call.leg_bits_per_second)};
}

std::vector<Value> to_parameters(const Account& account) {
    const Credential& credential = account.credential;
    return {account.realm,
            account.username,
            blob_or_null(credential.key_md5),
            blob_or_null(credential.key_sha256),
            credential.enabled,
            value_or_null(credential.call),
            value_or_null(credential.deadline),
            value_or_null(credential.limits.bytes),
            value_or_null(credential.limits.bits_per_second),
            value_or_null(credential.limits.allocations)};
}

std::vector<Value> to_parameters(const Event& event) {
    return {event.at, event.kind, event.realm, event.call, event.seconds_left, event.ends_at};
}

namespace {

template <typename... T>
std::vector<Value> in_pairs(const Amended<T>&... members) {
    std::vector<Value> pairs;
    const auto add = [&pairs](const auto& each) {
        pairs.emplace_back(each.has_value());
        pairs.push_back(each ? value_or_null(*each) : Value{Null{}});
    };
    (add(members), ...);
    return pairs;
}

}  // namespace

std::vector<Value> to_parameters(const CallAmendment& amendment) {
    return in_pairs(amendment.starts_at, amendment.ends_at, amendment.seconds,
                    amendment.participants, amendment.bytes, amendment.bits_per_second,
                    amendment.leg_bits_per_second);
}

std::vector<Value> to_parameters(const AccountAmendment& amendment) {
    const Amended<bool> enabled =
        amendment.enabled ? Amended<bool>{amendment.enabled} : std::nullopt;
    return in_pairs(enabled, amendment.call, amendment.deadline, amendment.bytes,
                    amendment.bits_per_second, amendment.allocations);
}

}  // namespace turnpike::storage
