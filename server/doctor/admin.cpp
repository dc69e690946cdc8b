// SPDX-License-Identifier: BSD-3-Clause
#include "server/doctor/admin.hpp"

#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include "protocol/address.hpp"
#include "server/config/closed_file.hpp"
#include "server/net/host_addresses.hpp"

namespace turnpike::doctor {
namespace {

constexpr std::string_view check = "admin interface";
constexpr std::size_t token_octets_advised = 16;

bool is_open_to_network(const std::string& listen) {
    const auto endpoint = protocol::Endpoint::parse(listen);
    return endpoint && !net::is_loopback(endpoint->address);
}

void judge_file(const AdminFacts& facts, Findings& findings) {
    const auto add = [&](Grade grade, std::string seen, std::string advice) {
        findings.push_back(
            {.grade = grade, .check = check, .seen = std::move(seen), .advice = std::move(advice)});
    };
    const int error = facts.file_error != 0 ? facts.file_error : facts.access.value_or(0);
    if (error != 0) {
        add(Grade::problem,
            fmt::format("{} cannot read {}: {}", facts.who, facts.token_file, std::strerror(error)),
            "`openssl rand -base64 32` makes a token; give the file to the server's group, with "
            "mode 640; or correct admin.token_file");
    }
    if (config::is_open_to_others(facts.file_mode)) {
        const bool may_write = (facts.file_mode & S_IWOTH) != 0;
        const bool may_read = (facts.file_mode & S_IROTH) != 0;
        add(Grade::problem,
            fmt::format("every user of this host can {} {}: the server does not take it",
                        may_write  ? "change"
                        : may_read ? "read"
                                   : "execute",
                        facts.token_file),
            fmt::format("`{}`, and make a new token", facts.command));
    }
}

}  // namespace

AdminFacts gather_admin(const config::Admin& admin, const std::optional<Account>& account) {
    AdminFacts facts{.listen = admin.listen,
                     .token_octets = admin.token.size(),
                     .token_file = admin.token_file,
                     .who = account ? account->name : "the server"};
    if (admin.token_file.empty()) return facts;
    struct stat status{};
    if (::stat(admin.token_file.c_str(), &status) != 0) {
        facts.file_error = errno;
        return facts;
    }
    facts.file_mode = status.st_mode & 07777U;
    facts.file_octets = static_cast<std::size_t>(status.st_size);
    facts.access = access_as(account, admin.token_file, R_OK);
    facts.command =
        config::command_to_close(admin.token_file, account ? account->name : std::string{});
    return facts;
}

Findings judge_admin(const AdminFacts& facts) {
    if (facts.listen.empty()) return {well(check, "off (admin.listen)")};
    Findings findings;
    if (!facts.token_file.empty()) judge_file(facts, findings);
    const std::size_t octets = facts.token_octets != 0 ? facts.token_octets : facts.file_octets;
    const bool has_token = octets != 0 && facts.file_error == 0;
    if (has_token && octets < token_octets_advised) {
        findings.push_back({.grade = Grade::warning,
                            .check = check,
                            .seen = fmt::format("a token shorter than {} characters can be guessed",
                                                token_octets_advised),
                            .advice = "`openssl rand -base64 32` makes one"});
    }
    if (is_open_to_network(facts.listen)) {
        findings.push_back(
            {.grade = Grade::warning,
             .check = check,
             .seen = fmt::format("{} answers the network, unencrypted", facts.listen),
             .advice = "listen on 127.0.0.1 or unix:FILE, and put a proxy with TLS "
                       "in front where others need it"});
    }
    if (findings.empty()) {
        findings.push_back(well(
            check, fmt::format("{}, {}", facts.listen,
                               has_token ? "with a token"
                                         : "without a token: only health and metrics answer")));
    }
    return findings;
}

}  // namespace turnpike::doctor
