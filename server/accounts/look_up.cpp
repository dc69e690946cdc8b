// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/look_up.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace turnpike::accounts {

void LookUp::start(const Who& who, Done done) {
    if (who.is_timed) return find_call(who, std::move(done));
    find_account(who, std::move(done));
}

void LookUp::find_account(const Who& who, Done done) {
    store_.find_user(
        realm_, who.user,
        [this, who, done = std::move(done)](storage::Result<std::optional<storage::User>> found) {
            if (!found) return done({.who = who, .record = std::nullopt});
            Finding finding{
                .who = who,
                .record = Record{.user = *std::move(found), .call = {}, .elsewhere = {}}};
            const auto& user = finding.record->user;
            if (!user) return done(std::move(finding));
            const std::string call = user->credential.call.value_or("");
            count_elsewhere(call, std::move(finding), done);
        });
}

void LookUp::find_call(const Who& who, Done done) {
    store_.find_call(
        realm_, who.call,
        [this, who, done = std::move(done)](storage::Result<storage::Store::CallAndRealm> found) {
            if (!found) return done({.who = who, .record = std::nullopt});
            Finding finding{
                .who = who,
                .record = Record{.user = {}, .call = {found->call, found->realm}, .elsewhere = {}}};
            count_elsewhere(who.call, std::move(finding), done);
        });
}

void LookUp::count_elsewhere(const std::string& call, Finding finding, Done done) {
    if (node_.empty()) return done(std::move(finding));
    const storage::Store::Question question{
        .realm = realm_,
        .username = finding.who.user,
        .call = call,
        .node = node_,
        .now = storage::to_time(std::chrono::system_clock::now())};
    store_.count_elsewhere(
        question, [finding = std::move(finding), done = std::move(done)](
                      storage::Result<storage::Store::Elsewhere> elsewhere) mutable {
            if (!elsewhere) return done({.who = finding.who, .record = std::nullopt});
            constexpr std::int64_t most = std::numeric_limits<std::uint32_t>::max();
            finding.record->elsewhere = {
                .allocations = static_cast<std::uint32_t>(
                    std::clamp<std::int64_t>(elsewhere->allocations, 0, most)),
                .participants = std::move(elsewhere->participants)};
            done(std::move(finding));
        });
}

}  // namespace turnpike::accounts
