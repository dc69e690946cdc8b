// SPDX-License-Identifier: BSD-3-Clause
//
// turnserver takes either users or secrets; here both log in side by side. A user's key (0x...)
// is MD5 over name, realm and password: it goes into the database, never into [users].
#include <fmt/format.h>

#include <algorithm>

#include "server/config/value.hpp"
#include "server/coturn/areas.hpp"

namespace turnpike::coturn {
namespace {

constexpr std::size_t realm_bytes_max = 127;  // RFC 8489 section 14.9
constexpr std::size_t name_bytes_max = 508;   // RFC 8489 section 14.3
constexpr std::size_t key_digits = 32;
constexpr std::size_t server_name_bytes_max = 255;
constexpr std::string_view hex_digits = "0123456789abcdefABCDEF";

struct Login {
    std::string_view name;
    std::string_view password;  // or a key, with its 0x
    [[nodiscard]] bool is_key() const { return password.starts_with("0x"); }
};

[[nodiscard]] std::optional<Login> parse_login(std::string_view text) {
    const auto colon = text.find(':');
    if (colon == std::string_view::npos || colon == 0 || colon > name_bytes_max) {
        return std::nullopt;
    }
    const Login login{text.substr(0, colon), text.substr(colon + 1)};
    if (login.password.empty()) return std::nullopt;
    return login;
}

[[nodiscard]] bool is_good_key(std::string_view key) {
    return key.size() == 2 + key_digits &&
           key.find_first_not_of(hex_digits, 2) == std::string_view::npos;
}

// As SQL writes a text.
[[nodiscard]] std::string literal(std::string_view text) {
    std::string out = "'";
    for (const char each : text) out += each == '\'' ? std::string{"''"} : std::string{each};
    return out + '\'';
}

class Access {
public:
    explicit Access(Work& work) : work_{work} {}

    void carry();

private:
    void carry_realm();
    void carry_secrets();
    void carry_secret_flag();
    void carry_users();
    void carry_user(const Setting& setting, const Login& login);
    void carry_key(const Setting& setting, const Login& login);
    void carry_separator();
    void carry_tokens();
    void say_who_gets_in();

