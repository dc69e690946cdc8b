// SPDX-License-Identifier: BSD-3-Clause
#include "server/import_coturn.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <istream>
#include <ostream>
#include <system_error>

#include "server/config/closed_file.hpp"
#include "server/configuration.hpp"
#include "server/coturn/import.hpp"
#include "server/net/default_addresses.hpp"
#include "server/net/file_descriptor.hpp"

namespace turnpike {
namespace {

constexpr std::size_t text_bytes_max = (1U << 20U) + 1;  // one more than is taken
constexpr mode_t configuration_mode = 0640;
constexpr mode_t report_mode = 0644;

[[nodiscard]] std::string read_all(std::istream& stream) {
    std::string text(text_bytes_max, '\0');
    stream.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(stream.gcount()));
    return text;
}

// Throws std::system_error where the file cannot be read.
[[nodiscard]] std::string read_file(const std::string& file) {
    std::error_code failure;
    if (std::filesystem::is_directory(file, failure)) {
        throw std::system_error{make_error_code(std::errc::is_a_directory), file};
    }
    errno = 0;
    std::ifstream stream{file, std::ios::binary};
    if (!stream) throw std::system_error{errno, std::generic_category(), file};
    return read_all(stream);
}

// A file that is there keeps its owner, group and mode: whoever could read it still can, the server
// among them. Throws std::system_error where that does not succeed to the end.
void write_file(const std::string& file, std::string_view text, mode_t mode) {
    const auto require = [&file](bool good) {
        if (!good) throw std::system_error{errno, std::generic_category(), file};
    };
    net::FileDescriptor out{::open(file.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode)};
    if (out.get() >= 0) {
        require(::fchmod(out.get(), mode) == 0);
    } else {
        require(errno == EEXIST);
        out = net::FileDescriptor{
            ::open(file.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode)};
        require(out.get() >= 0);
    }
    while (!text.empty()) {
        const auto written = ::write(out.get(), text.data(), text.size());
        if (written < 0 && errno == EINTR) continue;
        require(written > 0);
        text.remove_prefix(static_cast<std::size_t>(written));
    }
}

// A pipe or a device may be written to; what is in a file stays there.
[[nodiscard]] bool is_in_the_way(const std::optional<std::string>& file) {
    std::error_code ignored;
    return file && std::filesystem::is_regular_file(*file, ignored);
}

void warn_if_open(const std::string& file, std::ostream& error) {
    struct stat status{};
    if (::stat(file.c_str(), &status) != 0 || !S_ISREG(status.st_mode)) return;
    if ((status.st_mode & S_IROTH) == 0) return;
    error << fmt::format("warning: every user can read {}; run `{}`\n", file,
                         config::command_to_close(file, {}));
}

// What only the rules of credentials and this machine can tell of what was made.
void check_here(coturn::Imported& imported, const coturn::Surroundings& around) {
    if (!imported.ok()) return;
    config::Loaded loaded = config::load_text(imported.toml, coturn::toml_name, {});
    loaded.warnings.clear();  // told already
    check_credentials(loaded);
    const auto told = [&](config::Problem& each) {
        return coturn::at_origin(std::move(each), imported.toml, around.file);
    };
    for (config::Problem& each : loaded.errors) imported.errors.push_back(told(each));
    // Another machine may be the one that will serve.
    if (!loaded.ok()) return;
    check_certificates(loaded);
    for (config::Problem& each : loaded.errors) imported.warnings.push_back(told(each));
    for (config::Problem& each : loaded.warnings) imported.warnings.push_back(told(each));
}

[[nodiscard]] coturn::Surroundings look_around(const std::string& file) {
    const bool is_stream = file == "-";
    return {.file = is_stream ? "standard input" : file,
            .folder = std::filesystem::absolute(is_stream ? "." : file).parent_path(),
            .local = net::default_addresses(),
            .kernel = gather_inputs({}).around};
}

}  // namespace

ExitCode import_coturn(const ImportCoturnCommand& command, const Console& console) {
    for (const auto& file : {command.output, command.report}) {
        if (command.force || !is_in_the_way(file)) continue;
        console.error << fmt::format("error: {} exists; --force writes over it\n", *file);
        return ExitCode::bad_usage;
    }
    const std::string text = command.file == "-" ? read_all(console.in) : read_file(command.file);
    const coturn::Surroundings around = look_around(command.file);
    coturn::Imported imported = coturn::import_text(text, around);
    check_here(imported, around);
    std::string report = coturn::report(imported, around.file);
    if (!imported.ok()) report += "error: no configuration was written\n";
    if (command.report) {
        write_file(*command.report, report, report_mode);
    } else {
        console.error << report;
    }
    if (!imported.ok()) return ExitCode::bad_configuration;
    if (command.output) {
        write_file(*command.output, imported.toml, configuration_mode);
        warn_if_open(*command.output, console.error);
    } else {
        console.out << imported.toml;
    }
    return ExitCode::clean;
}

}  // namespace turnpike
