// SPDX-License-Identifier: BSD-3-Clause
#include "storage/postgres/connection.hpp"

#include <algorithm>
#include <utility>

#include <boost/asio/post.hpp>

#include "storage/postgres/convert.hpp"
#include "storage/schema.hpp"

namespace turnpike::storage::postgres {

using boost::asio::posix::descriptor_base;

namespace {

ConnectionHandle start_connecting(const Target::Parameters& parameters) {
    std::vector<const char*> keywords;
    std::vector<const char*> values;
    const auto add = [&](const char* keyword, const char* value) {
        keywords.push_back(keyword);
        values.push_back(value);
    };
    add("fallback_application_name", "turnpike");
    for (const auto& [keyword, value] : parameters) add(keyword.c_str(), value.c_str());
    add(nullptr, nullptr);
    return ConnectionHandle{PQconnectStartParams(keywords.data(), values.data(), 0)};
}

// Without a name: it is sent once.
bool send_plainly(PGconn* connection, const char* sql, const std::string& parameter) {
    const char* value = parameter.c_str();
    return PQsendQueryParams(connection, sql, parameter.empty() ? 0 : 1, nullptr, &value, nullptr,
                             nullptr, 0) == 1;
}

}  // namespace

Connection::Connection(boost::asio::io_context& io, const Settings& settings, Plan plan,
                       Events events)
    : settings_{settings},
      plan_{plan},
      events_{std::move(events)},
      socket_{io},
      timer_{io},
      self_{std::make_shared<Connection*>(this)} {}

Connection::~Connection() {
    *self_ = nullptr;
    if (socket_.is_open()) (void)socket_.release();
}

template <typename Call>
auto Connection::guarded(Call call) {
    return [self = self_, call](const boost::system::error_code& error, auto&&...) {
        if (!error && *self != nullptr) ((*self)->*call)();
    };
}

void Connection::connect(const Target::Parameters& parameters) {
    connection_ = start_connecting(parameters);
    timer_.expires_after(settings_.connect_timeout);
    timer_.async_wait(guarded(&Connection::on_time));
    // Failures are told later too.
    boost::asio::post(socket_.get_executor(), [self = self_] {
        if (*self != nullptr) (*self)->poll_connecting();
    });
}

void Connection::poll_connecting() {
    if (state_ != State::connecting) return;
    if (!connection_ || PQstatus(connection_.get()) == CONNECTION_BAD) return lose(last_failure());
    const PostgresPollingStatusType status = PQconnectPoll(connection_.get());
    // The next host has another socket.
    if (socket_.is_open()) (void)socket_.release();
    if (status == PGRES_POLLING_FAILED) return lose(last_failure());
    boost::system::error_code failure;
    socket_.assign(PQsocket(connection_.get()), failure);
    if (failure) return lose({Failure::Kind::unavailable, failure.message()});
    if (status == PGRES_POLLING_OK) return prepare();
    const auto direction =
        status == PGRES_POLLING_READING ? descriptor_base::wait_read : descriptor_base::wait_write;
    socket_.async_wait(direction, guarded(&Connection::poll_connecting));
}

void Connection::prepare() {
    state_ = State::preparing;
    PGconn* connection = connection_.get();
    if (PQsetnonblocking(connection, 1) != 0 || PQenterPipelineMode(connection) != 1) {
        return lose(last_failure());
    }
    bool sent = send_plainly(connection,
                             "SELECT set_config('TimeZone', 'UTC', false),"
                             " set_config('DateStyle', 'ISO', false),"
                             " set_config('bytea_output', 'hex', false),"
                             " set_config('statement_timeout', $1, false)",
                             std::to_string(settings_.timeout.count()));
    if (plan_.listens) sent = sent && send_plainly(connection, "LISTEN turnpike", {});
    sent = sent && send_plainly(connection, "SELECT max(version) FROM turnpike.schema_version", {});
    if (!sent) return lose(last_failure());
    expect([this](const auto& answer) { check(answer); });
    wait_readable();
}

void Connection::check(const Result<std::vector<Rows>>& answer) {
    if (!answer) {
        const bool no_tables = answer.error().kind == Failure::Kind::schema;
        return lose(no_tables ? wrong_schema(0, plan_.schema_version) : answer.error());
    }
    const auto version = answer->back().empty() ? 0 : answer->back()[0].integer(0).value_or(0);
    if (plan_.schema_version != 0 && version != plan_.schema_version) {
        return lose(wrong_schema(version, plan_.schema_version));
    }
    for (const Statement* statement : plan_.statements) {
        if (PQsendPrepare(connection_.get(), std::string{statement->name}.c_str(),
                          std::string{statement->sql}.c_str(), 0, nullptr) != 1) {
            return lose(last_failure());
        }
    }
    expect([this](const auto& prepared) {
        if (!prepared) return lose(prepared.error());
        state_ = State::ready;
        events_.ready();
    });
}

void Connection::execute(std::vector<Query> batch, Database::Handler handler) {
    for (const Query& query : batch) {
        if (send(query)) continue;
        // What has been sent of it is in a transaction that never ends well.
        boost::asio::post(socket_.get_executor(), [self = self_, failure = last_failure()] {
            if (*self != nullptr) (*self)->lose(failure);
        });
        break;
    }
    expect(std::move(handler));
}

bool Connection::send(const Query& query) {
    std::vector<std::optional<std::string>> texts;
    for (const Value& value : query.parameters) texts.push_back(to_parameter(value));
    std::vector<const char*> values;
    for (const auto& text : texts) values.push_back(text ? text->c_str() : nullptr);
    return PQsendQueryPrepared(connection_.get(), std::string{query.statement->name}.c_str(),
                               static_cast<int>(values.size()), values.data(), nullptr, nullptr,
                               0) == 1;
}

// Ends a batch: up to here all of it happens, or nothing.
void Connection::expect(Database::Handler handler) {
    waiting_.push(std::move(handler), WaitingLine::Clock::now() + settings_.timeout);
    if (waiting_.size() == 1) arm();
    (void)PQpipelineSync(connection_.get());
    flush();
}

void Connection::flush() {
    const int left = PQflush(connection_.get());
    // A loss is seen by reading.
    if (left != 1 || waits_to_write_) return;
    waits_to_write_ = true;
    socket_.async_wait(descriptor_base::wait_write, guarded(&Connection::continue_writing));
}

void Connection::continue_writing() {
    waits_to_write_ = false;
    if (state_ != State::lost) flush();
}

void Connection::wait_readable() {
    socket_.async_wait(descriptor_base::wait_read, guarded(&Connection::read));
}

void Connection::read() {
    if (state_ == State::lost) return;
    const auto self = self_;
    const bool good = PQconsumeInput(connection_.get()) == 1;
    // Each statement's result is followed by a null, and two of them are the end.
    for (int nulls = 0; nulls < 2 && PQisBusy(connection_.get()) == 0;) {
        const ResultHandle result{PQgetResult(connection_.get())};
        nulls = result ? 0 : nulls + 1;
        if (result) take(*result);
        if (*self == nullptr || state_ == State::lost) return;
    }
    hear_changes();
    if (*self == nullptr || state_ == State::lost) return;
    if (!good || PQstatus(connection_.get()) == CONNECTION_BAD) return lose(last_failure());
    flush();
    wait_readable();
}

void Connection::take(const PGresult& result) {
    if (waiting_.empty()) return;
    switch (PQresultStatus(&result)) {
        case PGRES_TUPLES_OK:
        case PGRES_COMMAND_OK:
            rows_.push_back(to_rows(result));
            break;
        case PGRES_PIPELINE_SYNC:
            finish_front();
            break;
        case PGRES_PIPELINE_ABORTED:  // after one that failed
            break;
        default:
            if (!failure_) failure_ = to_failure(result);
    }
}

void Connection::finish_front() {
    const auto handler = waiting_.pop();
    auto rows = std::exchange(rows_, {});
    auto failure = std::exchange(failure_, std::nullopt);
    arm();
    if (!handler) return;
    if (failure) return handler(*std::move(failure));
    handler(std::move(rows));
}

void Connection::hear_changes() {
    const auto self = self_;
    while (const NoticeHandle notice{PQnotifies(connection_.get())}) {
        if (const auto change = parse_change(notice->extra)) events_.changed(*change);
        if (*self == nullptr || state_ == State::lost) return;
    }
}

// Twice the time is no slowness any more: the server was asked to give up by itself.
void Connection::arm() {
    if (waiting_.empty()) {
        timer_.cancel();
        return;
    }
    timer_.expires_at(
        std::min(waiting_.next_deadline(), waiting_.first_deadline() + settings_.timeout));
    timer_.async_wait(guarded(&Connection::on_time));
}

void Connection::on_time() {
    if (state_ == State::lost) return;
    if (state_ == State::connecting) return lose({Failure::Kind::unavailable, "no answer"});
    const auto self = self_;
    const auto now = WaitingLine::Clock::now();
    if (!waiting_.empty() && waiting_.first_deadline() + settings_.timeout <= now) {
        return lose({Failure::Kind::unavailable, "no answer"});
    }
    for (const auto& handler : waiting_.overdue(now)) {
        handler(Failure{Failure::Kind::timed_out, "no answer in time"});
        if (*self == nullptr || state_ == State::lost) return;
    }
    arm();
}

void Connection::lose(Failure failure) {
    state_ = State::lost;
    timer_.cancel();
    if (socket_.is_open()) (void)socket_.release();
    connection_.reset();
    const auto self = self_;
    for (const auto& handler : waiting_.take_all()) {
        handler(Failure{Failure::Kind::unavailable, failure.what});
        if (*self == nullptr) return;
    }
    events_.lost(failure);
}

Failure Connection::last_failure() const {
    std::string what = connection_ ? PQerrorMessage(connection_.get()) : "not enough memory";
    while (what.ends_with('\n')) what.pop_back();
    return {Failure::Kind::unavailable, what};
}

}  // namespace turnpike::storage::postgres
