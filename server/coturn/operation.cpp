// SPDX-License-Identifier: BSD-3-Clause
#include <fmt/format.h>

#include "server/config/value.hpp"
#include "server/coturn/areas.hpp"

namespace turnpike::coturn {
namespace {

using protocol::Endpoint;
using protocol::IpAddress;

constexpr std::uint16_t figures_port = 9641;  // coturn's

void carry_verbosity(Work& work) {
    const Setting* extra = work.find("Verbose");
    if (const Setting* setting = work.find("verbose")) {
        if (extra != nullptr) {
            work.unused(*setting, fmt::format("line {} asks for more", extra->line));
        } else {
            work.sets(*setting, "log.level", "\"info\"");
        }
    }
    if (extra != nullptr) work.sets(*extra, "log.level", "\"debug\"");
}

// Without a token the admin interface shows health and figures alone, as coturn's port does.
void carry_figures(Work& work) {
    const Setting* flag = work.find("prometheus");
    const Setting* port = work.find("prometheus-port");
    const Setting* address = work.find("prometheus-address");
    for (const Setting* each : {port, address}) {
        if (each != nullptr && flag == nullptr) work.unused(*each, "without prometheus");
    }
    if (flag == nullptr) return;
    constexpr std::string_view figures = "at /metrics of admin.listen, under names of our own";
    if (port == nullptr && address == nullptr) {
        return work.changed(
            *flag, fmt::format("always there, {}: http://127.0.0.1:8478/metrics, where coturn's is "
                               "port {} of every address",
                               figures, figures_port));
    }
    const auto number = port != nullptr ? work.number(*port, {1, 65535}) : figures_port;
    const auto where = IpAddress::parse(address != nullptr ? address->value : "127.0.0.1");
    if (!where && address != nullptr) work.wrong(*address, "no IP address");
    work.changed(*flag, fmt::format("always there, {}", figures));
    if (!number || !where) {
        if (number && port != nullptr) work.maps(*port, "the port of admin.listen");
        if (where && address != nullptr) work.maps(*address, "the address of admin.listen");
        return;
    }
    const Endpoint endpoint{*where, static_cast<std::uint16_t>(*number)};
    const std::string says = fmt::format("admin.listen = {}", toml_of(endpoint));
    work.draft().set("admin.listen", toml_of(endpoint), (port != nullptr ? port : address)->line);
    if (address != nullptr) {
        work.maps(*address, says);
        if (port != nullptr) work.maps(*port, says);
        return;
    }
    work.changed(*port, says +
                            ": coturn's is open on every address; write 0.0.0.0 in place of "
                            "127.0.0.1 where Prometheus is on another machine");
}

void carry_software(Work& work) {
    for (const char* name : {"no-software-attribute", "prod"}) {
        if (const Setting* setting = work.find(name)) {
            work.sets(*setting, "server.software", "\"\"");
        }
    }
    const Setting* wanted = work.find("software-attribute");
    if (wanted == nullptr) return;
    if (work.draft().has("server.software")) {
        return work.unused(*wanted, "no-software-attribute counts");
    }
    work.changed(*wanted, "always so: SOFTWARE says \"Turnpike\"; server.software says what");
}

}  // namespace

void carry_operation(Work& work) {
    carry_verbosity(work);
    carry_figures(work);
    carry_software(work);
    if (const Setting* setting = work.find("stun-backward-compatibility")) {
        work.sets(*setting, "server.rfc3489", "true");
    }
}

}  // namespace turnpike::coturn
