// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/resolve.hpp"

#include <algorithm>
#include <limits>

#include "auth/password.hpp"
#include "protocol/bytes.hpp"

namespace turnpike::accounts {

using auth::CallGrant;
using auth::Grant;
using auth::Limit;

namespace {

// A row's number: what is less than one was refused by the database, or means that nothing is left.
template <typename T>
T limit_of(std::int64_t number) noexcept {
    const auto most = static_cast<std::int64_t>(std::min<std::uint64_t>(
        std::numeric_limits<T>::max(), std::numeric_limits<std::int64_t>::max()));
    return static_cast<T>(std::clamp<std::int64_t>(number, 1, most));
}

// The first that says something.
template <typename T>
T first_of(const std::optional<std::int64_t>& mine, const std::optional<std::int64_t>& realms,
           T otherwise) noexcept {
    if (mine) return limit_of<T>(*mine);
    return realms ? limit_of<T>(*realms) : otherwise;
}

// Of two limits, where 0 is none.
template <typename T>
T stricter(T one, const std::optional<std::int64_t>& other) noexcept {
    if (!other) return one;
    const T number = limit_of<T>(*other);
    return one == 0 ? number : std::min(one, number);
}

void end_by(Grant& grant, protocol::TimePoint at, Limit by) {
    if (grant.deadline && *grant.deadline <= at) return;
    grant.deadline = at;
    grant.deadline_by = by;
}

void apply(const storage::Call& call, Grant& grant, protocol::Moment now) {
    grant.call = call.id;
    grant.bits_per_second = stricter(grant.bits_per_second, call.leg_bits_per_second);
    CallGrant shared{.bytes = stricter<std::uint64_t>(0, call.bytes),
                     .bits_per_second = stricter<std::uint64_t>(0, call.bits_per_second),
                     .participants = stricter<std::uint32_t>(0, call.participants)};
    if (call.seconds && !call.media_at) {
        shared.length_from_media = std::chrono::seconds{*call.seconds};
    }
    const auto end = storage::end_of(call);
    const bool cut = call.ended_at && end == call.ended_at;
    if (end) shared.ends_at = *end;
    grant.call_grant = shared;
    if (end) end_by(grant, to_steady(*end, now), cut ? Limit::call_ended : Limit::call_time);
    if (call.starts_at && *call.starts_at > storage::to_time(now.wall))
        grant.refusal = Limit::call_not_begun;
}

// Whatever has ended by now keeps its user out.
void refuse_if_over(Grant& grant, protocol::Moment now) {
    if (grant.deadline && *grant.deadline <= now.steady) grant.refusal = grant.deadline_by;
}

void apply(const storage::Realm& realm, Grant& grant) {
    if (realm.session_seconds) grant.session = std::chrono::seconds{*realm.session_seconds};
}

std::optional<protocol::Key> key_of(const std::optional<std::string>& octets, std::size_t size) {
    if (!octets || octets->size() != size) return std::nullopt;
    return protocol::Key{std::as_bytes(std::span{*octets})};
}

}  // namespace

protocol::TimePoint to_steady(storage::Time time, protocol::Moment now) noexcept {
    constexpr auto far = std::chrono::hours{24} * 365 * 100;
    const storage::Time wall = storage::to_time(now.wall);
    return now.steady + (std::clamp<storage::Time>(time, wall - far, wall + far) - wall);
}

std::optional<auth::Credential> resolve(const storage::User& user, const std::string& username,
                                        const Defaults& defaults, protocol::Moment now) {
    const storage::Credential& row = user.credential;
    auto md5 = key_of(row.key_md5, 16);
    auto sha256 = key_of(row.key_sha256, 32);
    if (row.password) {
        const auto password = auth::opaque_string(*row.password);
        if (!password) return std::nullopt;
        md5 = auth::derive_md5(username, defaults.realm, *password);
        sha256 = auth::derive_sha256(username, defaults.realm, *password);
    }
    if (!md5 && !sha256) return std::nullopt;
    auth::Credential credential;
    credential.md5 = md5.value_or(protocol::Key{});
    credential.sha256 = sha256.value_or(protocol::Key{});
    Grant& grant = credential.grant;
    const storage::Limits& mine = row.limits;
    const storage::Limits& realms = user.realm.limits;
    grant.realm = defaults.realm;
    grant.username = grant.user = username;
    grant.bytes = first_of(mine.bytes, realms.bytes, defaults.bytes);
    grant.bits_per_second = defaults.bits_per_second;
    grant.user_bits_per_second =
        first_of<std::uint64_t>(mine.bits_per_second, realms.bits_per_second, 0);
    grant.allocations = first_of(mine.allocations, realms.allocations, defaults.allocations);
    apply(user.realm, grant);
    if (row.deadline) end_by(grant, to_steady(*row.deadline, now), Limit::account_time);
    if (row.call) grant.call = *row.call;
    if (user.call) apply(*user.call, grant, now);
    refuse_if_over(grant, now);
    if (!row.enabled) grant.refusal = Limit::account_disabled;
    return credential;
}

Grant resolve(Grant grant, const CallRecords& records, protocol::Moment now) {
    const storage::Limits& realms = records.realm.limits;
    grant.bytes = first_of({}, realms.bytes, grant.bytes);
    grant.user_bits_per_second =
        first_of<std::uint64_t>({}, realms.bits_per_second, grant.user_bits_per_second);
    grant.allocations = first_of({}, realms.allocations, grant.allocations);
    apply(records.realm, grant);
    if (records.call) apply(*records.call, grant, now);
    refuse_if_over(grant, now);
    return grant;
}

}  // namespace turnpike::accounts
