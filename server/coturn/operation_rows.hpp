// SPDX-License-Identifier: BSD-3-Clause
//
// The rows about the process: logs, figures, consoles, privileges.
#pragma once

#include <array>

#include "server/coturn/row.hpp"

namespace turnpike::coturn {

inline constexpr std::string_view log_is_stderr =
    "the log goes to standard error, and from there into the journal: `journalctl -u turnpike`";
inline constexpr std::string_view times_of_journal =
    "the journal keeps the time of each line: `journalctl -o short-iso`";
inline constexpr std::string_view command_line =
    "there is no telnet console: `turnpike sessions`, `call`, `user`, `drain` and the admin "
    "interface at admin.listen do its work";
inline constexpr std::string_view web_pages =
    "there are no pages for accounts: `turnpike user`, `call`, `secret`, or the admin interface "
    "at admin.listen";
inline constexpr std::string_view unit_is_user =
    "the package's unit runs as a user of its own, from the start; without systemd set "
    "server.user, and let that user read the configuration, the key and /var/lib/turnpike";

inline constexpr std::array operation_rows{
    Row{"verbose", Argument::flag, Area::operation, {}, 'v'},
    Row{"Verbose", Argument::flag, Area::operation, {}, 'V'},
    Row{"log-file", Argument::value, Area::no_equal, log_is_stderr, 'l'},
    Row{"syslog", Argument::flag, Area::always, log_is_stderr},
    Row{"syslog-facility", Argument::value, Area::no_equal, log_is_stderr},
    Row{"no-stdout-log", Argument::flag, Area::always, log_is_stderr},
    Row{"simple-log", Argument::flag, Area::no_equal, log_is_stderr},
    Row{"new-log-timestamp", Argument::flag, Area::always, times_of_journal},
    Row{"new-log-timestamp-format", Argument::value, Area::no_equal, times_of_journal},
    Row{"log-binding", Argument::flag, Area::no_equal,
        "Binding requests are counted (/metrics), not logged"},
    Row{"prometheus", Argument::flag, Area::operation},
    Row{"prometheus-port", Argument::value, Area::operation},
    Row{"prometheus-address", Argument::value, Area::operation},
    Row{"prometheus-path", Argument::value, Area::no_equal, "the path is /metrics"},
    Row{"prometheus-username-labels", Argument::flag, Area::no_equal,
        "figures have no user names in them, so that their number stays the same; for each user: "
        "the table turnpike.usage"},
    Row{"no-cli", Argument::flag, Area::always, command_line},
    Row{"cli", Argument::flag, Area::no_equal, command_line},
    Row{"cli-ip", Argument::value, Area::no_equal, command_line},
    Row{"cli-port", Argument::value, Area::no_equal, command_line},
    Row{"cli-password", Argument::value, Area::no_equal,
        "there is no telnet console; the admin interface takes admin.token, or admin.token_file",
        '\0', false, true},
    Row{"cli-max-output-sessions", Argument::value, Area::no_equal, command_line},
    Row{"web-admin", Argument::flag, Area::no_equal, web_pages},
    Row{"web-admin-ip", Argument::value, Area::no_equal, web_pages},
    Row{"web-admin-port", Argument::value, Area::no_equal, web_pages},
    Row{"web-admin-listen-on-workers", Argument::flag, Area::no_equal, web_pages},
    Row{"no-software-attribute", Argument::flag, Area::operation},
    Row{"prod", Argument::flag, Area::operation},
    Row{"software-attribute", Argument::flag, Area::operation},
    Row{"proc-user", Argument::value, Area::no_equal, unit_is_user},
    Row{"proc-group", Argument::value, Area::no_equal, unit_is_user},
    Row{"pidfile", Argument::value, Area::no_equal,
        "systemd knows the process: `systemctl show -p MainPID turnpike`"},
    Row{"daemon", Argument::flag, Area::no_equal,
        "it stays in the foreground, as systemd and containers want it", 'o'},
    Row{"version", Argument::flag, Area::nothing,
        "prints a version and ends: `turnpike --version`"},
    Row{"c", Argument::value, Area::nothing, "names a file on turnserver's command line", 'c'},
    Row{"n", Argument::flag, Area::nothing, "on turnserver's command line: without a file", 'n'},
    Row{"help", Argument::flag, Area::nothing, "prints help and ends: `turnpike --help`", 'h'},
    Row{"drain", Argument::flag, Area::no_equal,
        "`turnpike drain` or SIGUSR1, when it is to happen; server.drain_seconds says how long"},
};

}  // namespace turnpike::coturn
