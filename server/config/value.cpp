// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/value.hpp"

#include <fmt/format.h>

#include <iterator>

#include "server/config/access_token_key.hpp"
#include "server/config/alternate_server.hpp"
#include "server/config/area_levels.hpp"
#include "server/config/masked_url.hpp"
#include "server/config/option.hpp"

namespace turnpike::config {
namespace {

static_assert(std::variant_size_v<Value> == static_cast<std::size_t>(Kind::area_levels) + 1);

constexpr std::string_view hidden = R"("********")";

// "[a, b]" of what `write` makes of each element.
template <typename Element, typename Write>
[[nodiscard]] std::string list_of(const std::vector<Element>& elements, Write write) {
    std::string out;
    for (const Element& element : elements) {
        if (!out.empty()) out += ", ";
        out += write(element);
    }
    return "[" + out + "]";
}

// "{ a = b, c = d }" of what `write` makes of each element.
template <typename Element, typename Write>
[[nodiscard]] std::string table_of(const std::vector<Element>& elements, Write write) {
    std::string out;
    for (const Element& element : elements) {
        out += (out.empty() ? " " : ", ") + write(element);
    }
    return out.empty() ? "{}" : "{" + out + " }";
}

[[nodiscard]] std::string printed(const auto& printable) {
    return quoted(printable.to_string());
}

// One overload per alternative of Value.
struct Writer {
    const Option& option;
    bool masked;

    [[nodiscard]] std::string shown(std::string_view secret) const {
        return masked ? std::string{hidden} : quoted(secret);
    }

    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return fmt::format("{}", number); }
    std::string operator()(std::chrono::seconds time) const {
        return fmt::format("{}", time.count());
    }
    std::string operator()(const std::vector<std::chrono::seconds>& times) const {
        return list_of(times, [](const auto& each) { return fmt::format("{}", each.count()); });
    }
    std::string operator()(const std::string& text) const {
        if (masked && option.is_url) return quoted(masked_url(text));
        return option.is_secret && !text.empty() ? shown(text) : quoted(text);
    }
    std::string operator()(Word word) const { return quoted(option.words[word.index]); }
    std::string operator()(const std::vector<std::string>& texts) const {
        return list_of(texts, quoted);
    }
    std::string operator()(const std::vector<protocol::Endpoint>& endpoints) const {
        return list_of(endpoints, [](const auto& each) { return printed(each); });
    }
    std::string operator()(const std::vector<protocol::IpAddress>& addresses) const {
        return list_of(addresses, [](const auto& each) { return printed(each); });
    }
    std::string operator()(const std::vector<protocol::Subnet>& subnets) const {
        return list_of(subnets, [](const auto& each) { return printed(each); });
    }
    std::string operator()(const PortRange& ports) const {
        return fmt::format("[{}, {}]", ports.min, ports.max);
    }
    std::string operator()(const std::vector<ExternalAddress>& addresses) const {
        return table_of(addresses, [](const ExternalAddress& each) {
            return printed(each.relay) + " = " + printed(each.external);
        });
    }
    std::string operator()(const std::vector<Secret>& secrets) const {
        return list_of(secrets, [this](const Secret& each) {
            if (!each.expired) return shown(each.secret);
            return fmt::format("{{ secret = {}, expired = \"{}\" }}", shown(each.secret),
                               *each.expired == Expired::end ? "end" : "keep");
        });
    }
    std::string operator()(const std::vector<User>& users) const {
        return table_of(users, [this](const User& each) {
            return quoted(each.name) + " = " + shown(each.password);
        });
    }
    std::string operator()(const std::vector<AccessTokenKey>& keys) const {
        return list_of(keys, [this](const AccessTokenKey& each) {
            return to_toml(each, shown(encode_base64(each.key)));
        });
    }
    std::string operator()(const std::vector<CertificatePair>& pairs) const {
        return list_of(pairs, [](const CertificatePair& each) {
            return fmt::format("{{ certificate = {}, private_key = {} }}", quoted(each.certificate),
                               quoted(each.private_key));
        });
    }
    std::string operator()(const std::vector<AlternateServer>& servers) const {
        return list_of(servers, [](const AlternateServer& each) { return to_toml(each); });
    }
    std::string operator()(const std::vector<AreaLevel>& levels) const {
        return table_of(levels, [](const AreaLevel& each) { return to_toml(each); });
    }
};

}  // namespace

std::string to_toml(const Option& option, const Value& value) {
    return std::visit(Writer{option, false}, value);
}

std::string to_masked_toml(const Option& option, const Value& value) {
    return std::visit(Writer{option, true}, value);
}

std::string quoted(std::string_view text) {
    std::string out = "\"";
    for (const char octet : text) {
        if (octet == '"' || octet == '\\') {
            out += '\\';
            out += octet;
        } else if (static_cast<unsigned char>(octet) < 0x20 || octet == 0x7f) {
            fmt::format_to(std::back_inserter(out), "\\u{:04X}", static_cast<unsigned>(octet));
        } else {
            out += octet;
        }
    }
    return out + '"';
}

}  // namespace turnpike::config
