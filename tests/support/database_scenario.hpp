// SPDX-License-Identifier: BSD-3-Clause
//
// A database of either kind, empty or with its tables, for one test. PostgreSQL is the cluster of
// tests/support/with-postgres.
#pragma once

#include <libpq-fe.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include <boost/asio/io_context.hpp>

#include "storage/migrate.hpp"
#include "storage/open.hpp"
#include "storage/postgres/handle.hpp"
#include "storage/sqlite/file.hpp"
#include "storage/statements.hpp"
#include "storage/store.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"
#include "tests/support/result.hpp"

namespace turnpike::test {

using namespace std::chrono_literals;

enum class Kind { postgres, sqlite };

inline std::string cluster() {
    const char* where = std::getenv("TURNPIKE_TEST_POSTGRES");
    if (where == nullptr) throw std::runtime_error{"run it by tests/support/with-postgres"};
    return where;
}

inline void cluster_control(const std::string& order) {
    const char* control = std::getenv("TURNPIKE_TEST_PG_CTL");
    if (control == nullptr || std::system((std::string{control} + " " + order).c_str()) != 0) {
        throw std::runtime_error{"pg_ctl " + order + " failed"};
    }
}

// Runs SQL as the site's administrator would, past the program. The first column of the first row.
class Administrator {
public:
    explicit Administrator(const std::string& url) : connection_{PQconnectdb(url.c_str())} {}
    std::string operator()(const std::string& sql) {
        const storage::postgres::ResultHandle result{PQexec(connection_.get(), sql.c_str())};
        const auto status = PQresultStatus(result.get());
        if (status != PGRES_COMMAND_OK && status != PGRES_TUPLES_OK) {
            throw std::runtime_error{sql + ": " + PQerrorMessage(connection_.get())};
        }
        return PQntuples(result.get()) > 0 ? PQgetvalue(result.get(), 0, 0) : "";
    }

private:
    storage::postgres::ConnectionHandle connection_;
};

// An empty database.
class EmptyDatabase {
public:
    explicit EmptyDatabase(Kind kind) : kind_{kind} {
        if (kind == Kind::sqlite) {
            url_ = "sqlite:" + (folder_.path() / "turnpike.db").string();
            return;
        }
        static int count = 0;
        name_ = "test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
        Administrator{cluster() + " dbname=postgres"}("CREATE DATABASE " + name_);
        url_ = cluster() + " dbname=" + name_;
    }
    ~EmptyDatabase() {
        if (kind_ == Kind::sqlite) return;
        try {
            Administrator{cluster() + " dbname=postgres"}("DROP DATABASE " + name_ +
                                                          " WITH (FORCE)");
        } catch (const std::exception&) {  // a test has stopped the cluster
        }
    }
    EmptyDatabase(const EmptyDatabase&) = delete;
    EmptyDatabase& operator=(const EmptyDatabase&) = delete;

    [[nodiscard]] const std::string& url() const noexcept { return url_; }
    [[nodiscard]] Kind kind() const noexcept { return kind_; }
    [[nodiscard]] std::filesystem::path file() const { return folder_.path() / "turnpike.db"; }

    // As the site does, past the program, with the words of either kind of database.
    void site(const std::string& sql) const {
        if (kind_ == Kind::postgres) {
            Administrator{url_}(sql);
            return;
        }
        std::string plain = sql;
        for (auto at = plain.find("turnpike."); at != plain.npos; at = plain.find("turnpike.")) {
            plain.erase(at, 9);
        }
        auto opened = storage::sqlite::File::open({.path = file().string()});
        const auto done = opened.value().script(plain);
        if (!done) throw std::runtime_error{sql + ": " + done.error().what};
    }

private:
    Kind kind_;
    Folder folder_;
    std::string name_;
    std::string url_;
};

// ... with its tables, and a program that is connected to it.
class DatabaseScenario {
public:
    static constexpr auto patience = 15s;

    explicit DatabaseScenario(Kind kind, const storage::Settings& settings = {})
        : empty{kind}, settings_{settings} {
        const auto done = storage::migrate(empty.url());
        if (!done) throw std::runtime_error{done.error().what};
        connect();
    }

    void connect() {
        database = storage::open_database(io, empty.url(), settings_, statements());
        database->start({.changed = [this](const auto& change) { changes.push_back(change); },
                         .restored = [this] { ++restored; },
                         .lost = [this](const auto& failure) { losses.push_back(failure); }});
        store.emplace(*database);
    }

    // Runs the loop until it is so.
    [[nodiscard]] bool until(const std::function<bool()>& condition,
                             std::chrono::milliseconds longest = patience) {
        const auto end = std::chrono::steady_clock::now() + longest;
        while (!condition()) {
            if (std::chrono::steady_clock::now() > end) return false;
            io.restart();
            io.run_one_for(50ms);
        }
        return true;
    }

    // What comes of store->method(arguments..., handler).
    template <typename T, typename Ask>
    storage::Result<T> ask(Ask&& call) {
        std::optional<storage::Result<T>> answer;
        call([&answer](storage::Result<T> result) { answer = std::move(result); });
        if (!until([&] { return answer.has_value(); })) {
            throw std::runtime_error{"no answer at all"};
        }
        return *std::move(answer);
    }

    storage::Result<std::optional<storage::User>> user(const std::string& name) {
        return ask<std::optional<storage::User>>(
            [&](auto handler) { store->find_user("example.org", name, handler); });
    }

    static std::span<const storage::Statement* const> statements() {
        static const auto all = [] {
            std::vector<const storage::Statement*> list;
            for (const auto* each : storage::server_statements()) list.push_back(each);
            for (const auto* each : storage::operator_statements()) {
                if (std::ranges::find(list, each) == list.end()) list.push_back(each);
            }
            return list;
        }();
        return all;
    }

    EmptyDatabase empty;
    boost::asio::io_context io{1};
    std::vector<storage::Change> changes;
    std::vector<storage::Failure> losses;
    int restored = 0;
    std::unique_ptr<storage::Database> database;
    std::optional<storage::Store> store;

private:
    storage::Settings settings_;
};

}  // namespace turnpike::test
