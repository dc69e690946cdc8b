// SPDX-License-Identifier: BSD-3-Clause
//
// The configuration of this process: its file, its environment, its command line and the kernel it
// runs on, gathered and loaded; and what is to be said about it.
#pragma once

#include <filesystem>
#include <iosfwd>
#include <string>
#include <vector>

#include "server/command_line.hpp"
#include "server/config/load.hpp"

namespace turnpike {

inline constexpr std::string_view default_config_file = "/etc/turnpike/turnpike.toml";

// Reads the files of the system that the rules of the configuration ask about.
[[nodiscard]] config::Inputs gather_inputs(const ConfigArguments& arguments);

// As load_configuration(), for commands: users may be in the database alone, and perhaps not yet.
[[nodiscard]] config::Loaded load_for_operator(const ConfigArguments& arguments);

// Loads, and adds what only the rules of credentials can tell: realm, names and passwords must have
// a form that clients can produce (OpaqueString, RFC 8265 section 4.2).
[[nodiscard]] config::Loaded load_configuration(const config::Inputs& inputs);

// The second half of that, for what was loaded otherwise.
void check_credentials(config::Loaded& loaded);

// Adds what is wrong with the certificates of a good configuration: a start would fail for it.
void check_certificates(config::Loaded& loaded);

// Every warning and error, one a line.
void report(const config::Loaded& loaded, std::ostream& error);

// What is in force and where it comes from, secrets masked. It is TOML.
void print_effective(const config::Loaded& loaded, std::ostream& out);

// The addresses that relays are opened on, as clients and peers see them.
[[nodiscard]] std::vector<protocol::IpAddress> advertised_addresses(const config::Relay& relay);

// "32768\t60999" and "8080,9148-9150", as the kernel writes them. For tests apart from the
// kernel's.
[[nodiscard]] config::Surroundings parse_surroundings(std::string_view local_range,
                                                      std::string_view reserved);

}  // namespace turnpike
