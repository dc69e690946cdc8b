// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/certificate_keeper.hpp"

#include <sys/stat.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace turnpike::worker {

using net::CertificateFiles;
using net::TicketKeys;
using net::TlsContexts;
using protocol::Moment;

CertificateKeeper::CertificateKeeper(std::vector<CertificateFiles> files, net::TlsSlot& slot,
                                     telemetry::Log& log, Moment now)
    : slot_{slot}, log_{log}, files_{std::move(files)}, read_{stamps()}, seen_{read_} {
    if (empty()) return;
    auto loaded = TlsContexts::load(files_, TicketKeys::make());
    if (!loaded) throw std::runtime_error{loaded.error().what};
    put(*std::move(loaded), now);
    keys_due_ = now.steady + net::ticket_lifetime;
}

CertificateKeeper::Stamp CertificateKeeper::stamp_of(const std::string& file) noexcept {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0) return {};
    const auto number = [](auto value) { return static_cast<std::uint64_t>(value); };
    return {number(status.st_dev),          number(status.st_ino),
            number(status.st_size),         number(status.st_mtim.tv_sec),
            number(status.st_mtim.tv_nsec), number(status.st_ctim.tv_sec),
            number(status.st_ctim.tv_nsec)};
}

CertificateKeeper::Stamps CertificateKeeper::stamps() const {
    Stamps all;
    for (const CertificateFiles& each : files_) {
        all.push_back(stamp_of(each.certificate));
        all.push_back(stamp_of(each.private_key));
    }
    return all;
}

void CertificateKeeper::put(TlsContexts::Pointer contexts, Moment now) {
    for (const std::string& each : contexts->objections(now.wall)) {
        log_.warning(telemetry::Area::tls, "certificate", {{"objection", each}});
    }
    slot_.put(std::move(contexts));
}

void CertificateKeeper::look(Moment now) {
    if (empty()) return;
    if (now.steady >= keys_due_) turn_keys_over(now);
    Stamps present = stamps();
    const bool settled = present == seen_;
    seen_ = std::move(present);
    if (settled && seen_ != read_) reload(now);
}

void CertificateKeeper::reload(Moment now) {
    if (empty()) return;
    read_ = seen_ = stamps();
    if (const auto prepared = prepare(files_); !prepared) {
        return log_.error(telemetry::Area::tls, "certificates not reloaded, the old ones stay",
                          {{"reason", prepared.error().what}});
    }
    commit(now);
}

protocol::Result<void, net::CertificateProblem> CertificateKeeper::prepare(
    std::vector<CertificateFiles> files) {
    next_files_ = std::move(files);
    next_.reset();
    if (next_files_.empty()) return {};
    const TlsContexts::Pointer present = slot_.get();
    auto loaded =
        TlsContexts::load(next_files_, present ? present->ticket_keys() : TicketKeys::make());
    if (!loaded) return loaded.error();
    next_ = *std::move(loaded);
    return {};
}

bool CertificateKeeper::has_others() const noexcept {
    const TlsContexts::Pointer present = slot_.get();
    return next_ != nullptr && present != nullptr && !next_->has_certificates_of(*present);
}

void CertificateKeeper::commit(Moment now) {
    files_ = std::move(next_files_);
    read_ = seen_ = stamps();
    if (next_ == nullptr) return;  // whoever has shaken hands goes on with those of before
    if (slot_.get() == nullptr) keys_due_ = now.steady + net::ticket_lifetime;
    const auto left = next_->expiry() - now.wall;
    put(std::exchange(next_, nullptr), now);
    log_.info(telemetry::Area::tls, "certificates reloaded",
              {{"certificates", files_.size()},
               {"days_left", std::chrono::floor<std::chrono::days>(left).count()}});
}

void CertificateKeeper::turn_keys_over(Moment now) {
    keys_due_ = now.steady + net::ticket_lifetime;
    const TlsContexts::Pointer present = slot_.get();
    auto made = present->with(present->ticket_keys().turned_over());
    if (made) return slot_.put(*std::move(made));
    log_.error(telemetry::Area::tls, "ticket keys not turned over",
               {{"reason", made.error().what}});
}

}  // namespace turnpike::worker
