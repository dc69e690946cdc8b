// SPDX-License-Identifier: BSD-3-Clause
#include "server/xdp/pins.hpp"

#include <bpf/bpf.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <filesystem>
#include <optional>
#include <string_view>
#include <system_error>

#include "server/net/file_descriptor.hpp"

namespace turnpike::xdp {

namespace {

// An interface by its number: a BPF file system keeps names with a dot for itself, and interfaces
// of VLANs have one.
constexpr std::string_view link_prefix = "link-";
constexpr std::string_view xdp_suffix = "-xdp";
constexpr std::string_view tc_suffix = "-tc";

std::optional<LinkPlace> place_of(std::string_view name) noexcept {
    LinkPlace place;
    if (!name.starts_with(link_prefix)) return std::nullopt;
    name.remove_prefix(link_prefix.size());
    const auto [end, error] =
        std::from_chars(name.data(), name.data() + name.size(), place.interface);
    if (error != std::errc{}) return std::nullopt;
    name.remove_prefix(static_cast<std::size_t>(end - name.data()));
    if (name != xdp_suffix && name != tc_suffix) return std::nullopt;
    place.entry = name == xdp_suffix ? EntryPoint::xdp : EntryPoint::tc;
    return place;
}

Outcome<void> check_kind(const std::string& folder) {
    struct statfs system{};
    if (::statfs(folder.c_str(), &system) != 0) return problem(errno, "the folder " + folder);
    if (static_cast<unsigned long>(system.f_type) == BPF_FS_MAGIC) return {};
    return problem(EINVAL, "the folder " + folder +
                               " is in no BPF file system: mount one, as with "
                               "`mount -t bpf bpf /sys/fs/bpf`");
}

Outcome<void> check_owner(const std::string& folder, std::optional<uid_t> owner) {
    struct stat there{};
    if (::lstat(folder.c_str(), &there) != 0) return problem(errno, "the folder " + folder);
    const std::string advice = ": make one that is the server's own, with `install -d -m 0700`";
    if (!S_ISDIR(there.st_mode)) return problem(ENOTDIR, folder + " is no folder");
    if (there.st_uid != 0 && there.st_uid != ::geteuid() && there.st_uid != owner) {
        return problem(EPERM, "the folder " + folder + " is somebody else's" + advice);
    }
    if ((there.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
        return problem(EPERM, "others may write into the folder " + folder + advice);
    }
    if (::faccessat(AT_FDCWD, folder.c_str(), R_OK | W_OK | X_OK, AT_EACCESS) != 0) {
        return problem(errno, "the folder " + folder + " may not be written" + advice);
    }
    return {};
}

}  // namespace

Pin::~Pin() {
    if (!path_.empty()) static_cast<void>(::unlink(path_.c_str()));
}

Outcome<Pins> Pins::open(std::string folder, std::optional<uid_t> owner) {
    while (folder.size() > 1 && folder.back() == '/') folder.pop_back();
    if (::access(folder.c_str(), F_OK) != 0 && errno == ENOENT) {
        // Nothing is made where it could not be used.
        const std::string above = std::filesystem::path{folder}.parent_path();
        if (auto checked = check_kind(above.empty() ? "." : above); !checked)
            return checked.error();
        if (::mkdir(folder.c_str(), S_IRWXU) != 0 && errno != EEXIST) {
            return problem(errno, "the folder " + folder +
                                      " cannot be made: whoever may write above has to make it, "
                                      "for the server's user");
        }
    }
    if (auto checked = check_kind(folder); !checked) return checked.error();
    if (auto checked = check_owner(folder, owner); !checked) return checked.error();
    return Pins{std::move(folder)};
}

std::string Pins::path_of(const LinkPlace& place) const {
    std::string path = folder_ + '/';
    path += link_prefix;
    path += std::to_string(place.interface);
    path += place.entry == EntryPoint::xdp ? xdp_suffix : tc_suffix;
    return path;
}

Outcome<Pin> Pins::pin(int descriptor, std::string path) const {
    if (bpf_obj_pin(descriptor, path.c_str()) != 0) return problem(errno, "pinning " + path);
    return Pin{std::move(path)};
}

bool Pins::has_maps() const {
    return std::ranges::any_of(
        maps, [this](const char* map) { return ::access(path_of(map).c_str(), F_OK) == 0; });
}

std::vector<LinkPlace> Pins::links() const {
    std::vector<LinkPlace> found;
    std::error_code ignored;
    for (const auto& entry : std::filesystem::directory_iterator{folder_, ignored}) {
        if (const auto place = place_of(entry.path().filename().native())) found.push_back(*place);
    }
    return found;
}

void Pins::remove(const LinkPlace& place) const noexcept {
    const std::string path = path_of(place);
    const net::FileDescriptor link{bpf_obj_get(path.c_str())};
    // Without an interface it has been already.
    if (link) static_cast<void>(bpf_link_detach(link.get()));
    static_cast<void>(::unlink(path.c_str()));
}

void Pins::remove_links_but(std::span<const LinkPlace> wanted) const {
    for (const LinkPlace& place : links()) {
        if (std::ranges::find(wanted, place) == wanted.end()) remove(place);
    }
}

void Pins::remove_all() const {
    remove_links_but({});
    for (const char* const map : maps) static_cast<void>(::unlink(path_of(map).c_str()));
}

Outcome<void> Pins::give_to(uid_t user, gid_t group) const {
    std::vector<std::string> paths{folder_};
    for (const char* const map : maps) paths.push_back(path_of(map));
    for (const LinkPlace& place : links()) paths.push_back(path_of(place));
    for (const std::string& path : paths) {
        if (::lchown(path.c_str(), user, group) != 0 && errno != ENOENT) {
            return problem(errno, "giving " + path + " to the server's user");
        }
    }
    return {};
}

}  // namespace turnpike::xdp
