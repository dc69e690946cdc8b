// SPDX-License-Identifier: BSD-3-Clause
#include "server/serve.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <csignal>
#include <ostream>
#include <stdexcept>
#include <utility>

#include "server/admin/ice_servers.hpp"
#include "server/config/log_options.hpp"
#include "server/configuration.hpp"
#include "server/doctor/examine.hpp"
#include "server/privileges.hpp"
#include "server/self_examination.hpp"
#include "server/service.hpp"
#include "server/telemetry/journal_stream.hpp"

namespace turnpike {
namespace {

// How far back the admin interface's stream of events reaches.
constexpr std::size_t log_lines_streamed = 1000;

// Without a file there are no users. Rather than relay for everybody, or for nobody, make a secret
// that nobody knows and one credential of it.
void print_notice(const config::Config& config, std::ostream& error) {
    const auto credential =
        admin::issue_credential(config, {.user = "", .call = "", .lifetime = std::chrono::days{1}},
                                std::chrono::system_clock::now());
    error << "\n*** No configuration at " << default_config_file
          << ": running on defaults, with a secret made for this run only.\n"
             "*** For a day, this entry of iceServers may relay here:\n\n"
          << admin::ice_servers_json(
                 admin::turn_urls(config, "", advertised_addresses(config.relay)), *credential)
          << "\n\n*** To stay, set auth.secrets there; `turnpike sample-config` prints a file to "
             "start "
             "from.\n\n"
          << std::flush;
}

}  // namespace

ExitCode serve(const ServeCommand& command, std::ostream& error) {
    forbid_core_dumps();
    config::Inputs inputs = gather_inputs(command.config);
    if (!inputs.file) inputs.spare_secret = random_secret();
    config::Loaded loaded = load_configuration(inputs);
    check_certificates(loaded);
    report(loaded, error);
    if (!loaded.ok()) return ExitCode::bad_configuration;
    if (loaded.used_spare_secret) print_notice(loaded.config, error);

    // A closed pipe behind standard error, or a client that went away, is no reason to die.
    std::signal(SIGPIPE, SIG_IGN);
    telemetry::Log log{log_options(loaded.config)};
    tell(doctor::examine_at_start(loaded), log);
    Service service{{command.config, inputs.spare_secret, std::move(loaded)}, log};
    service.run();
    return ExitCode::clean;
}

telemetry::LogLevels log_levels(const config::Log& log) {
    static_assert(config::log_areas == telemetry::area_names);
    static_assert(static_cast<int>(config::LogLevel::error) ==
                  static_cast<int>(telemetry::Level::error));
    telemetry::LogLevels levels{static_cast<telemetry::Level>(log.level)};
    for (const auto& [area, level] : log.areas) {
        if (const auto known = telemetry::parse_area(area)) {
            levels.set(*known, static_cast<telemetry::Level>(level));
        }
    }
    return levels;
}

telemetry::LogOptions log_options(const config::Config& config) {
    static_assert(static_cast<int>(config::LogFormat::json) ==
                  static_cast<int>(telemetry::LogFormat::json));
    telemetry::LogOptions options;
    options.levels = log_levels(config.log);
    options.style = {.format = static_cast<telemetry::LogFormat>(config.log.format),
                     .for_journal = telemetry::leads_to_journal(options.descriptor),
                     .masks_addresses = config.log.mask_addresses};
    if (!config.admin.listen.empty()) options.tail_lines = log_lines_streamed;
    return options;
}

std::string random_secret() {
    std::array<unsigned char, 32> octets{};
    if (RAND_bytes(octets.data(), static_cast<int>(octets.size())) != 1) {
        throw std::runtime_error{"the system has no random numbers to make a secret of"};
    }
    std::array<unsigned char, 4 * ((octets.size() + 2) / 3) + 1> text{};
    const int size = EVP_EncodeBlock(text.data(), octets.data(), static_cast<int>(octets.size()));
    return {text.begin(), text.begin() + size};
}

}  // namespace turnpike
