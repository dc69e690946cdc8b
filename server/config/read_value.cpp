// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/read_value.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>

#include "server/config/access_token_key.hpp"
#include "server/config/alternate_server.hpp"
#include "server/config/area_levels.hpp"
#include "server/config/spelling.hpp"

namespace turnpike::config {
namespace {

[[nodiscard]] std::string_view name_of_type(const toml::node& node) {
    switch (node.type()) {
        case toml::node_type::table:
            return "a table";
        case toml::node_type::array:
            return "a list";
        case toml::node_type::string:
            return "a string";
        case toml::node_type::integer:
            return "a whole number";
        case toml::node_type::floating_point:
            return "a fraction";
        case toml::node_type::boolean:
            return "true or false";
        default:
            return "a date or time";
    }
}

// Reads nodes for one option; every problem begins with its key.
class ValueReader {
public:
    ValueReader(const Option& option, Complaints& complaints)
        : option_{option}, complaints_{complaints} {}

    [[nodiscard]] std::optional<Value> read(const toml::node& node);

private:
    void complain(const toml::node& node, std::string_view what) {
        complaints_.add(node, fmt::format("{}: {}", option_.key, what));
    }
    void expected(const toml::node& node, std::string_view what) {
        complain(node, fmt::format("expected {}, found {}", what, name_of_type(node)));
    }

    std::optional<bool> boolean(const toml::node& node);
    std::optional<std::int64_t> integer(const toml::node& node);
    std::optional<std::chrono::seconds> seconds(const toml::node& node);
    std::optional<std::string> string(const toml::node& node);
    std::optional<std::string> text(const toml::node& node);
    std::optional<std::string> filled_text(const toml::node& node);
    std::optional<Word> word(const toml::node& node);
    std::optional<protocol::Endpoint> endpoint(const toml::node& node);
    std::optional<protocol::IpAddress> address(const toml::node& node);
    std::optional<protocol::IpAddress> parsed_address(std::string_view text,
                                                      const toml::source_region& region);
    std::optional<protocol::Subnet> subnet(const toml::node& node);
    std::optional<PortRange> ports(const toml::node& node);
    std::optional<Secret> secret(const toml::node& node);
    std::optional<Secret> secret_table(const toml::table& table);
    std::optional<std::vector<ExternalAddress>> external_addresses(const toml::node& node);
    std::optional<std::vector<User>> users(const toml::node& node);
    std::optional<AccessTokenKey> access_token_key(const toml::node& node);
    std::optional<CertificatePair> certificate_pair(const toml::node& node);
    std::optional<AlternateServer> alternate_server(const toml::node& node);
    std::optional<std::vector<AreaLevel>> area_levels(const toml::node& node);

    // Every element, so that every wrong one is reported; none if any is wrong.
    template <typename Element>
    std::optional<std::vector<Element>> list(
        const toml::node& node, std::optional<Element> (ValueReader::*element)(const toml::node&));

