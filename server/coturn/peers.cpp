// SPDX-License-Identifier: BSD-3-Clause
//
// In both servers an allowed peer is allowed although it is denied too. Two things differ:
// turnserver refuses loopback before it looks at either list, and reaches private addresses that
// nobody denies; here these are refused unless peers.allow names them.
#include <fmt/format.h>

#include <algorithm>

#include "server/config/value.hpp"
#include "server/coturn/address_range.hpp"
#include "server/coturn/areas.hpp"

namespace turnpike::coturn {
namespace {

using protocol::IpAddress;
using protocol::Subnet;

// What a configuration of a mebibyte has room for.
constexpr std::size_t elements_max = 20'000;

[[nodiscard]] AddressRanges loopback() {
    return {*AddressRange::parse("127.0.0.0/8"), *AddressRange::parse("::1")};
}

// Before any list, turnserver refuses it; so it takes nothing away that was allowed.
[[nodiscard]] AddressRanges without_loopback(AddressRanges ranges) {
    for (const AddressRange& each : loopback()) ranges = without(ranges, each);
    return ranges;
}

class Peers {
public:
    explicit Peers(Work& work) : work_{work} {}

    void carry();

private:
    void carry_list(std::string_view name, std::string_view key);
    void carry_range(const Setting& setting, std::string_view key, const AddressRange& range);
    void carry_loopback();
    void add(std::string_view key, const AddressRanges& ranges, std::size_t line);

    Work& work_;
    AddressRanges denied_;
    bool opens_private_ = false;
};

void Peers::add(std::string_view key, const AddressRanges& ranges, std::size_t line) {
    for (const AddressRange& range : ranges) {
        for (const Subnet& each : to_subnets(range)) {
            work_.draft().add(key, config::quoted(each.to_string()), line);
        }
    }
}

void Peers::carry_range(const Setting& setting, std::string_view key, const AddressRange& range) {
    if (work_.draft().size() > elements_max) {
        return work_.wrong(setting, fmt::format("more than {} blocks of addresses, which is more "
                                                "than a configuration can hold",
                                                elements_max));
    }
    const bool allows = key == "peers.allow";
    const auto kept = allows && !work_.is_on("allow-loopback-peers") ? without_loopback({range})
                                                                     : AddressRanges{range};
    if (!allows) denied_.push_back(range);
    opens_private_ = opens_private_ || allows;
    if (kept.empty()) {
        return work_.unused(setting, "loopback addresses are peers only with allow-loopback-peers");
    }
    add(key, kept, setting.line);
    std::string says = fmt::format("{}: {}", key, to_subnets(kept.front()).front().to_string());
    const bool is_one = kept.size() == 1 && to_subnets(kept.front()).size() == 1;
    if (!is_one) says += " and so on, exactly these addresses as CIDR blocks";
    if (kept != AddressRanges{range}) says += ", without loopback, which coturn refuses first";
    if (setting.value.find('/') == std::string_view::npos) return work_.maps(setting, says);
    work_.changed(setting, says + "; coturn 4.6 knows no CIDR blocks and has ignored this line");
}

void Peers::carry_list(std::string_view name, std::string_view key) {
    for (const Setting& each : work_.all(name)) {
        if (const auto range = AddressRange::parse(each.value)) {
            carry_range(each, key, *range);
        } else {
            work_.wrong(each,
                        "no range of addresses, from the lowest to the highest of one family, as "
                        "in 10.0.0.0-10.255.255.255");
        }
    }
}

// An allow list of ours would win over what is denied; turnserver's flag does not.
void Peers::carry_loopback() {
    const Setting* flag = work_.find("allow-loopback-peers");
    if (flag == nullptr) return;
    AddressRanges opened = loopback();
    for (const AddressRange& each : denied_) opened = without(opened, each);
    add("peers.allow", opened, flag->line);
    work_.changed(*flag,
                  opened.empty()
                      ? std::string{"nothing to write: denied-peer-ip denies them"}
                      : std::string{"peers.allow: 127.0.0.0/8 and ::1, which opens every service "
                                    "of this host to whoever may relay; for tests alone"});
}

void Peers::carry() {
    carry_list("denied-peer-ip", "peers.deny");
    carry_list("allowed-peer-ip", "peers.allow");
    carry_loopback();
    work_.note(fmt::format(
        "peers: coturn reaches every address that is not denied, private ones too; Turnpike "
        "reaches public ones, and of the others (10.0.0.0/8, 192.168.0.0/16, fd00::/8, ...) only "
        "what peers.allow names. {}",
        opens_private_ ? "See that peers.allow names every conference server that has a private "
                         "address"
                       : "Where a conference server has a private address, name it there"));
}

}  // namespace

void carry_peers(Work& work) {
    Peers{work}.carry();
}

}  // namespace turnpike::coturn
