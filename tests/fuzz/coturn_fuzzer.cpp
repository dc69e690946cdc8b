// SPDX-License-Identifier: BSD-3-Clause
//
// A turnserver.conf as anybody may have written it: each line has one verdict, and what comes out
// without errors is a configuration that loads.
#include <cstdlib>
#include <string_view>

#include "server/config/load.hpp"
#include "server/coturn/import.hpp"

namespace turnpike::coturn {
namespace {

void require(bool holds) {
    if (!holds) std::abort();
}

void import_anything(std::string_view text) {
    static const Surroundings around{.file = "turnserver.conf",
                                     .folder = "/etc",
                                     .local = {protocol::IpAddress::v4(0x0A01'0105)}};
    const Lines lines = read_lines(text);
    const Imported imported = import_text(text, around);
    require(imported.verdicts.size() == lines.settings.size());
    for (std::size_t index = 0; index < lines.settings.size(); ++index) {
        require(imported.verdicts[index].line == lines.settings[index].line);
    }
    require(is_utf8(report(imported, around.file)));
    if (imported.ok()) require(config::load_text(imported.toml, toml_name, {}).ok());
}

}  // namespace
}  // namespace turnpike::coturn

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    turnpike::coturn::import_anything({reinterpret_cast<const char*>(data), size});
    return 0;
}