    const Option& option_;
    Complaints& complaints_;
};

std::optional<Value> ValueReader::read(const toml::node& node) {
    switch (option_.kind) {
        case Kind::boolean:
            return boolean(node);
        case Kind::integer:
            return integer(node);
        case Kind::seconds:
            return seconds(node);
        case Kind::times:
            return list(node, &ValueReader::seconds);
        case Kind::text:
            return text(node);
        case Kind::word:
            return word(node);
        case Kind::texts:
            return list(node, &ValueReader::filled_text);
        case Kind::endpoints:
            return list(node, &ValueReader::endpoint);
        case Kind::addresses:
            return list(node, &ValueReader::address);
        case Kind::subnets:
            return list(node, &ValueReader::subnet);
        case Kind::ports:
            return ports(node);
        case Kind::external_addresses:
            return external_addresses(node);
        case Kind::secrets:
            return list(node, &ValueReader::secret);
        case Kind::users:
            return users(node);
        case Kind::access_token_keys:
            return list(node, &ValueReader::access_token_key);
        case Kind::certificates:
            return list(node, &ValueReader::certificate_pair);
        case Kind::alternate_servers:
            return list(node, &ValueReader::alternate_server);
        case Kind::area_levels:
            return area_levels(node);
    }
    return std::nullopt;
}

std::optional<bool> ValueReader::boolean(const toml::node& node) {
    if (const auto* flag = node.as_boolean()) return flag->get();
    expected(node, "true or false");
    return std::nullopt;
}

std::optional<std::int64_t> ValueReader::integer(const toml::node& node) {
    const auto* number = node.as_integer();
    if (number == nullptr) {
        expected(node, "a whole number");
        return std::nullopt;
    }
    if (number->get() >= option_.min && number->get() <= option_.max) return number->get();
    if (option_.max == std::numeric_limits<std::int64_t>::max()) {
        complain(node, fmt::format("{} is out of bounds; at least {}", number->get(), option_.min));
    } else {
        complain(node, fmt::format("{} is out of bounds; from {} to {}", number->get(), option_.min,
                                   option_.max));
    }
    return std::nullopt;
}

std::optional<std::chrono::seconds> ValueReader::seconds(const toml::node& node) {
    if (const auto number = integer(node)) return std::chrono::seconds{*number};
    return std::nullopt;
}

std::optional<std::string> ValueReader::string(const toml::node& node) {
    if (const auto* found = node.as_string()) return found->get();
    expected(node, "a string");
    return std::nullopt;
}

std::optional<std::string> ValueReader::text(const toml::node& node) {
    auto found = string(node);
    if (!found) return std::nullopt;
    const auto size = static_cast<std::int64_t>(found->size());
    if (size >= option_.min && size <= option_.max) return found;
    complain(node, size < option_.min
                       ? std::string{"must not be empty"}
                       : fmt::format("{} bytes long; at most {}", size, option_.max));
    return std::nullopt;
}

std::optional<std::string> ValueReader::filled_text(const toml::node& node) {
    auto found = string(node);
    if (found && found->empty()) {
        complain(node, "holds an empty string");
        return std::nullopt;
    }
    return found;
}

std::optional<Word> ValueReader::word(const toml::node& node) {
    const auto found = string(node);
    if (!found) return std::nullopt;
    const auto row = std::ranges::find(option_.words, std::string_view{*found});
    if (row != option_.words.end()) {
        return Word{static_cast<std::size_t>(row - option_.words.begin())};
    }
    complain(node, fmt::format("{} is none of {}{}", quoted(*found), fmt::join(option_.words, ", "),
                               suggestion(nearest(*found, option_.words))));
    return std::nullopt;
}

std::optional<protocol::Endpoint> ValueReader::endpoint(const toml::node& node) {
    const auto found = string(node);
    if (!found) return std::nullopt;
    const auto endpoint = protocol::Endpoint::parse(*found);
    if (!endpoint) {
        complain(node, fmt::format("{} is no address with a port; write \"192.0.2.1:3478\" or "
                                   "\"[2001:db8::1]:3478\"",
                                   quoted(*found)));
    } else if (endpoint->port == 0) {
        complain(node, fmt::format("{} has port 0; from 1 to 65535", quoted(*found)));
        return std::nullopt;
    }
    return endpoint;
}

std::optional<protocol::IpAddress> ValueReader::address(const toml::node& node) {
    const auto found = string(node);
    if (!found) return std::nullopt;
    return parsed_address(*found, node.source());
}

std::optional<protocol::IpAddress> ValueReader::parsed_address(std::string_view text,
                                                               const toml::source_region& region) {
    const auto address = protocol::IpAddress::parse(text);
    if (address && !address->is_unspecified()) return address;
    complaints_.add(region,
                    fmt::format("{}: {} is {}", option_.key, quoted(text),
                                address ? "no address that a peer can send to"
                                        : "no IP address; write \"192.0.2.1\" or \"2001:db8::1\""));
    return std::nullopt;
}

std::optional<protocol::Subnet> ValueReader::subnet(const toml::node& node) {
    const auto found = string(node);
    if (!found) return std::nullopt;
    const auto subnet = protocol::Subnet::parse(*found);
    if (!subnet) {
        complain(node, fmt::format("{} is no CIDR block; write \"10.0.0.0/8\" or "
                                   "\"192.0.2.0/24:5000-6000\", with no bits set below the prefix",
                                   quoted(*found)));
    }
    return subnet;
}

std::optional<PortRange> ValueReader::ports(const toml::node& node) {
    const auto numbers = list(node, &ValueReader::integer);
    if (!numbers) return std::nullopt;
    if (numbers->size() != 2) {
        complain(node, "expected two ports, the first and the last, as in [49152, 65535]");
        return std::nullopt;
    }
    const auto [first, last] = std::pair{numbers->front(), numbers->back()};
    if (first > last) {
        complain(node, fmt::format("[{}, {}] begins after its end; write [{}, {}]", first, last,
                                   last, first));
        return std::nullopt;
    }
    return PortRange{static_cast<std::uint16_t>(first), static_cast<std::uint16_t>(last)};
}

std::optional<Secret> ValueReader::secret(const toml::node& node) {
    if (const auto* table = node.as_table()) return secret_table(*table);
    auto found = filled_text(node);
    if (!found) return std::nullopt;
    return Secret{.secret = *std::move(found), .expired = {}};
}

std::optional<Secret> ValueReader::secret_table(const toml::table& table) {
    Secret secret;
    bool is_good = true;
    for (const auto& [name, node] : table) {
        if (name == "secret") {
            secret.secret = filled_text(node).value_or("");
            is_good = is_good && !secret.secret.empty();
        } else if (name == "expired") {
            const auto word = node.value<std::string_view>();
            if (word != "keep" && word != "end") {
                complain(node, R"(expired is "keep" or "end")");
                is_good = false;
            }
            secret.expired = word == "end" ? Expired::end : Expired::keep;
        } else {
            constexpr std::array names{std::string_view{"secret"}, std::string_view{"expired"}};
            complaints_.add(name.source(),
                            fmt::format("{}: unknown key {}{}", option_.key, quoted(name.str()),
                                        suggestion(nearest(name.str(), names))));
            is_good = false;
        }
    }
    if (!table.contains("secret")) {
        complain(table, R"(a table without a secret; write { secret = "...", expired = "end" })");
        is_good = false;
    }
    return is_good ? std::optional{std::move(secret)} : std::nullopt;
}

std::optional<std::vector<ExternalAddress>> ValueReader::external_addresses(
    const toml::node& node) {
    const auto* table = node.as_table();
    if (table == nullptr) {
        expected(node, R"(a table, as in { "10.0.0.5" = "203.0.113.5" })");
        return std::nullopt;
    }
    std::vector<ExternalAddress> pairs;
    for (const auto& [name, value] : *table) {
        const auto relay = parsed_address(name.str(), name.source());
        const auto external = address(value);
        if (relay && external) pairs.push_back({*relay, *external});
    }
    if (pairs.size() != table->size()) return std::nullopt;
    return pairs;
}

std::optional<std::vector<User>> ValueReader::users(const toml::node& node) {
    const auto* table = node.as_table();
    if (table == nullptr) {
        expected(node, R"(a table, as in { alice = "password" })");
        return std::nullopt;
    }
    std::vector<User> users;
    for (const auto& [name, value] : *table) {
        const auto* password = value.as_string();
        if (password == nullptr || password->get().empty()) {
            complain(value, fmt::format("{} needs a password that is a string and not empty; quote "
                                        "a name that holds dots",
                                        quoted(name.str())));
        } else if (name.str().empty() || name.str().size() > 508) {  // RFC 8489 section 14.3
            complain(value, "a name is from 1 to 508 bytes long");
        } else {
            users.push_back({std::string{name.str()}, password->get()});
        }
    }
    if (users.size() != table->size()) return std::nullopt;
    return users;
}

std::optional<AccessTokenKey> ValueReader::access_token_key(const toml::node& node) {
    const auto* table = node.as_table();
    if (table != nullptr) return read_access_token_key(*table, option_, complaints_);
    expected(node, R"(a table, as in { id = "north", key = "..." })");
    return std::nullopt;
}

std::optional<CertificatePair> ValueReader::certificate_pair(const toml::node& node) {
    const auto* table = node.as_table();
    CertificatePair pair;
    if (table != nullptr) {
        pair.certificate = (*table)["certificate"].value_or(std::string{});
        pair.private_key = (*table)["private_key"].value_or(std::string{});
    }
    const bool is_good = table != nullptr && table->size() == 2 && !pair.certificate.empty() &&
                         !pair.private_key.empty();
    if (is_good) return pair;
    complain(node, R"(write { certificate = "FILE", private_key = "FILE" })");
    return std::nullopt;
}

std::optional<AlternateServer> ValueReader::alternate_server(const toml::node& node) {
    const auto* table = node.as_table();
    if (table != nullptr) return read_alternate_server(*table, option_, complaints_);
    expected(node, R"(a table, as in { address = "192.0.2.1:3478" })");
    return std::nullopt;
}

std::optional<std::vector<AreaLevel>> ValueReader::area_levels(const toml::node& node) {
    const auto* table = node.as_table();
    if (table != nullptr) return read_area_levels(*table, option_, complaints_);
    expected(node, R"(a table, as in { storage = "debug" })");
    return std::nullopt;
}

template <typename Element>
std::optional<std::vector<Element>> ValueReader::list(
    const toml::node& node, std::optional<Element> (ValueReader::*element)(const toml::node&)) {
    const auto* array = node.as_array();
    if (array == nullptr) {
        expected(node, "a list");
        return std::nullopt;
    }
    std::vector<Element> elements;
    for (const toml::node& each : *array) {
        if (auto read = (this->*element)(each)) elements.push_back(*std::move(read));
    }
    if (elements.size() != array->size()) return std::nullopt;
    return elements;
}

}  // namespace

std::string Complaints::place(const toml::source_region& region) const {
    if (!has_lines_) return source_;
    return fmt::format("{}:{}", source_, region.begin.line);
}

std::optional<Value> read_value(const Option& option, const toml::node& node,
                                Complaints& complaints) {
    return ValueReader{option, complaints}.read(node);
}

}  // namespace turnpike::config
