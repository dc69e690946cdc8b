// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/alternate_server.hpp"

#include <fmt/format.h>

#include <array>

#include "server/config/spelling.hpp"

namespace turnpike::config {
namespace {

constexpr std::array key_names{std::string_view{"address"}, std::string_view{"tls_address"},
                               std::string_view{"weight"}, std::string_view{"domain"}};
constexpr std::int64_t weight_max = 1'000'000;
constexpr std::size_t domain_bytes_max = 255;  // RFC 8489 section 14.16

class TableReader {
public:
    TableReader(const toml::table& table, const Option& option, Complaints& complaints)
        : table_{table}, option_{option}, complaints_{complaints} {}

    [[nodiscard]] std::optional<AlternateServer> read() {
        for (const auto& [name, node] : table_) take(name, node);
        if (!table_.contains("address")) {
            complain(table_,
                     R"(a server without an address; write { address = "192.0.2.1:3478" })");
        }
        const auto& tls = server_.tls_address;
        if (is_good_ && tls && tls->address.family() != server_.address.address.family()) {
            complain(table_, "address and tls_address are of different families");
        }
        return is_good_ ? std::optional{std::move(server_)} : std::nullopt;
    }

private:
    void complain(const toml::node& node, std::string_view what) {
        complaints_.add(node, fmt::format("{}: {}", option_.key, what));
        is_good_ = false;
    }
    void take(const toml::key& name, const toml::node& node);
    protocol::Endpoint endpoint(const toml::node& node);
    void take_weight(const toml::node& node);
    void take_domain(const toml::node& node);

    const toml::table& table_;
    const Option& option_;
    Complaints& complaints_;
    AlternateServer server_;
    bool is_good_ = true;
};

void TableReader::take(const toml::key& name, const toml::node& node) {
    if (name == "address") {
        server_.address = endpoint(node);
    } else if (name == "tls_address") {
        server_.tls_address = endpoint(node);
    } else if (name == "weight") {
        take_weight(node);
    } else if (name == "domain") {
        take_domain(node);
    } else {
        complaints_.add(name.source(),
                        fmt::format("{}: unknown key {}{}", option_.key, quoted(name.str()),
                                    suggestion(nearest(name.str(), key_names))));
        is_good_ = false;
    }
}

protocol::Endpoint TableReader::endpoint(const toml::node& node) {
    const auto found = protocol::Endpoint::parse(node.value<std::string_view>().value_or(""));
    if (found && found->port != 0 && !found->address.is_unspecified()) return *found;
    complain(node, "an address is written with its port, as in \"192.0.2.1:3478\"");
    return {};
}

void TableReader::take_weight(const toml::node& node) {
    const auto found = node.value<std::int64_t>().value_or(-1);
    if (found >= 0 && found <= weight_max) {
        server_.weight = static_cast<std::uint32_t>(found);
    } else {
        complain(node, fmt::format("a weight is a whole number from 0 to {}", weight_max));
    }
}

void TableReader::take_domain(const toml::node& node) {
    server_.domain = node.value<std::string>().value_or("");
    if (server_.domain.empty() || server_.domain.size() > domain_bytes_max) {
        complain(node, "a domain is a name from 1 to 255 bytes long");
    }
}

}  // namespace

std::optional<AlternateServer> read_alternate_server(const toml::table& table, const Option& option,
                                                     Complaints& complaints) {
    return TableReader{table, option, complaints}.read();
}

std::string to_toml(const AlternateServer& server) {
    std::string out = fmt::format("{{ address = {}", quoted(server.address.to_string()));
    if (server.tls_address) {
        out += fmt::format(", tls_address = {}", quoted(server.tls_address->to_string()));
    }
    out += fmt::format(", weight = {}", server.weight);
    if (!server.domain.empty()) out += fmt::format(", domain = {}", quoted(server.domain));
    return out + " }";
}

}  // namespace turnpike::config
