// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/bookkeeping.hpp"

#include <stdexcept>
#include <utility>

#include "server/config/option.hpp"
#include "server/config/value.hpp"
#include "server/worker/state_files.hpp"
#include "storage/url.hpp"

namespace turnpike::worker {

namespace {

// How long the database may take at the start before we go on without, and at the end for what is
// still to be written.
constexpr std::chrono::milliseconds patience{3000};

bool is_default(const config::Storage& storage) {
    return config::quoted(storage.url) == config::find_option("storage.url")->fallback;
}

storage::sqlite::FileOptions journal_options(const config::Storage& storage) {
    return {.path = storage.journal,
            .durability = storage.journal_durability == config::Durability::power
                              ? storage::sqlite::Durability::full
                              : storage::sqlite::Durability::normal,
            .bytes_max = storage.journal_bytes,
            .is_ours = true};
}

}  // namespace

Bookkeeping::Bookkeeping(const config::Config& config, Shared& shared,
                         const PostOffice& post_office, telemetry::Log& log)
    : config_{config}, shared_{shared}, post_office_{post_office}, log_{log} {}

void Bookkeeping::open() {
    const config::Storage& storage = config_.storage;
    if (storage.url.empty()) return;
    if (is_default(storage)) {
        const auto obstacle = obstacle_to({*storage::sqlite_path(storage.url), storage.journal});
        if (obstacle && obstacle->is_fatal) throw std::runtime_error{obstacle->what};
        if (obstacle) return do_without(obstacle->what);
    }
    start();
}

void Bookkeeping::do_without(const std::string& reason) {
    is_given_up_.store(true, std::memory_order_release);
    log_.warning(telemetry::Area::storage,
                 "no database: only users of the configuration may log in, and usage is not kept",
                 {{"reason", reason}, {"advice", "set storage.url and storage.journal"}});
}

void Bookkeeping::start() {
    const config::Storage& storage = config_.storage;
    const RulesSlot::Pointer rules = shared_.rules.get();
    ledger_ = std::make_unique<accounts::Ledger>(journal_options(storage), shared_.run, log_);
    accounts::ServiceSettings settings{
        .url = storage.url,
        .storage = {.timeout = storage.timeout, .connections = storage.connections},
        .realm = rules->users.settings().realm,
        .node = shared_.node,
        .run = shared_.run,
        .call_warnings = config_.limits.call_warnings,
        .cache = rules->settings.cache,
        .secret_ends_relay = config_.auth.expired == config::Expired::end};
    service_ = std::make_unique<accounts::Service>(
        std::move(settings), shared_.attendance, log_,
        accounts::Service::Post{
            .answer = [this](
                          std::uint16_t to,
                          accounts::Finding finding) { post_office_.tell(to, std::move(finding)); },
            .tell = [this](const accounts::Notice& notice) { post_office_.tell_all(notice); },
            .restored = [this] { ledger_->try_now(); }});
    service_->start(patience);
    ledger_->start(
        [this](std::vector<storage::Usage> rows, accounts::Ledger::Done done) {
            service_->write_usage(std::move(rows), std::move(done));
        },
        [this] { service_->close_left_open(); });
    shared_.accounts = service_.get();
    shared_.ledger = ledger_.get();
    is_open_.store(true, std::memory_order_release);
}

void Bookkeeping::close() {
    if (ledger_ != nullptr) ledger_->finish(patience);
    if (service_ != nullptr) service_->stop();
}

void Bookkeeping::amend(const config::Config& config) {
    if (service_ == nullptr) return;
    service_->amend(config.limits.call_warnings, config.auth.expired == config::Expired::end);
}

std::vector<const telemetry::Counters*> Bookkeeping::counters() const {
    if (!is_open()) return {};
    return {&service_->counters(), &ledger_->counters()};
}

std::optional<telemetry::StorageMetrics> Bookkeeping::metrics() const {
    if (is_given_up_.load(std::memory_order_acquire)) return telemetry::StorageMetrics{};
    if (!is_open()) return std::nullopt;
    return telemetry::StorageMetrics{.connected = service_->is_connected(),
                                     .took = service_->took(),
                                     .journal_fill = ledger_->fill(),
                                     .journal_rows_waiting = ledger_->rows_waiting()};
}

}  // namespace turnpike::worker
