// SPDX-License-Identifier: BSD-3-Clause
//
// Writes down what each allocation of one worker uses: when it begins, every `due` while it lives,
// and when it ends; and in between for the journal alone, so that a crash loses no more than
// `interval` of counters. Reports are gathered and leave with the turn. Owned by one worker.
#pragma once

#include <chrono>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "protocol/time.hpp"
#include "server/accounts/ledger.hpp"
#include "server/worker/holdings.hpp"
#include "server/worker/shared.hpp"

namespace turnpike::worker {

class UsageReporter {
public:
    static constexpr std::chrono::seconds interval{10};
    static constexpr unsigned intervals_to_due = 6;  // each minute

    explicit UsageReporter(const Shared& shared) noexcept : shared_{shared} {}

    // Whether anything is written down at all.
    [[nodiscard]] bool is_on() const noexcept { return shared_.ledger != nullptr; }
    void began(const Holding& holding, protocol::TimePoint now);
    // An interval is over.
    void goes_on(Holding& holding, protocol::TimePoint now);
    // Another process is to go on with it.
    void handed_over(const Holding& holding, protocol::TimePoint now);
    // `reason` is the limit that ended it, or what else did.
    void ended(const Holding& holding, std::string_view reason, protocol::TimePoint now);
    void flush();

    // How it stands. For PostgreSQL every text has to be UTF-8 without a zero.
    [[nodiscard]] storage::Usage usage_of(const Holding& holding, protocol::TimePoint now) const;

private:
    const Shared& shared_;
    std::vector<accounts::Report> reports_;
};

// What is no UTF-8, and zeros, become U+FFFD.
[[nodiscard]] std::string to_valid_utf8(std::string_view text);

}  // namespace turnpike::worker
