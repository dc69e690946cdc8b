// SPDX-License-Identifier: BSD-3-Clause
#include "server/office.hpp"

#include <utility>

#include "server/database_office.hpp"
#include "server/live_office.hpp"

namespace turnpike {

storage::Result<std::unique_ptr<Office>> open_office(const config::Config& config) {
    if (auto live = LiveOffice::open(config.admin)) return std::unique_ptr<Office>{std::move(live)};
    auto office = std::make_unique<DatabaseOffice>(config);
    if (const auto connected = office->connect(); !connected) return connected.error();
    return std::unique_ptr<Office>{std::move(office)};
}

}  // namespace turnpike
