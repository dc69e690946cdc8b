// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/load.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <system_error>
#include <tuple>

#include "server/config/admin_part.hpp"
#include "server/config/closed_file.hpp"
#include "server/config/read_value.hpp"
#include "server/config/secrets_file.hpp"
#include "server/config/spelling.hpp"
#include "server/config/toml.hpp"

namespace turnpike::config {
namespace {

constexpr std::size_t file_bytes_max = 1U << 20U;
constexpr std::string_view node_name = "value";
constexpr std::string_view admin_section = "admin";

// The value in a document of one line; none where the text is no TOML.
[[nodiscard]] std::optional<toml::table> parse_value(std::string_view text) {
    auto result = toml::parse(fmt::format("{} = {}", node_name, text));
    if (!result || result.table().size() != 1) return std::nullopt;
    return std::move(result).table();
}

[[nodiscard]] toml::array split(std::string_view text) {
    toml::array parts;
    for (;;) {
        const auto comma = text.find(',');
        parts.push_back(std::string{text.substr(0, comma)});
        if (comma == std::string_view::npos) return parts;
        text.remove_prefix(comma + 1);
    }
}

[[nodiscard]] bool is_list(Kind kind) {
    return kind == Kind::texts || kind == Kind::times || kind == Kind::endpoints ||
           kind == Kind::addresses || kind == Kind::subnets || kind == Kind::secrets ||
           kind == Kind::access_token_keys || kind == Kind::certificates ||
           kind == Kind::alternate_servers;
}

[[nodiscard]] bool is_text(Kind kind) {
    return kind == Kind::text || kind == Kind::word;
}

// What a shell hands over: TOML, or a string without quotes, or several with commas between.
[[nodiscard]] toml::table parse_loosely(const Option& option, std::string_view text) {
    const char first = text.empty() ? '\0' : text.front();
    const bool may_be_toml = is_list(option.kind)   ? first == '['
                             : is_text(option.kind) ? first == '"' || first == '\''
                                                    : true;
    if (may_be_toml) {
        if (auto table = parse_value(text)) return *std::move(table);
    }
    if (is_list(option.kind)) return toml::table{{node_name, split(text)}};
    return toml::table{{node_name, std::string{text}}};
}

// A section holds options; [users] and [relay.external] are options themselves.
[[nodiscard]] bool is_section(std::string_view key) {
    return std::ranges::any_of(options(),
                               [key](const Option& each) { return section_of(each.key) == key; });
}

[[nodiscard]] std::optional<std::string_view> nearest_section(std::string_view key) {
    std::vector<std::string_view> names{"users"};
    for (const Option& option : options()) {
        const auto section = section_of(option.key);
        if (!section.empty() && names.back() != section) names.push_back(section);
    }
    return nearest(key, names);
}

class Loader {
public:
    Loader();

    void read_table(const toml::table& table, const std::string& prefix, Complaints& complaints);
    void read_text(std::string_view text, std::string_view name);
    void read_admin(std::string_view text, std::string_view name);
    void read_environment(const Inputs& inputs);
    void read_assignment(std::string_view assignment);
    void use_spare_secret(const std::string& secret);
    void add_secrets_of_file();
    void warn_if_readable(const std::filesystem::path& file);
    [[nodiscard]] Loaded finish(const Surroundings& around);
    [[nodiscard]] Loaded finish_unchecked();

    [[nodiscard]] Problems& errors() { return loaded_.errors; }

private:
    void read_node(const std::string& key, const toml::node& node, Complaints& complaints);
    void set(const Option& option, const toml::node& node, Complaints& complaints);
    [[nodiscard]] Setting& setting(std::string_view key);

