// SPDX-License-Identifier: BSD-3-Clause
#include "server/systemd.hpp"

#include <fmt/format.h>
#include <systemd/sd-daemon.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <system_error>

namespace turnpike {
namespace {

// Beside what running allocations get: to write what is to be written.
constexpr std::chrono::seconds last_words{15};

// Where nobody listens there is nobody to tell.
void tell(const std::string& assignments) {
    (void)::sd_notify(0, assignments.c_str());
}

// A line of its own would be another assignment.
[[nodiscard]] std::string one_line(std::string_view text) {
    std::string line{text};
    std::ranges::replace_if(
        line, [](char letter) { return letter == '\n' || letter == '\r'; }, ' ');
    return line;
}

[[nodiscard]] std::int64_t monotonic_microseconds() {
    return std::chrono::duration_cast<std::chrono::microseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

}  // namespace

ServiceManager::ServiceManager() {
    std::uint64_t limit = 0;
    if (::sd_watchdog_enabled(0, &limit) > 0)
        watchdog_interval_ = std::chrono::microseconds{limit / 2};
}

void ServiceManager::ready(std::string_view status) const {
    tell("READY=1\nSTATUS=" + one_line(status));
}

void ServiceManager::reloading() const {
    tell(fmt::format("RELOADING=1\nMONOTONIC_USEC={}\nSTATUS=Reloading", monotonic_microseconds()));
}

void ServiceManager::stopping(std::chrono::seconds patience) const {
    tell(fmt::format("STOPPING=1\nSTATUS=Stopping\nEXTEND_TIMEOUT_USEC={}",
                     std::chrono::microseconds{patience + last_words}.count()));
}

void ServiceManager::status(std::string_view text) const {
    tell("STATUS=" + one_line(text));
}

void ServiceManager::alive() const {
    tell("WATCHDOG=1");
}

std::vector<int> ServiceManager::take_sockets() {
    const int count = ::sd_listen_fds(1);
    if (count < 0) {
        throw std::system_error{-count, std::generic_category(), "sockets passed by systemd"};
    }
    std::vector<int> sockets;
    for (int index = 0; index < count; ++index) sockets.push_back(SD_LISTEN_FDS_START + index);
    return sockets;
}

}  // namespace turnpike
