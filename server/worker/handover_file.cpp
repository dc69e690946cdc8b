// SPDX-License-Identifier: BSD-3-Clause
#include "server/worker/handover_file.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "server/net/file_descriptor.hpp"

namespace turnpike::worker {

using Outcome = protocol::Result<void, NoHandover>;

namespace {

// Allocations with hundreds of channels each; more is no file of ours.
constexpr std::size_t octets_max = std::size_t{1} << 30U;

std::string reason(int error) {
    return std::generic_category().message(error);
}

bool write_all(int file, std::string_view text) {
    while (!text.empty()) {
        const auto written = ::write(file, text.data(), text.size());
        if (written < 0 && errno != EINTR) return false;
        if (written > 0) text.remove_prefix(static_cast<std::size_t>(written));
    }
    return true;
}

protocol::Result<std::string, NoHandover> read_all(int file, std::size_t size) {
    std::string text(size, '\0');
    std::size_t filled = 0;
    while (filled < size) {
        const auto got = ::read(file, text.data() + filled, size - filled);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return NoHandover{reason(errno)};
        if (got == 0) return NoHandover{"it became shorter while it was read"};
        filled += static_cast<std::size_t>(got);
    }
    return {boost::system::in_place_value, std::move(text)};
}

// Whoever else may write it could let anybody log in. Its size.
protocol::Result<std::size_t, NoHandover> examine(int file, std::optional<uid_t> owner) {
    struct stat status{};
    if (::fstat(file, &status) != 0) return NoHandover{reason(errno)};
    const bool is_ours =
        status.st_uid == ::geteuid() || status.st_uid == 0 || status.st_uid == owner;
    if (!S_ISREG(status.st_mode) || !is_ours || (status.st_mode & (S_IRWXG | S_IRWXO)) != 0) {
        return NoHandover{"somebody else may read or write it"};
    }
    const auto size = static_cast<std::size_t>(status.st_size);
    if (size > octets_max) return NoHandover{"it is too large"};
    return size;
}

protocol::Result<Handover, NoHandover> read(int file, std::optional<uid_t> owner) {
    const auto size = examine(file, owner);
    if (!size) return size.error();
    const auto text = read_all(file, *size);
    if (!text) return text.error();
    auto handover = parse_handover(*text);
    if (handover && handover->boot != boot_name()) {
        return NoHandover{"the machine was started again meanwhile"};
    }
    return handover;
}

}  // namespace

std::string boot_name() {
    std::ifstream file{"/proc/sys/kernel/random/boot_id"};
    std::string name;
    std::getline(file, name);
    return name;
}

Outcome can_leave(const std::string& file) {
    std::filesystem::path folder = std::filesystem::path{file}.parent_path();
    if (folder.empty()) folder = ".";
    if (::access(folder.c_str(), W_OK | X_OK) == 0) return {};
    return NoHandover{folder.string() + ": " + reason(errno)};
}

Outcome leave(const Handover& handover, const std::string& file) {
    const std::string unfinished = file + ".new";
    const auto failed = [&]() -> Outcome {
        const int error = errno;
        ::unlink(unfinished.c_str());
        return NoHandover{file + ": " + reason(error)};
    };
    ::unlink(unfinished.c_str());  // of somebody who did not get to the end
    const net::FileDescriptor out{::open(unfinished.c_str(),
                                         O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW,
                                         S_IRUSR | S_IWUSR)};
    if (!out || !write_all(out.get(), to_text(handover))) return failed();
    if (::rename(unfinished.c_str(), file.c_str()) != 0) return failed();
    return {};
}

Found find_handover(const std::string& file, std::optional<uid_t> owner) {
    const net::FileDescriptor in{
        ::open(file.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
    if (!in) return {.handover = {}, .problem = errno == ENOENT ? "" : reason(errno)};
    auto handover = read(in.get(), owner);
    if (!handover) return {.handover = {}, .problem = handover.error().why};
    return {.handover = *std::move(handover), .problem = {}};
}

void forget_handover(const std::string& file) noexcept {
    ::unlink(file.c_str());
}

}  // namespace turnpike::worker
