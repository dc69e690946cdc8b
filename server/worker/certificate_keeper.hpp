// SPDX-License-Identifier: BSD-3-Clause
//
// Keeps the TLS contexts in force up to date with their files: loads them at the start, looks at
// the files now and then, and puts new contexts in the slot when certificates have changed or
// ticket keys are due. What cannot be loaded is refused with one log line, and what was in force
// stays; sessions never notice. Used by one thread, which is no worker's.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

#include "protocol/time.hpp"
#include "server/net/tls_slot.hpp"
#include "server/telemetry/log.hpp"

namespace turnpike::worker {

class CertificateKeeper {
public:
    // How often to call look(). A file is read when it has not changed from one look to the next,
    // so that one that is still being written is left alone.
    static constexpr std::chrono::seconds interval{2};

    // Without files it keeps nothing. Throws std::runtime_error that names the file, what is wrong
    // with it and what to do. The slot and the log outlive the keeper.
    CertificateKeeper(std::vector<net::CertificateFiles> files, net::TlsSlot& slot,
                      telemetry::Log& log, protocol::Moment now);

    // Reads files that have changed; turns ticket keys over when they are due.
    void look(protocol::Moment now);
    // Reads them whether they have changed or not.
    void reload(protocol::Moment now);
    // Reads these, which may be others, and changes nothing; they are in force with commit(). An
    // error names the file and what to do.
    [[nodiscard]] protocol::Result<void, net::CertificateProblem> prepare(
        std::vector<net::CertificateFiles> files);
    // Whether what prepare() read is something else than what is in force now.
    [[nodiscard]] bool has_others() const noexcept;
    void commit(protocol::Moment now);

    [[nodiscard]] bool empty() const noexcept { return files_.empty(); }

private:
    // What stat() says of a file; all zero where it says nothing. Enough to see that it was
    // written, replaced, or reached through another link.
    using Stamp = std::array<std::uint64_t, 7>;
    using Stamps = std::vector<Stamp>;

    [[nodiscard]] static Stamp stamp_of(const std::string& file) noexcept;
    [[nodiscard]] Stamps stamps() const;
    void put(net::TlsContexts::Pointer contexts, protocol::Moment now);
    void turn_keys_over(protocol::Moment now);

    // Constant after construction.
    net::TlsSlot& slot_;
    telemetry::Log& log_;
    // Owned by its thread.
    std::vector<net::CertificateFiles> files_;
    std::vector<net::CertificateFiles> next_files_;
    net::TlsContexts::Pointer next_;
    Stamps read_;  // when they were last read, well or not
    Stamps seen_;  // by the last look
    protocol::TimePoint keys_due_{};
};

}  // namespace turnpike::worker
