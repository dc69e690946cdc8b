// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/port_holder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <span>
#include <sstream>
#include <system_error>
#include <vector>

namespace turnpike::doctor {
namespace {

namespace fs = std::filesystem;
using protocol::Endpoint;
using protocol::IpAddress;

std::string text_of(const fs::path& file) {
    std::ifstream stream{file};
    return {std::istreambuf_iterator<char>{stream}, {}};
}

std::string program_of(const fs::path& process) {
    std::string name = text_of(process / "comm");
    while (name.ends_with('\n')) name.pop_back();
    return name;
}

template <typename Number>
std::optional<Number> number(std::string_view text, int base) {
    Number value = 0;
    const auto [end, failure] =
        std::from_chars(text.data(), text.data() + text.size(), value, base);
    if (failure != std::errc{} || end != text.data() + text.size()) return std::nullopt;
    return value;
}

// "0100007F:0D96": the address as words in this machine's order, the port as a number.
std::optional<Endpoint> parse_local(std::string_view text) {
    const auto colon = text.find(':');
    if (colon != 8 && colon != 32) return std::nullopt;
    const auto port = number<std::uint16_t>(text.substr(colon + 1), 16);
    std::array<std::byte, 16> octets{};
    for (std::size_t word = 0; word < colon / 8; ++word) {
        const auto value = number<std::uint32_t>(text.substr(word * 8, 8), 16);
        if (!value) return std::nullopt;
        const auto raw = std::as_bytes(std::span{&*value, 1});
        std::ranges::copy(raw, octets.begin() + static_cast<std::ptrdiff_t>(word * 4));
    }
    if (!port) return std::nullopt;
    const std::span<const std::byte, 16> all{octets};
    return Endpoint{colon == 8 ? IpAddress::v4(all.first<4>()) : IpAddress::v6(all), *port};
}

bool collides(const IpAddress& one, const IpAddress& other) {
    return one == other || one.is_unspecified() || other.is_unspecified();
}

// Descriptors are symbolic links that name the socket: "socket:[12345]".
bool holds(const fs::path& process, const std::string& socket) {
    std::error_code failure;
    for (fs::directory_iterator each{process / "fd", failure}, end; !failure && each != end;
         each.increment(failure)) {
        std::error_code gone;
        if (fs::read_symlink(each->path(), gone) == socket) return true;
    }
    return false;
}

}  // namespace

std::optional<std::uint64_t> find_socket(std::string_view table, const Endpoint& endpoint,
                                         bool is_stream) {
    std::istringstream lines{std::string{table}};
    std::string line;
    std::getline(lines, line);  // the heading
    while (std::getline(lines, line)) {
        std::istringstream words{line};
        const std::vector<std::string> fields{std::istream_iterator<std::string>{words}, {}};
        if (fields.size() < 10) continue;
        const bool is_listening = fields[3] == "0A";
        const auto local = parse_local(fields[1]);
        if (!local || (is_stream && !is_listening)) continue;
        if (local->port != endpoint.port || !collides(local->address, endpoint.address)) continue;
        return number<std::uint64_t>(fields[9], 10);
    }
    return std::nullopt;
}

std::optional<PortHolder> find_port_holder(const Endpoint& endpoint, bool is_stream) {
    const std::string table = fmt::format("/proc/net/{}{}", is_stream ? "tcp" : "udp",
                                          endpoint.address.is_v6() ? "6" : "");
    const auto inode = find_socket(text_of(table), endpoint, is_stream);
    if (!inode) return std::nullopt;
    const std::string socket = fmt::format("socket:[{}]", *inode);
    std::error_code failure;
    for (fs::directory_iterator each{"/proc", failure}, end; !failure && each != end;
         each.increment(failure)) {
        const auto process = number<pid_t>(each->path().filename().native(), 10);
        if (process && holds(each->path(), socket)) {
            return PortHolder{*process, program_of(each->path())};
        }
    }
    return std::nullopt;
}

std::string own_program() {
    return program_of("/proc/self");
}

}  // namespace turnpike::doctor
