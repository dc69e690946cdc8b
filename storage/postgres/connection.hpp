// SPDX-License-Identifier: BSD-3-Clause
//
// One connection to PostgreSQL, in libpq's pipeline mode on an Asio descriptor: batches go out as
// they come and answers are matched in order. It connects once; when it is lost it stays so, and
// its owner makes another. Used from its io_context's thread alone.
//
// libpq resolves host names while it connects, and blocks for that; hence a thread of storage's
// own.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/steady_timer.hpp>

#include "storage/database.hpp"
#include "storage/postgres/handle.hpp"
#include "storage/postgres/target.hpp"
#include "storage/settings.hpp"
#include "storage/waiting_line.hpp"

namespace turnpike::storage::postgres {

class Connection {
public:
    struct Events {
        std::function<void()> ready;
        std::function<void(const Failure&)> lost;  // final; may destroy the connection
        std::function<void(const Change&)> changed;
    };
    struct Plan {
        std::span<const Statement* const> statements{};  // all that will be executed: outlive this
        int schema_version = 0;                          // 0: whichever
        bool listens = false;                            // changed() is called
    };

    Connection(boost::asio::io_context& io, const Settings& settings, Plan plan, Events events);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Calls ready() or lost(), later.
    void connect(const Target::Parameters& parameters);

    // After ready(). The handler is called once unless the connection is destroyed before; when it
    // is lost, before lost() is.
    void execute(std::vector<Query> batch, Database::Handler handler);

    [[nodiscard]] bool is_ready() const noexcept { return state_ == State::ready; }
    [[nodiscard]] std::size_t waiting() const noexcept { return waiting_.size(); }

private:
    enum class State : std::uint8_t {
        connecting,  // libpq talks to one host after the other
        preparing,   // settings, schema and statements
        ready,
        lost,  // final
    };
    void poll_connecting();
    void prepare();
    void check(const Result<std::vector<Rows>>& answer);
    [[nodiscard]] bool send(const Query& query);
    void expect(Database::Handler handler);
    void flush();
    void continue_writing();
    void wait_readable();
    void read();
    void take(const PGresult& result);
    void finish_front();
    void hear_changes();
    void arm();
    void on_time();
    void lose(Failure failure);
    [[nodiscard]] Failure last_failure() const;
    // Wraps what a completion calls: nothing, once this is gone.
    template <typename Call>
    [[nodiscard]] auto guarded(Call call);

    // Constant after construction.
    Settings settings_;
    Plan plan_;
    Events events_;
    // The loop's.
    ConnectionHandle connection_;
    boost::asio::posix::stream_descriptor socket_;  // libpq's: released, never closed
    boost::asio::steady_timer timer_;
    State state_ = State::connecting;
    WaitingLine waiting_;
    // Of the first in the line: what has come of it.
    std::vector<Rows> rows_;
    std::optional<Failure> failure_;
    bool waits_to_write_ = false;
    // Completions that outlive this object find out here.
    std::shared_ptr<Connection*> self_;
};

}  // namespace turnpike::storage::postgres
