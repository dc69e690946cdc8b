// SPDX-License-Identifier: BSD-3-Clause
//
// What a server remembers and asks for, in records: the one place that knows how rows become
// records. Thin: it owns nothing but a reference to the Database and lives on its loop. Each
// handler is called once, later, as Database says.
#pragma once

#include <functional>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "storage/database.hpp"
#include "storage/records.hpp"

namespace turnpike::storage {

class Store {
public:
    template <typename T>
    using Handler = std::function<void(Result<T>)>;

    explicit Store(Database& database) : database_{database} {}

    // None: no such user.
    void find_user(const std::string& realm, const std::string& username,
                   Handler<std::optional<User>> handler);
    // The call, if there is such a row, and what holds for its realm.
    struct CallAndRealm {
        std::optional<Call> call;
        Realm realm;
    };
    void find_call(const std::string& realm, const std::string& id, Handler<CallAndRealm> handler);
    void load_secrets(const std::string& realm, Handler<std::vector<Secret>> handler);
    // Of a call, by all but this run of this server.
    void used_bytes(const std::string& realm, const std::string& call, const std::string& run,
                    Handler<std::int64_t> handler);

    // All of them, or none. A repeat changes nothing.
    void write_usage(std::span<const Usage> rows, Handler<void> handler);
    // Ends what this node's earlier runs have left open.
    void close_left_open(const std::string& node, const std::string& run, Handler<void> handler);
    // The first relayed media of a call: only the first of all counts.
    void begin_media(const std::string& realm, const std::string& call, Time at,
                     Handler<void> handler);
    void put_event(const Event& event, Handler<void> handler);

    // Tells the others what this node holds now, until `expires`, and that it lives.
    struct Holdings {
        std::string node;
        std::string run;
        Time now;
        Time expires;
        std::vector<Lease> leases;
    };
    void tell_holdings(const Holdings& holdings, Handler<void> handler);
    // What it has told of stays so until `expires`.
    struct SignOfLife {
        std::string node;
        std::string run;
        Time now;
        Time expires;
    };
    void renew(const SignOfLife& sign, Handler<void> handler);
    void drop_leases(const std::string& node, Handler<void> handler);
    // By all other nodes.
    struct Elsewhere {
        std::int64_t allocations = 0;           // of the user
        std::vector<std::string> participants;  // of the call
    };
    struct Question {
        std::string realm;
        std::string username;
        std::string call;  // empty: none
        std::string node;  // this one
        Time now;
    };
    void count_elsewhere(const Question& question, Handler<Elsewhere> handler);
    void forget_changes(Time before, Handler<void> handler);

private:
    Database& database_;
};

}  // namespace turnpike::storage
