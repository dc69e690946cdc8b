// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/manual.hpp"

#include <fmt/format.h>

#include <utility>

#include "manual/roff.hpp"
#include "server/config/option.hpp"
#include "server/config/reference.hpp"

namespace turnpike::config {
namespace {

constexpr std::string_view description =
    R"(Turnpike reads TOML, by default of `/etc/turnpike/turnpike.toml`. Every option has a default; a file
names those that it changes. An unknown key or a bad value stops the start, or is the reason why a
reload is refused, and is told with file, line and the nearest key that exists.

An environment variable goes over the file, and `--set KEY=VALUE` over both. In either, a string needs
no quotes, and a list may be written with commas between.

`turnpike check-config FILE` says whether a file is good and what is in force. A reload (`systemctl
reload turnpike`, or SIGHUP) applies everything that is not marked "needs a restart".)";

constexpr std::string_view files =
    R"(* `/etc/turnpike/turnpike.toml`: The configuration. The package installs it for root to write and for the group `turnpike` to read, and for nobody else.
* `/etc/turnpike/secret`: The secret that the package makes for its first start, named by `auth.secrets_file`.
* `/var/lib/turnpike`: The database and the journal of usage, where storage.url and storage.journal say nothing else.
* `/run/credentials/turnpike.service`: What systemd hands over of /etc/credstore/turnpike.* when the service starts: a place for `admin.token_file` and private keys that only root may read on disk.)";

[[nodiscard]] std::string facts(const Option& option) {
    std::string text =
        describe_type(option) + "; environment `" + environment_name(option.key) + '`';
    if (option.is_secret) text += "; secret: not taken by --set";
    if (option.needs_restart) text += "; needs a restart";
    return text + '.';
}

void add_option(std::string& out, const Option& option) {
    out += manual::item(fmt::format("\\fB{}\\fP = {}", manual::escaped(option.key),
                                    manual::escaped(option.fallback)),
                        fmt::format("{}.", option.help));
    if (!option.example.empty()) {
        const std::string line = option.kind == Kind::users
                                     ? std::string{option.example}
                                     : fmt::format("{} = {}", name_of(option.key), option.example);
        out += fmt::format(".br\nExample: {}\n", manual::escaped(line));
    }
    out += fmt::format(".br\n{}\n", manual::styled(facts(option)));
}

}  // namespace

std::string manual_page(std::string_view version, std::string_view date) {
    std::string out = manual::heading({.name = "turnpike.toml",
                                       .section = 5,
                                       .version = version,
                                       .date = date,
                                       .group = "File Formats"});
    out += manual::section("NAME");
    out += "turnpike.toml \\- configuration of the STUN/TURN relay server Turnpike\n";
    out += manual::section("DESCRIPTION") + manual::prose(description);
    out += manual::section("OPTIONS");
    std::string_view section;
    for (const Option& option : options()) {
        if (section_of(option.key) != section) {
            section = section_of(option.key);
            if (!section.empty()) out += manual::subsection(fmt::format("[{}]", section));
        }
        add_option(out, option);
    }
    out += manual::section("FILES") + manual::prose(files);
    out += manual::section("\"SEE ALSO\"");
    out += manual::prose("`turnpike`(1), `turnpike-bench`(1)");
    return manual::finished(std::move(out));
}

}  // namespace turnpike::config
