// SPDX-License-Identifier: BSD-3-Clause
#include "server/admin/settings.hpp"

#include <filesystem>
#include <fstream>

#include "server/config/load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike::admin {
namespace {

namespace fs = std::filesystem;

struct TokenFile {
    explicit TokenFile(const std::string& text) {
        std::ofstream{path} << text;
        fs::permissions(path, fs::perms::owner_read | fs::perms::group_read);
    }
    [[nodiscard]] config::Admin admin() const {
        config::Admin admin;
        admin.token_file = path.string();
        return admin;
    }
    test::Folder folder;
    fs::path path = folder.path() / "token";
};

TEST_CASE("the token is that of the configuration, or of its file without white space around") {
    config::Admin admin;
    CHECK(read_token(admin)->empty());
    admin.token = "sesame";
    CHECK(*read_token(admin) == "sesame");
    CHECK(*read_token(TokenFile{" \t sesame open \r\n"}.admin()) == "sesame open");
}

TEST_CASE("a file that anybody may read, that is empty or that is none holds no token") {
    const TokenFile open{"sesame"};
    fs::permissions(open.path, fs::perms::others_read, fs::perm_options::add);
    CHECK(read_token(open.admin()).error().what.find("chmod 640 ") != std::string::npos);
    CHECK(read_token(TokenFile{" \n"}.admin()).error().what.find("no token") != std::string::npos);
    CHECK_FALSE(read_token(TokenFile{std::string(5000, 'x')}.admin()).has_value());
    config::Admin admin;
    admin.token_file = "/nowhere/token";
    CHECK(read_token(admin).error().what ==
          "admin.token_file: /nowhere/token: No such file or directory");
    admin.token_file = "/dev/zero";
    CHECK_FALSE(read_token(admin).has_value());
}

TEST_CASE("settings are those of the configuration") {
    const config::Loaded loaded = config::load_text(
        "realm = 'example.org'\nauth.secrets = ['the new secret of a site', 'the old one of a "
        "site']\n[admin]\ncors_origins = ['https://a.example']\nmints_per_minute = 7\n"
        "[listen]\nudp = ['0.0.0.0:3478']\ntcp = []",
        "test.toml", {});
    REQUIRE(loaded.ok());
    const Settings settings =
        make_settings(loaded.config, "sesame", {*protocol::IpAddress::parse("203.0.113.5")});
    CHECK(settings.token == "sesame");
    CHECK(settings.cors_origins == std::vector<std::string>{"https://a.example"});
    CHECK(settings.mints_per_minute == 7);
    CHECK(settings.realm == "example.org");
    CHECK(settings.secrets.front() == "the new secret of a site");
    CHECK(settings.secrets.size() == 2);
    CHECK(settings.stun_urls == std::vector<std::string>{"stun:203.0.113.5:3478"});
    CHECK(settings.turn_urls == std::vector<std::string>{"turn:203.0.113.5:3478?transport=udp"});
}

}  // namespace
}  // namespace turnpike::admin
