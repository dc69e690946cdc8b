// SPDX-License-Identifier: BSD-3-Clause
//
// What systemd hands over to us, and what it wants to hear (Type=notify). Where somebody else
// started us, nothing was handed over and nothing is said. Owned by the thread that starts and ends
// the server; it alone calls.
#pragma once

#include <chrono>
#include <optional>
#include <string_view>
#include <vector>

namespace turnpike {

class ServiceManager {
public:
    // Reads the environment that systemd made.
    ServiceManager();

    // Every listener is open and every worker runs; also the end of reloading(). The text is what
    // `systemctl status` shows.
    void ready(std::string_view status) const;
    // A reload has begun. ready() follows, whatever came of it.
    void reloading() const;
    // The end has begun and may take this long: systemd waits, whatever TimeoutStopSec= says.
    void stopping(std::chrono::seconds patience) const;
    void status(std::string_view text) const;

    // Every loop still turns. To be called within each watchdog_interval(), or systemd kills us and
    // starts us again.
    void alive() const;
    // Half of what WatchdogSec= allows, so that one late call is none too many; none: nobody waits.
    [[nodiscard]] std::optional<std::chrono::microseconds> watchdog_interval() const noexcept {
        return watchdog_interval_;
    }

    // Sockets that were bound for us; the second call has none. Whoever calls owns them.
    [[nodiscard]] std::vector<int> take_sockets();

private:
    std::optional<std::chrono::microseconds> watchdog_interval_;
};

}  // namespace turnpike
