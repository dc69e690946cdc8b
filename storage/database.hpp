// SPDX-License-Identifier: BSD-3-Clause
//
// A database, whichever it is: statements go in, rows or a Failure come out later. It lives on one
// io_context, the storage thread's, and is used from there alone; it never blocks that thread.
//
// A statement is written once for all databases: parameters are $1, $2, ..., and tables stand in
// the schema `turnpike`.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "storage/failure.hpp"
#include "storage/value.hpp"

namespace turnpike::storage {

// One for each text in the program, and constant: a connection prepares each once, by its name.
struct Statement {
    std::string_view name;
    std::string_view sql;
    std::string_view sqlite = {};  // where SQLite needs other words
};

struct Query {
    const Statement* statement = nullptr;
    std::vector<Value> parameters;
};

// Somebody changed an account, a call or a secret. An empty name: all of that kind.
struct Change {
    std::string kind;  // "account", "call", "secret"
    std::string realm;
    std::string name;
    bool operator==(const Change&) const = default;
};

class Database {
public:
    // The rows of each statement, in order.
    using Handler = std::function<void(Result<std::vector<Rows>>)>;

    struct Events {
        std::function<void(const Change&)> changed;
        // Changes may have been missed before this: at the first connection, and after each loss.
        std::function<void()> restored;
        // Not again until it has been restored.
        std::function<void(const Failure&)> lost;
    };

    virtual ~Database() = default;

    // From now on. Once, before anything else.
    virtual void start(Events events) = 0;

    // All of it in one transaction, or nothing. Calls the handler exactly once, never from within,
    // and in time: Settings::timeout after the call at the latest. With the database gone a handler
    // hears of it at once. What waits when the database is destroyed is never called.
    virtual void execute(std::vector<Query> batch, Handler handler) = 0;
};

}  // namespace turnpike::storage