    Loaded loaded_;
    std::vector<Value> defaults_;
};

Loader::Loader() {
    Problems problems;
    Complaints complaints{"default", false, problems};
    for (const Option& option : options()) {
        const auto table = parse_value(option.fallback);
        auto value = table ? read_value(option, *table->get(node_name), complaints) : std::nullopt;
        assert(value && "the default of an option is a good value of it");
        defaults_.push_back(*value);
        loaded_.settings.push_back({&option, *std::move(value), {}});
    }
}

Setting& Loader::setting(std::string_view key) {
    const auto found = std::ranges::find(loaded_.settings, key,
                                         [](const Setting& each) { return each.option->key; });
    assert(found != loaded_.settings.end());
    return *found;
}

void Loader::set(const Option& option, const toml::node& node, Complaints& complaints) {
    auto value = read_value(option, node, complaints);
    if (!value) return;
    const auto index = static_cast<std::size_t>(&option - options().data());
    loaded_.settings[index].value = *std::move(value);
    loaded_.settings[index].source = complaints.place(node.source());
}

void Loader::read_node(const std::string& key, const toml::node& node, Complaints& complaints) {
    if (const Option* option = find_option(key)) return set(*option, node, complaints);
    const auto* table = node.as_table();
    if (is_section(key)) {
        if (table != nullptr) return read_table(*table, key + '.', complaints);
        return complaints.add(node, fmt::format("{}: is a section; write [{}]", key, key));
    }
    if (table != nullptr) {
        return complaints.add(
            node, fmt::format("[{}]: unknown section{}", key, suggestion(nearest_section(key))));
    }
    complaints.add(node, fmt::format("{}: unknown key{}", key, suggestion(nearest_key(key))));
}

void Loader::read_table(const toml::table& table, const std::string& prefix,
                        Complaints& complaints) {
    for (const auto& [name, node] : table) {
        read_node(prefix + std::string{name.str()}, node, complaints);
    }
}

void Loader::read_text(std::string_view text, std::string_view name) {
    Complaints complaints{std::string{name}, true, loaded_.errors};
    const auto result = toml::parse(text);
    if (!result) {
        return complaints.add(result.error().source(), std::string{result.error().description()});
    }
    read_table(result.table(), "", complaints);
    std::ranges::sort(loaded_.errors, {}, [](const Problem& each) {  // one file, so by its lines
        return std::tuple{each.where.size(), std::string_view{each.where},
                          std::string_view{each.what}};
    });
}

void Loader::read_admin(std::string_view text, std::string_view name) {
    Complaints complaints{std::string{name}, true, loaded_.errors};
    const auto whole = toml::parse(text);
    if (whole) {
        const toml::node* admin = whole.table().get(admin_section);
        if (admin != nullptr) read_node(std::string{admin_section}, *admin, complaints);
        return;
    }
    const auto part = find_admin_part(text);
    if (part) return read_table(*part, std::string{admin_section} + '.', complaints);
    complaints.add(whole.error().source(), std::string{whole.error().description()});
}

void Loader::read_environment(const Inputs& inputs) {
    for (const auto& [name, text] : inputs.environment) {
        for (const Option& option : options()) {
            if (environment_name(option.key) != name) continue;
            Complaints complaints{name, false, loaded_.errors};
            const toml::table table = parse_loosely(option, text);
            set(option, *table.get(node_name), complaints);
        }
    }
}

void Loader::read_assignment(std::string_view assignment) {
    const auto fail = [this](std::string what) { errors().push_back({"--set", std::move(what)}); };
    const auto equals = assignment.find('=');
    const auto key = assignment.substr(0, equals);
    const Option* option = find_option(key);
    if (equals == std::string_view::npos) {
        return fail(fmt::format("{}: write key=value", quoted(key)));
    }
    if (option == nullptr) {
        return fail(fmt::format("{}: unknown key{}", key, suggestion(nearest_key(key))));
    }
    if (option->is_secret) {
        return fail(
            fmt::format("{}: not here, where every user of this machine can read it; set "
                        "it in the file or in the environment as {}",
                        key, environment_name(key)));
    }
    Complaints complaints{"--set", false, loaded_.errors};
    const toml::table table = parse_loosely(*option, assignment.substr(equals + 1));
    set(*option, *table.get(node_name), complaints);
}

void Loader::use_spare_secret(const std::string& secret) {
    Setting& secrets = setting("auth.secrets");
    const bool has_secrets = !std::get<std::vector<Secret>>(secrets.value).empty();
    const bool has_users = !std::get<std::vector<User>>(setting("users").value).empty();
    const bool has_tokens =
        !std::get<std::vector<AccessTokenKey>>(setting("auth.access_tokens").value).empty();
    const bool has_file = !std::get<std::string>(setting("auth.secrets_file").value).empty();
    if (has_secrets || has_users || has_tokens || has_file || !loaded_.ok()) return;
    secrets.value = std::vector{Secret{secret, {}}};
    secrets.source = "made for this run";
    loaded_.used_spare_secret = true;
}

void Loader::add_secrets_of_file() {
    const std::string& file = loaded_.config.auth.secrets_file;
    if (file.empty() || !loaded_.ok()) return;
    SecretsFile read = read_secrets_file(file, loaded_.config.server.user);
    const std::string& source = setting("auth.secrets_file").source;
    if (!read.error.empty()) return errors().push_back({source, std::move(read.error)});
    if (!read.warning.empty()) loaded_.warnings.push_back({source, std::move(read.warning)});
    std::ranges::move(read.secrets, std::back_inserter(loaded_.config.auth.secrets));
}

// Called when only the file has been read.
void Loader::warn_if_readable(const std::filesystem::path& file) {
    bool holds_secrets = false;  // an empty [users] is none
    for (std::size_t index = 0; index < loaded_.settings.size(); ++index) {
        const Setting& each = loaded_.settings[index];
        const bool is_secret = each.option->is_secret && !each.source.empty();
        holds_secrets = holds_secrets || (is_secret && each.value != defaults_[index]);
    }
    struct stat status{};
    if (!holds_secrets || ::stat(file.c_str(), &status) != 0 || (status.st_mode & S_IROTH) == 0) {
        return;
    }
    const std::string& user = std::get<std::string>(setting("server.user").value);
    loaded_.warnings.push_back(
        {file.string(), fmt::format("holds secrets and every user can read it; run `{}`",
                                    command_to_close(file, user))});
}

Loaded Loader::finish_unchecked() {
    for (const Setting& each : loaded_.settings) each.option->store(loaded_.config, each.value);
    return std::move(loaded_);
}

Loaded Loader::finish(const Surroundings& around) {
    for (const Setting& each : loaded_.settings) each.option->store(loaded_.config, each.value);
    add_secrets_of_file();
    if (!loaded_.ok()) return std::move(loaded_);
    for (Finding& finding : validate(loaded_.config, around)) {
        Problems& to = finding.severity == Severity::error ? loaded_.errors : loaded_.warnings;
        to.push_back({setting(finding.key).source, std::move(finding.what)});
    }
    return std::move(loaded_);
}

[[nodiscard]] Loaded load_over(Loader& loader, const Inputs& inputs) {
    loader.read_environment(inputs);
    for (const std::string& each : inputs.assignments) loader.read_assignment(each);
    if (inputs.spare_secret) loader.use_spare_secret(*inputs.spare_secret);
    return loader.finish(inputs.around);
}

// None where the file cannot be read; the reason was added.
[[nodiscard]] std::optional<std::string> read_file(const std::filesystem::path& file,
                                                   Problems& problems) {
    std::error_code failure;
    if (std::filesystem::is_directory(file, failure))
        failure = make_error_code(std::errc::is_a_directory);
    std::ifstream stream;
    if (!failure) {
        errno = 0;
        stream.open(file, std::ios::binary);
        if (!stream) failure.assign(errno, std::generic_category());
    }
    if (failure) {
        problems.push_back({file.string(), "cannot be read: " + failure.message()});
        return std::nullopt;
    }
    std::string text(file_bytes_max + 1, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    if (text.size() <= file_bytes_max) return text;
    problems.push_back({file.string(), "is no configuration: larger than a mebibyte"});
    return std::nullopt;
}

}  // namespace

Loaded load(const Inputs& inputs) {
    Loader loader;
    if (inputs.file) {
        if (const auto text = read_file(*inputs.file, loader.errors())) {
            loader.read_text(*text, inputs.file->string());
            loader.warn_if_readable(*inputs.file);
        }
    }
    return load_over(loader, inputs);
}

Loaded load_text(std::string_view text, std::string_view name, const Inputs& inputs) {
    Loader loader;
    loader.read_text(text, name);
    return load_over(loader, inputs);
}

Loaded load_admin(const Inputs& inputs, const Loaded& broken) {
    Inputs own;
    for (const Option& option : options()) {
        if (section_of(option.key) != admin_section) continue;
        const std::string name = environment_name(option.key);
        std::ranges::copy_if(inputs.environment, std::back_inserter(own.environment),
                             [&name](const auto& each) { return each.first == name; });
    }
    Loader loader;
    if (inputs.file) {
        if (const auto text = read_file(*inputs.file, loader.errors())) {
            loader.read_admin(*text, inputs.file->string());
        }
    }
    loader.read_environment(own);
    for (const std::string& each : inputs.assignments) {
        if (section_of(each.substr(0, each.find('='))) == admin_section)
            loader.read_assignment(each);
    }
    Loaded loaded = loader.finish_unchecked();
    loaded.warnings = broken.warnings;
    for (const Problem& each : broken.errors) {
        if (std::ranges::find(loaded.errors, each) == loaded.errors.end()) {
            loaded.warnings.push_back(each);
        }
    }
    return loaded;
}

}  // namespace turnpike::config
