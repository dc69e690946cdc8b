// SPDX-License-Identifier: BSD-3-Clause
//
// Who the users of requests are, for one worker: at once where the configuration or the cache knows
// them, else the request waits here until the database has spoken. What the database tells of
// changes is brought to the allocations that live. Owned by one worker.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <boost/unordered/unordered_flat_map.hpp>

#include "auth/user_directory.hpp"
#include "server/accounts/notice.hpp"
#include "server/accounts/record_cache.hpp"
#include "server/turn/dispatcher.hpp"
#include "server/worker/context.hpp"
#include "server/worker/effect_executor.hpp"
#include "server/worker/parked_messages.hpp"

namespace turnpike::worker {

class AccountDesk {
public:
    // Serves a message that has waited: its user is known now, as far as that is possible.
    using Serve = std::function<void(const ClientMessage&)>;
    struct Parts {
        turn::Dispatcher& dispatcher;
        EffectExecutor& executor;
    };

    AccountDesk(Context& context, const Parts& parts, Serve serve);

    enum class State : std::uint8_t {
        known,        // as far as it is possible: there may be no candidates
        asked,        // the database has been asked: park()
        barred,       // it would have to be, and this sender may not make us
        unavailable,  // it cannot be asked
    };
    struct Answer {
        State state = State::known;
        std::vector<auth::Credential> candidates;
        accounts::Who who;
    };
    struct Question {
        const auth::UserQuery& user;
        bool is_new = false;   // what is allowed has to be known as of now: it is about to begin
        bool may_ask = false;  // the database
    };
    // What has waited is not asked for again.
    [[nodiscard]] Answer find(const Question& question, protocol::Moment now);
    void park(const accounts::Who& who, const ClientMessage& message,
              const protocol::TransactionId& transaction);
    // This connection is gone.
    void forget(const protocol::FiveTuple& five_tuple) { parked_.forget(five_tuple); }

    void receive(const accounts::Notice& notice, protocol::Moment now);
    // There are new rules: who is in them no more is out, and what lives is held to the new limits.
    void adopt_rules(protocol::Moment now);
    // Each second or so.
    void sweep(protocol::Moment now);

    // Whom the database may know something about, of those that log in by this name. None: nobody.
    [[nodiscard]] std::optional<accounts::Who> who_of(std::string_view username) const;

    [[nodiscard]] std::size_t waiting() const noexcept { return parked_.size(); }

private:
    // An answer that has not come by then never will.
    static constexpr std::chrono::seconds patience{45};
    static constexpr std::size_t asked_max = 256;  // about changes, at a time

    void receive(const accounts::Finding& finding, protocol::Moment now);
    void receive(const accounts::Changed& changed, protocol::Moment now);
    void receive(const accounts::Secrets& secrets, protocol::Moment now);
    void receive(const accounts::CallBegan& began, protocol::Moment now);
    void receive(const accounts::CallUsedUp& used_up, protocol::Moment now);
    void receive(const accounts::Ousted& ousted, protocol::Moment now);

    [[nodiscard]] std::vector<auth::Credential> candidates(const auth::UserQuery& query,
                                                           const accounts::Who& who,
                                                           const accounts::Record* record,
                                                           protocol::Moment now) const;
    [[nodiscard]] bool ask(const accounts::Who& who, protocol::TimePoint now);
    void ask_about(std::vector<accounts::Who> whos, protocol::TimePoint now);
    void ask_about(const accounts::Who& who, protocol::TimePoint now);
    void ask_more(protocol::TimePoint now);
    void amend(const accounts::Who& who, const accounts::Record& record, protocol::Moment now);
    void amend(protocol::AllocationId id, auth::Grant grant, protocol::TimePoint now);
    [[nodiscard]] auth::Grant grant_now(const auth::Grant& held, const accounts::Who& who,
                                        const accounts::Record& record, protocol::Moment now) const;
    [[nodiscard]] bool is_left_to_database(protocol::AllocationId id, const auth::Grant& held);
    [[nodiscard]] std::optional<auth::Grant> configured_grant(const auth::Grant& held,
                                                              protocol::Moment now) const;
    void start_clock(auth::Grant& grant) const;
    void end(protocol::AllocationId id, turn::EndReason reason, auth::Limit limit,
             protocol::TimePoint now);

    Context& context_;
    Parts parts_;
    Serve serve_;
    accounts::Defaults defaults_;
    accounts::RecordCache cache_;
    ParkedMessages parked_;
    std::vector<auth::TimedSecret> secrets_;                               // of the database
    boost::unordered_flat_map<accounts::Who, protocol::TimePoint> asked_;  // and when
    // Whose allocations are to be brought up to date: next, and after a failure.
    std::vector<accounts::Who> to_ask_;
    std::vector<accounts::Who> to_ask_again_;
    const accounts::Who* answered_ = nullptr;  // while what has waited for this is served
};

}  // namespace turnpike::worker
