// SPDX-License-Identifier: BSD-3-Clause
//
// turnserver tells TLS from plain on every port; listen.auto does the same, where all four
// transports are served. Otherwise plain and secured get lists of their own.
#include <fmt/format.h>

#include <algorithm>

#include "server/config/value.hpp"
#include "server/coturn/areas.hpp"

namespace turnpike::coturn {
namespace {

using protocol::Endpoint;
using protocol::IpAddress;

constexpr Bounds port_bounds{1, 65535};
constexpr std::uint16_t plain_port_default = 3478;
constexpr std::uint16_t tls_port_default = 5349;

// What turnserver would serve, and where.
struct Served {
    std::vector<Setting> ips;  // good ones; none: every address
    bool has_certificate = false;
    bool udp = false;
    bool tcp = false;
    bool tls = false;
    bool dtls = false;
    bool on_auto = false;
    std::uint16_t plain_port = plain_port_default;  // 0: said to be wrong
    std::uint16_t tls_port = tls_port_default;
};

class Listeners {
public:
    explicit Listeners(Work& work) : work_{work} {}

    void carry();

private:
    [[nodiscard]] std::uint16_t port(std::string_view name, std::uint16_t fallback);
    void read_addresses();
    void read_certificate();
    void carry_certificate(const Setting& certificate, const Setting& key);
    void carry_file(const Setting& setting, std::string_view key);
    void carry_ports();
    void say_ports(const Setting* plain, const Setting* secured);
    void carry_flags();
    void carry_flag(std::string_view name, std::string_view transport);
    void carry_auxiliary();
    void carry_proxy_port();
    void carry_discovery();
    [[nodiscard]] std::vector<Setting> discovery_addresses() const;
    void discover(const std::vector<Setting>& addresses, std::uint16_t alternative);
    void listen(std::string_view key, std::uint16_t at, std::size_t line);

