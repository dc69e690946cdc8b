// SPDX-License-Identifier: BSD-3-Clause
#include "server/accounts/service.hpp"

#include <optional>
#include <stdexcept>
#include <utility>

#include <boost/asio/post.hpp>

#include "storage/open.hpp"
#include "storage/statements.hpp"
#include "storage/url.hpp"

namespace turnpike::accounts {

using storage::Failure;
using telemetry::Area;
using telemetry::Counter;

namespace {

protocol::Moment read_clock() noexcept {
    return {std::chrono::steady_clock::now(), std::chrono::system_clock::now()};
}

// "lease relay-1": another server's, or our own coming back.
bool is_of_node(const std::string& kind, const std::string& node) {
    const auto space = kind.find(' ');
    return space != std::string::npos && std::string_view{kind}.substr(space + 1) == node;
}

}  // namespace

Service::Service(ServiceSettings settings, Attendance& attendance, telemetry::Log& log, Post post)
    : settings_{std::move(settings)},
      is_shared_{!storage::sqlite_path(settings_.url)},
      attendance_{attendance},
      log_{log},
      post_{std::move(post)},
      work_{io_.get_executor()},
      database_{storage::open_database(io_, settings_.url, settings_.storage,
                                       storage::server_statements())},
      store_{*database_},
      look_up_{store_, settings_.realm, is_shared_ ? settings_.node : std::string{}},
      calls_{store_,
             attendance_,
             {settings_.realm, settings_.run, settings_.call_warnings},
             [this](const Notice& notice) { post_.tell(notice); }},
      known_{settings_.cache},
      leases_{store_,
              attendance_,
              {settings_.realm, settings_.node, settings_.run},
              [this](protocol::TimePoint since, bool well) {
                  record(Operation::lease, since);
                  if (!well) counters_.add(Counter::storage_lease_errors);
              }},
      call_timer_{io_},
      lease_timer_{io_},
      retry_timer_{io_},
      forget_timer_{io_} {}

Service::~Service() {
    io_.stop();
    if (thread_.joinable()) thread_.join();
}

void Service::start(std::chrono::milliseconds patience) {
    auto first = first_.get_future();
    boost::asio::post(io_, [this] {
        database_->start(events());
        watch_calls();
        if (is_shared_) {
            keep_leases();
        } else {
            forget_changes();
        }
    });
    thread_ = std::thread{[this] { io_.run(); }};
    if (first.wait_for(patience) != std::future_status::ready) {
        return log_.warning(Area::storage, "no answer from the database yet",
                            {{"advice", "see storage.url"}});
    }
    const auto failure = first.get();
    if (failure && failure->kind == Failure::Kind::schema) {
        throw std::runtime_error{"the database cannot be used: " + failure->what};
    }
}

void Service::stop() {
    boost::asio::post(io_, [this] {
        call_timer_.cancel();
        lease_timer_.cancel();
        forget_timer_.cancel();
        if (!is_shared_ || !is_connected()) return io_.stop();
        leases_.stop([this] { io_.stop(); });
    });
    if (thread_.joinable()) thread_.join();
}

void Service::amend(std::vector<std::chrono::seconds> call_warnings, bool secret_ends_relay) {
    boost::asio::post(io_, [this, warnings = std::move(call_warnings),
                            secret_ends_relay]() mutable {
        calls_.warn_before(std::move(warnings));
        if (std::exchange(settings_.secret_ends_relay, secret_ends_relay) != secret_ends_relay &&
            is_connected()) {
            load_secrets();
        }
    });
}

bool Service::ask(Inquiry inquiry) {
    if (asked_.fetch_add(1, std::memory_order_relaxed) >= asked_max) {
        asked_.fetch_sub(1, std::memory_order_relaxed);
        return false;
    }
    boost::asio::post(io_, [this, inquiry = std::move(inquiry)]() mutable {
        const Who who = inquiry.who;
        look_up_.start(who, [this, inquiry = std::move(inquiry), since = read_clock().steady](
                                Finding finding) { answer(inquiry, std::move(finding), since); });
    });
    return true;
}

void Service::answer(const Inquiry& inquiry, Finding finding, protocol::TimePoint since) {
    asked_.fetch_sub(1, std::memory_order_relaxed);
    counters_.add(Counter::storage_lookups);
    if (finding.record) {
        known_.put(finding.who, *finding.record, read_clock().steady);
    } else {
        counters_.add(Counter::storage_lookup_errors);
        // Whoever was known to any worker is known to all.
        const auto known = known_.find(finding.who, read_clock().steady);
        if (known.record != nullptr && known.record->is_somebody(finding.who)) {
            finding.record = *known.record;
            finding.is_old = true;
        }
    }
    record(Operation::lookup, since);
    post_.answer(inquiry.from, std::move(finding));
}

void Service::write_usage(std::vector<storage::Usage> rows,
                          std::function<void(storage::Result<void>)> done) {
    boost::asio::post(io_, [this, rows = std::move(rows), done = std::move(done)]() mutable {
        store_.write_usage(rows, [this, since = read_clock().steady,
                                  done = std::move(done)](storage::Result<void> written) {
            record(Operation::usage, since);
            done(std::move(written));
        });
    });
}

void Service::record(Operation operation, protocol::TimePoint since) noexcept {
    took_[static_cast<std::size_t>(operation)].record(read_clock().steady - since);
}

std::array<telemetry::HistogramValues, 3> Service::took() const noexcept {
    return {took_[0].read(), took_[1].read(), took_[2].read()};
}

storage::Database::Events Service::events() {
    return {.changed = [this](const storage::Change& change) { changed(change); },
            .restored = [this] { restored(); },
            .lost = [this](const Failure& failure) { lost(failure); }};
}

void Service::changed(const storage::Change& change) {
    if (change.realm != settings_.realm || is_of_node(change.kind, settings_.node)) return;
    counters_.add(Counter::storage_changes);
    if (change.kind == "secret") return load_secrets();
    post_.tell(Changed{change});
}

void Service::restored() {
    log_.info(Area::storage, "database connected", {{"node", settings_.node}});
    is_connected_.store(true, std::memory_order_relaxed);
    if (!std::exchange(has_answered_, true)) first_.set_value(std::nullopt);
    load_secrets();
    leases_.start_afresh();
    post_.tell(Changed{});
    post_.restored();
}

void Service::lost(const Failure& failure) {
    if (!std::exchange(has_answered_, true)) first_.set_value(failure);
    counters_.add(Counter::storage_lost);
    is_connected_.store(false, std::memory_order_relaxed);
    log_.error(Area::storage, "database lost",
               {{"kind", to_string(failure.kind)},
                {"reason", failure.what},
                {"advice",
                 "calls go on, known users may allocate, usage waits in the journal, "
                 "quotas hold for this server alone"}});
}

void Service::load_secrets() {
    store_.load_secrets(
        settings_.realm, [this](storage::Result<std::vector<storage::Secret>> loaded) {
            if (!loaded) {
                if (!is_connected()) return;  // restored() comes again
                retry_timer_.expires_after(std::chrono::seconds{1});
                return retry_timer_.async_wait([this](const boost::system::error_code& error) {
                    if (!error) load_secrets();
                });
            }
            Secrets secrets;
            for (storage::Secret& each : *loaded) {
                const bool ends =
                    each.expired ? *each.expired == "end" : settings_.secret_ends_relay;
                secrets.secrets.push_back({.secret = std::move(each.secret),
                                           .expiry_ends_relay = ends,
                                           .name = std::move(each.name)});
            }
            post_.tell(secrets);
        });
}

void Service::close_left_open() {
    boost::asio::post(io_, [this] { close_rows(); });
}

void Service::close_rows() {
    if (has_closed_ || !is_connected()) return;
    store_.close_left_open(settings_.node, settings_.run, [this](storage::Result<void> closed) {
        if (closed) has_closed_ = true;
    });
}

void Service::watch_calls() {
    call_timer_.expires_after(CallWatch::interval);
    call_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        const auto now = read_clock();
        calls_.tick(now);
        attendance_.forget_left_calls(now.steady);
        watch_calls();
    });
}

void Service::keep_leases() {
    lease_timer_.expires_after(LeaseKeeper::interval);
    lease_timer_.async_wait([this](const boost::system::error_code& error) {
        if (error) return;
        if (is_connected()) leases_.tick(read_clock());
        keep_leases();
    });
}

// SQLite tells of changes by a table. Whoever reads it reads on within seconds.
void Service::forget_changes() {
    const auto now = storage::to_time(read_clock().wall);
    store_.forget_changes(now - std::chrono::hours{1}, [](storage::Result<void>) {});
    forget_timer_.expires_after(std::chrono::hours{1});
    forget_timer_.async_wait([this](const boost::system::error_code& error) {
        if (!error) forget_changes();
    });
}

}  // namespace turnpike::accounts
