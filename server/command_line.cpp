// SPDX-License-Identifier: BSD-3-Clause
#include "server/command_line.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <charconv>
#include <sstream>

#include "server/admin_line.hpp"
#include "server/manual.hpp"
#include "server/operator_line.hpp"

namespace turnpike {
namespace {

constexpr std::string_view version_text = "turnpike " TURNPIKE_VERSION;

// The arguments of every subcommand, filled in by the one that was given.
class Parser {
public:
    Parser();
    [[nodiscard]] Command parse(std::vector<std::string> arguments);

private:
    void add_credentials();
    void add_doctor();
    void add_manual();
    void add_import();
    [[nodiscard]] Command chosen() const;

    CLI::App app_{"Turnpike, a STUN/TURN relay server", "turnpike"};
    ServeCommand serve_;
    CheckConfigCommand check_config_;
    CredentialsCommand credentials_;
    DoctorCommand doctor_;
    ImportCoturnCommand import_;
    std::string lifetime_ = "1d";
    std::string format_ = "ice";
    std::string page_;
    OperatorLine operator_line_{app_};
    AdminLine admin_line_{app_};
};

Parser::Parser() {
    app_.set_version_flag("--version", std::string{version_text});
    app_.require_subcommand(1);
    app_.footer("`turnpike options` lists what a configuration can set.");
    add_config_options(*app_.add_subcommand("serve", "Run the relay until SIGTERM"), serve_.config);
    auto& check = *app_.add_subcommand("check-config",
                                       "Say whether a configuration is good, and what is in force");
    check.add_option("FILE", check_config_.config.file, "Configuration file");
    check.add_flag("--quiet", check_config_.quiet, "Say only what is wrong");
    add_config_options(check, check_config_.config);
    add_credentials();
    add_doctor();
    add_import();
    app_.add_subcommand("options", "List every option with its type and default");
    app_.add_subcommand("sample-config", "Print a configuration file to start from");
    add_manual();
}

// For the package alone, hence without a group: nobody is shown it.
void Parser::add_manual() {
    app_.add_subcommand("manual", "Print a manual page, or the completion for bash")
        ->group("")
        ->add_option("WHAT", page_)
        ->required()
        ->check(CLI::IsMember({"turnpike", "turnpike.toml", "bash-completion"}));
}

void Parser::add_credentials() {
    auto& command = *app_.add_subcommand("credentials", "Print an iceServers entry to paste");
    add_config_options(command, credentials_.config);
    command.add_option("--user", credentials_.user, "For whom; a fixed user or any other name");
    command.add_option("--call", credentials_.call, "For which call");
    command.add_option("--ttl", lifetime_, "How long the login is good: 90s, 15m, 12h, 1d")
        ->capture_default_str()
        ->type_name("TIME")
        ->check(CLI::Validator{[](const std::string& text) {
                                   return parse_duration(text)
                                              ? std::string{}
                                              : text + " is no time; write 90s, 15m, 12h or 1d";
                               },
                               ""});
    command
        .add_option("--host", credentials_.host, "Name or address that clients shall connect to")
        ->type_name("NAME");
    command.add_option("--format", format_, "ice: RTCIceServer; uris: as the TURN REST draft")
        ->capture_default_str()
        ->check(CLI::IsMember({"ice", "uris"}));
}

void Parser::add_doctor() {
    auto& command = *app_.add_subcommand(
        "doctor", "Look for what keeps a relay from working here, and say what to do about it");
    add_config_options(command, doctor_.config);
    command.add_flag("--json", doctor_.as_json, "Print one JSON object instead");
    command.add_flag("!--no-start", doctor_.may_start,
                     "Where no server runs, do not start one to relay a packet through");
}

void Parser::add_import() {
    auto& command = *app_.add_subcommand(
        "import-coturn", "Make a configuration of coturn's, and say what became of each line");
    command.add_option("FILE", import_.file, "turnserver.conf, or - for standard input")
        ->required();
    command.add_option("--output", import_.output, "Where to; not given: standard output")
        ->type_name("FILE");
    command.add_option("--report", import_.report, "Where to; not given: standard error")
        ->type_name("FILE");
    command.add_flag("--force", import_.force, "Write over files that exist");
}

Command Parser::parse(std::vector<std::string> arguments) {
    std::ranges::reverse(arguments);  // as CLI11 takes them
    try {
        app_.parse(std::move(arguments));
    } catch (const CLI::ParseError& problem) {
        std::ostringstream out;
        std::ostringstream error;
        const bool is_clean = app_.exit(problem, out, error) == 0;
        return Farewell{.code = is_clean ? ExitCode::clean : ExitCode::bad_usage,
                        .text = is_clean ? out.str() : error.str()};
    }
    credentials_.lifetime = parse_duration(lifetime_).value();
    credentials_.as_uris = format_ == "uris";
    return chosen();
}

Command Parser::chosen() const {
    if (const auto command = operator_line_.chosen()) {
        return std::visit([](const auto& each) -> Command { return each; }, *command);
    }
    if (const auto command = admin_line_.chosen()) {
        return std::visit([](const auto& each) -> Command { return each; }, *command);
    }
    if (app_.got_subcommand("serve")) return serve_;
    if (app_.got_subcommand("check-config")) return check_config_;
    if (app_.got_subcommand("credentials")) return credentials_;
    if (app_.got_subcommand("doctor")) return doctor_;
    if (app_.got_subcommand("import-coturn")) return import_;
    if (app_.got_subcommand("options")) return OptionsCommand{};
    if (app_.got_subcommand("manual")) return Farewell{.text = manual_text(app_, page_)};
    return SampleConfigCommand{};
}

}  // namespace

Command parse_command_line(std::vector<std::string> arguments) {
    return Parser{}.parse(std::move(arguments));
}

std::optional<std::chrono::seconds> parse_duration(std::string_view text) {
    using namespace std::chrono_literals;
    constexpr std::chrono::seconds longest = std::chrono::days{3653};
    std::int64_t count = 0;
    const auto [end, failure] = std::from_chars(text.data(), text.data() + text.size(), count);
    if (failure != std::errc{} || count <= 0 || count > longest.count()) return std::nullopt;
    const std::string_view unit = text.substr(static_cast<std::size_t>(end - text.data()));
    const auto one = [unit]() -> std::optional<std::chrono::seconds> {
        if (unit.empty() || unit == "s") return 1s;
        if (unit == "m") return 1min;
        if (unit == "h") return 1h;
        if (unit == "d") return 24h;
        return std::nullopt;
    }();
    if (!one || *one * count > longest) return std::nullopt;
    return *one * count;
}

}  // namespace turnpike
