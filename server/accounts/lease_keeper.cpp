// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/lease_keeper.hpp"

#include <algorithm>
#include <utility>

namespace turnpike::accounts {

LeaseKeeper::LeaseKeeper(storage::Store& store, Attendance& attendance, Name name, OnDone on_done)
    : store_{store},
      attendance_{attendance},
      name_{std::move(name)},
      on_done_{std::move(on_done)} {}

bool LeaseKeeper::done(protocol::TimePoint since, const storage::Result<void>& result) {
    is_telling_ = false;
    if (on_done_) on_done_(since, result.has_value());
    return result.has_value();
}

void LeaseKeeper::start_afresh() {
    is_afresh_ = true;
}

void LeaseKeeper::tick(protocol::Moment now) {
    if (is_telling_) return;
    if (is_afresh_) {
        is_telling_ = true;
        return store_.drop_leases(name_.node, [this, now](storage::Result<void> dropped) {
            if (!done(now.steady, dropped)) return;
            is_afresh_ = false;
            renewed_ = {};
            untold_.clear();
            attendance_.tell_all_tenures();
        });
    }
    for (auto& tenure : attendance_.take_changed_tenures()) {
        untold_.push_back({.realm = name_.realm,
                           .username = std::move(tenure.user),
                           .call = std::move(tenure.call),
                           .allocations = tenure.allocations});
    }
    if (!untold_.empty()) return tell(now);
    if (now.steady - renewed_ >= renewal) renew(now);
}

void LeaseKeeper::tell(protocol::Moment now) {
    const std::size_t count = std::min(untold_.size(), batch_max);
    storage::Store::Holdings holdings{.node = name_.node,
                                      .run = name_.run,
                                      .now = storage::to_time(now.wall),
                                      .expires = storage::to_time(now.wall) + lifetime,
                                      .leases = {}};
    const auto end = untold_.begin() + static_cast<std::ptrdiff_t>(count);
    holdings.leases.assign(std::make_move_iterator(untold_.begin()), std::make_move_iterator(end));
    untold_.erase(untold_.begin(), end);
    is_telling_ = true;
    store_.tell_holdings(holdings, [this, now](storage::Result<void> told) {
        if (!done(now.steady, told)) is_afresh_ = true;
    });
}

void LeaseKeeper::renew(protocol::Moment now) {
    renewed_ = now.steady;
    is_telling_ = true;
    store_.renew(
        {name_.node, name_.run, storage::to_time(now.wall), storage::to_time(now.wall) + lifetime},
        [this, now](storage::Result<void> renewed) {
            if (!done(now.steady, renewed)) is_afresh_ = true;
        });
}

void LeaseKeeper::stop(std::function<void()> done) {
    store_.drop_leases(name_.node, [done = std::move(done)](storage::Result<void>) { done(); });
}

}  // namespace turnpike::accounts