    Work& work_;
    bool has_secrets_ = false;
    bool has_users_ = false;
};

void Access::carry_realm() {
    const Setting* realm = work_.find("realm");
    if (realm == nullptr) {
        return work_.note(
            "no realm: coturn takes the domain of the host, Turnpike \"turnpike\"; write realm = "
            "\"...\" before you copy users, whose keys are good for one realm");
    }
    if (realm->value.size() > realm_bytes_max) {
        return work_.wrong(*realm, "longer than 127 octets (RFC 8489 section 14.9)");
    }
    work_.sets(*realm, "realm", config::quoted(realm->value));
}

void Access::carry_secrets() {
    for (const Setting& each : work_.all("static-auth-secret")) {
        work_.draft().add("auth.secrets", config::quoted(each.value), each.line);
        std::string says = "one of auth.secrets";
        if (each.value.find(" #") != std::string_view::npos) {
            says += "; all to the end of the line, with what stands behind \"#\", as in coturn";
        }
        work_.maps(each, says);
        has_secrets_ = true;
    }
    if (!has_secrets_) return;
    work_.note(
        "time-limited usernames are <expiry>:<user>, or <expiry>:<user>:<call>: a second colon "
        "begins the name of a call, and <user>:<expiry>, which coturn takes too, is not "
        "understood");
}

void Access::carry_secret_flag() {
    const Setting* flag = work_.find("use-auth-secret");
    if (flag == nullptr) return;
    if (has_secrets_) {
        return work_.changed(*flag, "auth.secrets, which work beside [users] and the database");
    }
    work_.no_equal(*flag,
                   "no static-auth-secret here, so the secrets are in coturn's database: "
                   "`turnpike secret add NAME`, or auth.secrets");
}

void Access::carry_key(const Setting& setting, const Login& login) {
    if (!is_good_key(login.password)) {
        return work_.wrong(setting, "a key is 0x and 32 hexadecimal digits");
    }
    const Setting* realm = work_.find("realm");
    const bool is_postgres = work_.is_on("psql-userdb") || work_.is_on("sql-userdb");
    const std::string_view digits = login.password.substr(2);
    work_.draft().remark(
        "users",
        fmt::format("{} has a key and no password. `turnpike migrate`, then say to the database, "
                    "and remove this: INSERT INTO {}account (realm, username, key_md5) VALUES ({}, "
                    "{}, {});",
                    login.name, is_postgres ? "turnpike." : "",
                    literal(realm == nullptr ? "turnpike" : realm->value), literal(login.name),
                    is_postgres ? fmt::format("decode('{}', 'hex')", digits)
                                : fmt::format("x'{}'", digits)));
    work_.no_equal(setting,
                   "a key cannot become a password in [users]; it is the key_md5 of "
                   "turnpike.account, for this realm alone: the INSERT stands in a comment of the "
                   "file that was written. Or make a new password: `turnpike user add NAME`");
}

void Access::carry_user(const Setting& setting, const Login& login) {
    if (login.is_key()) return carry_key(setting, login);
    has_users_ = true;
    const std::string name = config::quoted(login.name);
    work_.draft().add("users", fmt::format("{} = {}", name, config::quoted(login.password)),
                      setting.line);
    const std::string key = "users." + printable(name);
    if (!has_secrets_ && !work_.is_on("use-auth-secret")) return work_.maps(setting, key);
    work_.changed(setting, key +
                               ": logs in beside the secrets; with use-auth-secret coturn lets "
                               "no such user in, so remove the line if nobody is to");
}

void Access::carry_users() {
    const auto lines = work_.all("user");
    for (auto line = lines.begin(); line != lines.end(); ++line) {
        const auto login = parse_login(line->value);
        if (!login) {
            work_.wrong(*line, "not NAME:PASSWORD, both not empty");
            continue;
        }
        const auto is_same = [&](const Setting& other) {
            const auto found = parse_login(other.value);
            return found && found->name == login->name;
        };
        const auto later = std::find_if(line + 1, lines.end(), is_same);
        if (later == lines.end()) {
            carry_user(*line, *login);
        } else {
            work_.unused(*line, fmt::format("line {} says it again, and counts", later->line));
        }
    }
}

void Access::carry_separator() {
    const Setting* separator = work_.find("rest-api-separator");
    if (separator == nullptr) return;
    if (separator->value.front() == ':') {
        return work_.maps(*separator, "always so: <expiry>:<user>");
    }
    work_.no_equal(*separator,
                   "time-limited usernames have a colon, <expiry>:<user>: let the backend that "
                   "mints them write one");
}

void Access::carry_tokens() {
    const Setting* flag = work_.find("oauth");
    if (flag != nullptr) {
        work_.no_equal(*flag,
                       "write coturn's oauth_key into auth.access_tokens: kid is id, ikm_key is "
                       "key, as_rs_alg is algorithm, timestamp and lifetime are not_before and "
                       "not_after");
    }
    const Setting* name = work_.find("server-name");
    if (name == nullptr) return;
    if (flag == nullptr) return work_.unused(*name, "a name for access tokens, without oauth");
    if (name->value.size() > server_name_bytes_max) {
        return work_.wrong(*name, "longer than 255 octets");
    }
    work_.sets(*name, "auth.access_token_server_name", config::quoted(name->value));
}

void Access::say_who_gets_in() {
    const bool is_open = work_.is_on("no-auth") ||
                         (!work_.is_on("lt-cred-mech") && !work_.is_on("use-auth-secret") &&
                          !work_.is_on("oauth") && work_.all("user").empty() && !has_secrets_);
    if (is_open) {
        work_.note(
            "coturn lets everybody relay with this file, without a login; Turnpike lets nobody, "
            "until there is a user (`turnpike user add NAME`) or a secret (auth.secrets)");
    }
}

void Access::carry() {
    carry_realm();
    carry_secrets();
    carry_secret_flag();
    carry_users();
    carry_separator();
    carry_tokens();
    say_who_gets_in();
}

}  // namespace

void carry_access(Work& work) {
    Access{work}.carry();
}

}  // namespace turnpike::coturn
