// SPDX-License-Identifier: BSD-3-Clause
//
// The admin interface without sockets, over a server that does what a test says: requests go in,
// answers come out, and time passes when it is told to.
#pragma once

#include <algorithm>
#include <deque>
#include <exception>
#include <list>
#include <map>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_to.hpp>

#include "server/admin/api.hpp"

namespace turnpike::test {

using namespace std::chrono_literals;

// Answers at once, with what stands in its members.
class FakeBackend : public admin::Backend {
public:
    void list_sessions(worker::SessionQuery query,
                       admin::Handler<worker::SessionPage> handler) override {
        last_query = query;
        worker::SessionPage page;
        page.workers_unheard = workers_unheard;
        for (const auto& each : sessions) {
            if (query.filter.id && each.id != *query.filter.id) continue;
            if (query.filter.user && each.user != *query.filter.user) continue;
            if (each.id <= query.after) continue;
            page.has_more = page.sessions.size() == query.limit;
            if (page.has_more) break;
            page.sessions.push_back(each);
        }
        handler(page);
    }
    void end_sessions(worker::SessionFilter filter,
                      admin::Handler<worker::SessionsEnded> handler) override {
        last_filter = filter;
        const auto fits = [&](const worker::SessionInfo& each) {
            return (!filter.id || each.id == *filter.id) &&
                   (!filter.user || each.user == *filter.user) &&
                   (!filter.call || each.call == *filter.call);
        };
        handler({.ended = std::erase_if(sessions, fits), .workers_unheard = workers_unheard});
    }
    void reload(admin::Handler<admin::ReloadReport> handler) override { handler(report); }
    void drain(std::optional<std::chrono::seconds> deadline,
               admin::Handler<admin::DrainStatus> handler) override {
        status = {admin::Phase::draining, sessions.size(), deadline.value_or(600s)};
        handler(status);
    }
    void drain_status(admin::Handler<admin::DrainStatus> handler) override { handler(status); }
    void probe(admin::Handler<admin::Readiness> handler) override {
        ++probes;
        if (holds_probes) {
            held_probes.push_back(std::move(handler));
        } else {
            handler(readiness);
        }
    }
    void effective_config(admin::Handler<std::vector<admin::ConfigSetting>> handler) override {
        handler({{"auth.secrets", "[\"***\"]", "turnpike.toml:3", false}});
    }
    void metrics(admin::Handler<std::string> handler) override { handler("turnpike_up 1\n"); }
    admin::LogLevels log_levels() override { return levels; }
    std::string set_log_levels(const admin::LogLevels& changes) override {
        for (const auto& [area, level] : changes) {
            if (!levels.contains(area)) return "no area " + area;
        }
        for (const auto& [area, level] : changes) levels[area] = level;
        return {};
    }

    std::vector<worker::SessionInfo> sessions;
    worker::SessionQuery last_query;
    worker::SessionFilter last_filter;
    std::size_t workers_unheard = 0;
    admin::ReloadReport report;
    admin::DrainStatus status;
    admin::Readiness readiness{true, "allocated", 900us};
    int probes = 0;
    bool holds_probes = false;
    std::vector<admin::Handler<admin::Readiness>> held_probes;
    admin::LogLevels levels{{"all", "info"}, {"turn", "info"}};
};

// A ring of events that a test fills. Its wake-up may come from any thread.
class FakeEvents : public admin::EventSource {
public:
    std::vector<admin::Event> tail(std::uint64_t after, std::size_t max) override {
        std::vector<admin::Event> some;
        for (const auto& each : ring) {
            if (each.number > after && some.size() < max) some.push_back(each);
        }
        return some;
    }
    std::uint64_t newest() override { return count; }
    void on_event(std::function<void()> wake) override { wake_ = std::move(wake); }

    void happens(const std::string& json) {
        ring.push_back({++count, json});
        if (wake_) wake_();
    }
    void forget() { ring.pop_front(); }
    [[nodiscard]] bool is_watched() const { return static_cast<bool>(wake_); }

    std::deque<admin::Event> ring;
    std::uint64_t count = 0;

private:
    std::function<void()> wake_;
};

inline constexpr const char* admin_token = "a token of the admin tests";
inline constexpr const char* admin_secret = "a secret of the admin tests";

inline admin::Settings admin_settings() {
    return {.token = admin_token,
            .cors_origins = {"https://video.example.org"},
            .requests_per_second = 1000,
            .mints_per_minute = 60,
            .realm = "example.org",
            .secrets = {admin_secret},
            .stun_urls = {"stun:192.0.2.1:3478"},
            .turn_urls = {"turn:192.0.2.1:3478?transport=udp"}};
}

struct AdminScenario {
    explicit AdminScenario(admin::Settings settings = admin_settings(),
                           storage::Database* database = nullptr)
        : api{{.backend = backend, .events = &events, .database = database}, std::move(settings)} {}

    // With the right token, and from one address.
    [[nodiscard]] static admin::Request request(const std::string& method,
                                                const std::string& target,
                                                const std::string& body = "") {
        return {.method = method,
                .target = target,
                .body = body,
                .authorization = std::string{"Bearer "} + admin_token,
                .client = protocol::IpAddress::parse("127.0.0.1")};
    }

    // `answer` is set when there is one, as the loop goes on.
    void begin(const admin::Request& request, std::optional<admin::Answer>& answer) {
        boost::asio::co_spawn(io, api.handle(requests.emplace_back(request), now),
                              [&answer](const std::exception_ptr& failure, admin::Answer it) {
                                  if (failure) std::rethrow_exception(failure);
                                  answer = std::move(it);
                              });
    }
    admin::Answer ask(const admin::Request& request) {
        std::optional<admin::Answer> answer;
        begin(request, answer);
        io.restart();
        while (!answer && io.run_one_for(15s) > 0) continue;
        if (!answer) throw std::runtime_error{"no answer at all"};
        return *answer;
    }
    admin::Answer get(const std::string& target) { return ask(request("GET", target)); }
    admin::Answer post(const std::string& target, const std::string& body = "") {
        return ask(request("POST", target, body));
    }

    void time_passes(std::chrono::nanoseconds duration) {
        now.steady += duration;
        now.wall += std::chrono::duration_cast<std::chrono::system_clock::duration>(duration);
    }

    FakeBackend backend;
    FakeEvents events;
    std::list<admin::Request> requests;  // each outlives its answer
    boost::asio::io_context io{1};
    admin::Api api;
    protocol::Moment now{protocol::TimePoint{1000h}, protocol::WallTime{1'800'000'000s}};
};

inline boost::json::value json_of(const admin::Answer& answer) {
    return boost::json::parse(answer.body);
}
inline std::string code_of(const admin::Answer& answer) {
    return boost::json::value_to<std::string>(json_of(answer).at("error").at("code"));
}
inline std::string header_of(const admin::Answer& answer, std::string_view name) {
    for (const auto& each : answer.headers) {
        if (each.name == name) return each.value;
    }
    return {};
}

inline worker::SessionInfo session(std::uint64_t id, const std::string& user,
                                   const std::string& call = "") {
    return {.id = protocol::AllocationId{id},
            .user = user,
            .username = "1800003600:" + user,
            .realm = "example.org",
            .call = call,
            .client = "192.0.2.7:4000",
            .transport = "udp",
            .relayed = "203.0.113.5:50000"};
}

}  // namespace turnpike::test
