// SPDX-License-Identifier: BSD-3-Clause
#include "server/configuration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdlib>
#include <fstream>
#include <ostream>
#include <system_error>

#include "auth/password.hpp"
#include "server/net/tls_context.hpp"
#include "server/worker/assemble.hpp"

namespace turnpike {
namespace {

// The first line of a file of /proc; empty where there is none.
[[nodiscard]] std::string first_line(const char* file) {
    std::ifstream stream{file};
    std::string line;
    std::getline(stream, line);
    return line;
}

[[nodiscard]] std::optional<std::uint16_t> parse_port(std::string_view text) {
    std::uint16_t port = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return port;
}

// Two ports with a separator between, or one port alone.
[[nodiscard]] std::optional<config::PortRange> parse_range(std::string_view text, char separator) {
    const auto middle = text.find(separator);
    const auto first = parse_port(text.substr(0, middle));
    const auto last =
        middle == std::string_view::npos ? first : parse_port(text.substr(middle + 1));
    if (!first || !last) return std::nullopt;
    return config::PortRange{*first, *last};
}

void check_prepared(config::Loaded& loaded, std::string_view key, std::string_view text,
                    std::string_view what) {
    if (auth::opaque_string(text)) return;
    const auto setting = std::ranges::find(
        loaded.settings, key, [](const config::Setting& each) { return each.option->key; });
    loaded.errors.push_back(
        {setting->source,
         fmt::format("{}: {} holds characters that clients cannot send (RFC 8265 section 4.2)", key,
                     what)});
}

}  // namespace

config::Inputs gather_inputs(const ConfigArguments& arguments) {
    config::Inputs inputs;
    inputs.file = arguments.file;
    std::error_code ignored;
    if (!inputs.file && std::filesystem::exists(default_config_file, ignored)) {
        inputs.file = default_config_file;
    }
    inputs.assignments = arguments.assignments;
    for (const config::Option& option : config::options()) {
        std::string name = config::environment_name(option.key);
        if (const char* value = std::getenv(name.c_str()))
            inputs.environment.emplace_back(name, value);
    }
    inputs.around = parse_surroundings(first_line("/proc/sys/net/ipv4/ip_local_port_range"),
                                       first_line("/proc/sys/net/ipv4/ip_local_reserved_ports"));
    return inputs;
}

config::Loaded load_configuration(const config::Inputs& inputs) {
    config::Loaded loaded = config::load(inputs);
    check_credentials(loaded);
    return loaded;
}

void check_credentials(config::Loaded& loaded) {
    if (!loaded.ok()) return;
    check_prepared(loaded, "realm", loaded.config.realm, "it");
    for (const config::User& user : loaded.config.users) {
        const std::string quoted = config::quoted(user.name);
        check_prepared(loaded, "users", user.name, quoted);
        check_prepared(loaded, "users", user.password, "the password of " + quoted);
    }
}

config::Loaded load_for_operator(const ConfigArguments& arguments) {
    config::Inputs inputs = gather_inputs(arguments);
    inputs.spare_secret = "none is needed here";
    return load_configuration(inputs);
}

void check_certificates(config::Loaded& loaded) {
    const auto files = worker::certificate_files(loaded.config.listen);
    if (!loaded.ok() || files.empty()) return;
    const auto contexts = net::TlsContexts::load(files, net::TicketKeys::make());
    const auto setting =
        std::ranges::find(loaded.settings, std::string_view{"listen.certificate"},
                          [](const config::Setting& each) { return each.option->key; });
    if (!contexts) return loaded.errors.push_back({setting->source, contexts.error().what});
    for (std::string& each : (*contexts)->objections(std::chrono::system_clock::now())) {
        loaded.warnings.push_back({setting->source, std::move(each)});
    }
}

void report(const config::Loaded& loaded, std::ostream& error) {
    for (const config::Problem& each : loaded.warnings) {
        error << "warning: " << each.to_string() << '\n';
    }
    for (const config::Problem& each : loaded.errors) {
        error << "error: " << each.to_string() << '\n';
    }
}

void print_effective(const config::Loaded& loaded, std::ostream& out) {
    for (const auto& [option, value, source] : loaded.settings) {
        out << fmt::format("{} = {}  # {}\n", option->key, config::to_masked_toml(*option, value),
                           source.empty() ? "default" : source);
    }
}

std::vector<protocol::IpAddress> advertised_addresses(const config::Relay& relay) {
    std::vector<protocol::IpAddress> addresses;
    for (const auto& [local, advertised] : worker::relay_addresses(relay)) {
        addresses.push_back(advertised);
    }
    return addresses;
}

config::Surroundings parse_surroundings(std::string_view local_range, std::string_view reserved) {
    config::Surroundings around;
    around.ephemeral_ports = parse_range(local_range, '\t');
    while (!reserved.empty()) {
        const auto part = reserved.substr(0, reserved.find(','));
        if (const auto range = parse_range(part, '-')) around.reserved_ports.push_back(*range);
        reserved.remove_prefix(std::min(reserved.size(), part.size() + 1));
    }
    return around;
}

}  // namespace turnpike
