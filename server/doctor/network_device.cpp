// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/network_device.hpp"

#include <fmt/format.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstring>
#include <vector>

#include "server/net/socket_options.hpp"

namespace turnpike::doctor {
namespace {

// One question to one interface; an answer is a struct of linux/ethtool.h, which begins with the
// question.
class Ethtool {
public:
    explicit Ethtool(std::string_view interface)
        : socket_{net::open_socket(protocol::Family::ipv4, SOCK_DGRAM)} {
        interface.substr(0, IFNAMSIZ - 1).copy(request_.ifr_name, IFNAMSIZ - 1);
    }

    [[nodiscard]] bool ask(void* answer) {
        request_.ifr_data = static_cast<char*>(answer);
        return socket_ && ::ioctl(socket_->get(), SIOCETHTOOL, &request_) == 0;
    }

private:
    protocol::Result<net::FileDescriptor> socket_;
    ifreq request_{};
};

// An answer with `count` items behind it: the kernel's headers have no room for them.
template <typename Header, typename Item>
class Listed {
public:
    Listed(std::uint32_t command, std::size_t count)
        : octets_(sizeof(Header) + count * sizeof(Item)), count_{count} {
        std::memcpy(octets_.data(), &command, sizeof command);
    }
    [[nodiscard]] void* data() noexcept { return octets_.data(); }
    [[nodiscard]] Header header() const noexcept {
        Header value;  // without braces, which would be for its array of no size too
        std::memcpy(&value, octets_.data(), sizeof value);
        return value;
    }
    void set_header(const Header& value) noexcept {
        std::memcpy(octets_.data(), &value, sizeof value);
    }
    [[nodiscard]] Item item(std::size_t index) const noexcept {
        Item value{};
        if (index >= count_) return value;
        std::memcpy(&value, octets_.data() + sizeof(Header) + index * sizeof(Item), sizeof value);
        return value;
    }

private:
    std::vector<std::byte> octets_;
    std::size_t count_;
};

using FeatureName = std::array<char, ETH_GSTRING_LEN>;

std::uint32_t count_features(Ethtool& ethtool) {
    Listed<ethtool_sset_info, std::uint32_t> sizes{ETHTOOL_GSSET_INFO, 1};
    ethtool_sset_info header = sizes.header();
    header.sset_mask = 1ULL << ETH_SS_FEATURES;
    sizes.set_header(header);
    return ethtool.ask(sizes.data()) && sizes.header().sset_mask != 0 ? sizes.item(0) : 0;
}

// What each kernel calls by another number.
std::vector<std::string> feature_names(Ethtool& ethtool) {
    const std::uint32_t count = count_features(ethtool);
    Listed<ethtool_gstrings, FeatureName> texts{ETHTOOL_GSTRINGS, count};
    ethtool_gstrings header = texts.header();
    header.string_set = ETH_SS_FEATURES;
    header.len = count;
    texts.set_header(header);
    std::vector<std::string> names;
    if (!ethtool.ask(texts.data())) return names;
    for (std::uint32_t index = 0; index < count; ++index) {
        const FeatureName name = texts.item(index);
        names.emplace_back(name.data(), ::strnlen(name.data(), name.size()));
    }
    return names;
}

void read_offloads(Ethtool& ethtool, NetworkDevice& device) {
    const auto names = feature_names(ethtool);
    const std::size_t blocks = (names.size() + 31) / 32;
    Listed<ethtool_gfeatures, ethtool_get_features_block> states{ETHTOOL_GFEATURES, blocks};
    ethtool_gfeatures header = states.header();
    header.size = static_cast<std::uint32_t>(blocks);
    states.set_header(header);
    if (names.empty() || !ethtool.ask(states.data())) return;
    const auto offload = [&](std::string_view name) {
        const auto place = std::ranges::find(names, name);
        if (place == names.end()) return Offload::off;
        const auto index = static_cast<std::size_t>(place - names.begin());
        const auto block = states.item(index / 32);
        const std::uint32_t bit = 1U << (index % 32);
        if ((block.active & bit) == 0) return Offload::off;
        const bool may_change = (block.available & ~block.never_changed & bit) != 0;
        return may_change ? Offload::on : Offload::fixed_on;
    };
    device.lro = offload("rx-lro");
    device.hardware_gro = offload("rx-gro-hw");
}

}  // namespace

NetworkDevice gather_device(std::string_view interface) {
    Ethtool ethtool{interface};
    NetworkDevice device;
    ethtool_drvinfo driver{};
    driver.cmd = ETHTOOL_GDRVINFO;
    if (ethtool.ask(&driver)) {
        device.driver.assign(driver.driver, ::strnlen(driver.driver, sizeof driver.driver));
    }
    ethtool_channels channels{};
    channels.cmd = ETHTOOL_GCHANNELS;
    if (ethtool.ask(&channels)) {
        device.queues = {.receive = channels.rx_count + channels.combined_count,
                         .send = channels.tx_count + channels.combined_count,
                         .combined = channels.combined_count,
                         .combined_max = channels.max_combined};
    }
    read_offloads(ethtool, device);
    return device;
}

std::string to_string(const Queues& queues) {
    const bool are_pairs =
        queues.combined != 0 && queues.receive == queues.combined && queues.send == queues.combined;
    if (!are_pairs) return fmt::format("{} rx and {} tx queues", queues.receive, queues.send);
    if (queues.combined_max > queues.combined) {
        return fmt::format("{} of {} queues", queues.combined, queues.combined_max);
    }
    return fmt::format("{} queue{}", queues.combined, queues.combined == 1 ? "" : "s");
}

}  // namespace turnpike::doctor