    Work& work_;
    Served served_;
};

std::uint16_t Listeners::port(std::string_view name, std::uint16_t fallback) {
    const Setting* setting = work_.find(name);
    if (setting == nullptr) return fallback;
    const auto number = work_.number(*setting, port_bounds);
    return static_cast<std::uint16_t>(number.value_or(0));
}

void Listeners::listen(std::string_view key, std::uint16_t at, std::size_t line) {
    if (at == 0) return;  // which was said to be wrong
    for (const Setting& each : served_.ips) {
        work_.draft().add(key, toml_of(Endpoint{*IpAddress::parse(each.value), at}), each.line);
    }
    if (!served_.ips.empty()) return;
    for (const char* any : {"0.0.0.0", "::"}) {
        work_.draft().add(key, toml_of(Endpoint{*IpAddress::parse(any), at}), line);
    }
}

void Listeners::read_addresses() {
    for (const Setting& each : work_.all("listening-ip")) {
        if (!IpAddress::parse(each.value)) {
            work_.wrong(each, "no IP address; names are not looked up");
            continue;
        }
        served_.ips.push_back(each);
        work_.maps(each, work_.is_on("relay-ip") ? "an address of listen.*"
                                                 : "an address of listen.* and, as no relay-ip is "
                                                   "given, one of relay.addresses");
    }
}

void Listeners::carry_file(const Setting& setting, std::string_view key) {
    const std::filesystem::path path{std::string{setting.value}};
    const auto whole = (work_.around().folder / path).lexically_normal().string();
    const std::string toml = config::quoted(whole);
    if (path.is_absolute()) return work_.sets(setting, key, toml);
    work_.draft().set(key, toml, setting.line);
    work_.changed(setting, fmt::format("{} = {}: taken to stand beside this file", key, toml));
}

void Listeners::carry_certificate(const Setting& certificate, const Setting& key) {
    if (!served_.tls && !served_.dtls) {
        for (const Setting* each : {&certificate, &key}) {
            work_.unused(*each, "no-tls and no-dtls: nothing is served with it");
        }
        return;
    }
    carry_file(certificate, "listen.certificate");
    carry_file(key, "listen.private_key");
}

void Listeners::read_certificate() {
    const Setting* certificate = work_.find("cert");
    const Setting* key = work_.find("pkey");
    served_.has_certificate = certificate != nullptr && key != nullptr;
    served_.udp = !work_.is_on("no-udp");
    served_.tcp = !work_.is_on("no-tcp");
    served_.tls = served_.has_certificate && !work_.is_on("no-tls");
    served_.dtls = served_.has_certificate && !work_.is_on("no-dtls");
    if (served_.has_certificate) return carry_certificate(*certificate, *key);
    if (const Setting* alone = certificate != nullptr ? certificate : key) {
        work_.unused(*alone, fmt::format("without {} neither TLS nor DTLS is served, in coturn as "
                                         "here",
                                         certificate != nullptr ? "pkey" : "cert"));
    }
}

void Listeners::carry_ports() {
    const Setting* plain = work_.find("listening-port");
    const Setting* secured = work_.find("tls-listening-port");
    auto& [ips, has_certificate, udp, tcp, tls, dtls, on_auto, plain_port, tls_port] = served_;
    plain_port = port("listening-port", plain_port_default);
    tls_port = port("tls-listening-port", tls_port_default);
    const bool is_shared = plain_port == tls_port && ((tcp && tls) || (udp && dtls));
    on_auto = (udp && tcp && tls && dtls) || is_shared;
    const std::size_t plain_line = plain != nullptr ? plain->line : 0;
    const std::size_t tls_line = secured != nullptr ? secured->line : 0;
    work_.draft().set_empty("listen.udp");
    work_.draft().set_empty("listen.tcp");
    if (on_auto) {
        listen("listen.auto", plain_port, plain_line);
        listen("listen.auto", tls_port, tls_line);
    } else {
        if (udp) listen("listen.udp", plain_port, plain_line);
        if (tcp) listen("listen.tcp", plain_port, plain_line);
        if (tls) listen("listen.tls", tls_port, tls_line);
        if (dtls) listen("listen.dtls", tls_port, tls_line);
    }
    say_ports(plain, secured);
}

void Listeners::say_ports(const Setting* plain, const Setting* secured) {
    const std::string told_apart =
        "a port of listen.auto, where UDP, TCP, TLS and DTLS are told apart as in coturn";
    if (plain != nullptr && served_.plain_port != 0) {
        if (served_.on_auto) {
            work_.maps(*plain, told_apart);
        } else if (served_.udp || served_.tcp) {
            work_.maps(*plain, served_.udp && served_.tcp ? "the port of listen.udp and listen.tcp"
                               : served_.udp              ? "the port of listen.udp"
                                                          : "the port of listen.tcp");
        } else {
            work_.unused(*plain, "no-udp and no-tcp: nothing plain is served");
        }
    }
    if (secured == nullptr && !served_.on_auto && (served_.tls || served_.dtls)) {
        work_.note(
            "TLS and DTLS are served on port 5349 alone: coturn takes them on "
            "listening-port too");
    }
    if (secured == nullptr || served_.tls_port == 0) return;
    if (!served_.has_certificate) {
        work_.unused(*secured, "without cert and pkey neither TLS nor DTLS is served");
    } else if (!served_.tls && !served_.dtls) {
        work_.unused(*secured, "no-tls and no-dtls: nothing listens there");
    } else if (served_.on_auto) {
        work_.maps(*secured, told_apart);
    } else {
        work_.changed(
            *secured,
            "the port of listen.tls and listen.dtls, for TLS and DTLS alone: coturn takes "
            "them on listening-port too, and plain ones on both");
    }
}

void Listeners::carry_flag(std::string_view name, std::string_view transport) {
    const Setting* setting = work_.find(name);
    if (setting == nullptr) return;
    if (served_.on_auto) {
        return work_.changed(*setting, fmt::format("{} is served all the same, because plain and "
                                                   "secured share a port: listen.auto takes all",
                                                   transport));
    }
    const bool is_secured = transport == "TLS" || transport == "DTLS";
    if (is_secured && !served_.has_certificate) {
        return work_.maps(*setting,
                          fmt::format("no {}: there is no certificate either", transport));
    }
    work_.maps(*setting, fmt::format("nothing listens for {}", transport));
}

void Listeners::carry_flags() {
    const Setting* last = work_.find("no-tcp");
    if (!served_.udp && !served_.tcp && !served_.tls && !served_.dtls &&
        !work_.is_on("aux-server") && last != nullptr) {
        work_.wrong(*last, "no listener is left: no-udp, no-tcp, and no TLS or DTLS");
    } else {
        carry_flag("no-tcp", "plain TCP");
    }
    carry_flag("no-udp", "plain UDP");
    carry_flag("no-tls", "TLS");
    carry_flag("no-dtls", "DTLS");
}

void Listeners::carry_auxiliary() {
    for (const Setting& each : work_.all("aux-server")) {
        const auto endpoint = Endpoint::parse(each.value);
        if (!endpoint || endpoint->port == 0) {
            work_.wrong(each, "no address with a port; write 192.0.2.1:3478 or [2001:db8::1]:3478");
            continue;
        }
        const std::string toml = toml_of(*endpoint);
        if (served_.on_auto) {
            work_.draft().add("listen.auto", toml, each.line);
        } else {
            if (served_.udp) work_.draft().add("listen.udp", toml, each.line);
            if (served_.tcp) work_.draft().add("listen.tcp", toml, each.line);
        }
        work_.maps(each, served_.on_auto ? "one more of listen.auto"
                                         : "one more of listen.udp and listen.tcp");
    }
}

void Listeners::carry_proxy_port() {
    const Setting* setting = work_.find("tcp-proxy-port");
    if (setting == nullptr) return;
    const std::uint16_t at = port("tcp-proxy-port", 0);
    if (at == 0) return;
    listen("listen.tcp", at, setting->line);
    work_.draft().remark("listen.proxies",
                         fmt::format("The proxies before port {}: proxies = [\"10.0.0.7\"]", at));
    work_.changed(*setting,
                  "a port of listen.tcp; name the proxies in listen.proxies: their connections "
                  "begin with a PROXY header (version 1 or 2) on every port, nobody else's do");
}

// Two of one family, which no NAT translates: else turnserver does not serve it either.
std::vector<Setting> Listeners::discovery_addresses() const {
    if (work_.is_on("no-rfc5780") || work_.is_on("external-ip") || !served_.udp) return {};
    for (const Setting& one : served_.ips) {
        for (const Setting& other : served_.ips) {
            const auto first = *IpAddress::parse(one.value);
            const auto second = *IpAddress::parse(other.value);
            if (first != second && first.family() == second.family() && one.line < other.line &&
                !first.is_unspecified() && !second.is_unspecified()) {
                return {one, other};
            }
        }
    }
    return {};
}

void Listeners::discover(const std::vector<Setting>& addresses, std::uint16_t alternative) {
    for (const Setting& each : addresses) {
        const IpAddress address = *IpAddress::parse(each.value);
        work_.draft().add("discovery.addresses", toml_of(address), each.line);
        work_.draft().add("listen.udp", toml_of(Endpoint{address, alternative}), each.line);
    }
    work_.note(
        fmt::format("two listening-ip of one family: as in coturn, NAT behaviour discovery "
                    "(RFC 5780) is on, on ports {} and {}; browsers do not need it: remove "
                    "[discovery] to be without",
                    served_.plain_port, alternative));
}

void Listeners::carry_discovery() {
    const Setting* setting = work_.find("alt-listening-port");
    const Setting* on = work_.find("rfc5780");
    auto alternative = static_cast<std::uint16_t>(served_.plain_port + 1);
    if (setting != nullptr) {
        const auto number = work_.number(*setting, {0, port_bounds.max});
        if (!number) setting = nullptr;
        if (number.value_or(0) != 0) alternative = static_cast<std::uint16_t>(*number);
    }
    if (const Setting* off = work_.find("no-rfc5780")) {
        work_.maps(*off, "discovery.addresses stays empty");
    }
    const auto addresses = discovery_addresses();
    const bool is_served = !addresses.empty() && served_.plain_port != 0 && alternative != 0 &&
                           alternative != served_.plain_port;
    if (!is_served) {
        for (const Setting* each : {setting, on}) {
            if (each == nullptr) continue;
            work_.unused(*each,
                         "NAT behaviour discovery needs two listening-ip of one family, UDP, and "
                         "neither external-ip nor no-rfc5780");
        }
        return;
    }
    discover(addresses, alternative);
    const std::string ports = fmt::format("[{}, {}]", served_.plain_port, alternative);
    if (on != nullptr) work_.maps(*on, "discovery.addresses and discovery.ports");
    if (setting != nullptr) return work_.sets(*setting, "discovery.ports", ports);
    work_.draft().set("discovery.ports", ports, 0);
}

void Listeners::carry() {
    read_addresses();
    read_certificate();
    carry_ports();
    carry_flags();
    carry_auxiliary();
    carry_proxy_port();
    carry_discovery();
}

}  // namespace

void carry_listeners(Work& work) {
    Listeners{work}.carry();
}

std::vector<IpAddress> listening_addresses(const Work& work) {
    std::vector<IpAddress> addresses;
    for (const Setting& each : work.all("listening-ip")) {
        const auto address = IpAddress::parse(each.value);
        if (address && std::ranges::find(addresses, *address) == addresses.end()) {
            addresses.push_back(*address);
        }
    }
    return addresses;
}

std::string toml_of(const Endpoint& endpoint) {
    return config::quoted(endpoint.to_string());
}

std::string toml_of(const IpAddress& address) {
    return config::quoted(address.to_string());
}

}  // namespace turnpike::coturn
