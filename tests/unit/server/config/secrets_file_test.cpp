// SPDX-License-Identifier: BSD-3-Clause
#include "server/config/secrets_file.hpp"

#include <filesystem>
#include <fstream>

#include "server/config/load.hpp"
#include "tests/support/catch.hpp"
#include "tests/support/folder.hpp"

namespace turnpike::config {
namespace {

constexpr auto private_file = std::filesystem::perms{0640};

std::string written(const test::Folder& folder, const std::string& text,
                    std::filesystem::perms permissions = private_file) {
    const std::string file = folder.file("secret");
    std::ofstream{file} << text;
    std::filesystem::permissions(file, permissions);
    return file;
}

std::vector<std::string> secrets(const SecretsFile& file) {
    std::vector<std::string> texts;
    for (const Secret& each : file.secrets) texts.push_back(each.secret);
    return texts;
}

TEST_CASE("every line is a secret, but for remarks and blank ones") {
    const test::Folder folder;
    const SecretsFile file = read_secrets_file(
        written(folder, "# of 2026\nfirst secret\r\n\n  \t\n second # no remark \nthird"));
    CHECK(secrets(file) == std::vector<std::string>{"first secret", "second # no remark", "third"});
    CHECK(file.error.empty());
    CHECK(file.warning.empty());
}

TEST_CASE("a file that cannot be read, or holds nothing, is an error that says so") {
    const test::Folder folder;
    const auto refusal = [](const std::string& path) { return read_secrets_file(path).error; };
    CHECK_THAT(refusal(folder.file("missing")),
               Catch::Contains("missing cannot be read: No such file or directory"));
    CHECK_THAT(refusal(folder.path()), Catch::EndsWith("is no file"));
    CHECK_THAT(refusal(written(folder, "# nothing\n\n")), Catch::Contains("holds no secret"));
    CHECK_THAT(refusal(written(folder, std::string(65'537, 'x'))),
               Catch::Contains("larger than 64 KiB"));
    CHECK(refusal(written(folder, std::string(65'536, 'x'))).empty());
}

TEST_CASE("a file that every user can read is warned of, without its secret") {
    const test::Folder folder;
    const SecretsFile file =
        read_secrets_file(written(folder, "kept quiet", std::filesystem::perms{0644}));
    CHECK(secrets(file) == std::vector<std::string>{"kept quiet"});
    CHECK_THAT(file.warning, Catch::Contains("chmod 640") && !Catch::Contains("quiet"));
}

TEST_CASE("a configuration takes the secrets of its file beside its own") {
    const test::Folder folder;
    const std::string file = written(folder, "that of the file, long enough\n");
    const Loaded loaded = load_text(
        "[auth]\nsecrets = [\"that of the text, long enough\"]\nsecrets_file = \"" + file + "\"\n",
        "turnpike.toml", {});
    REQUIRE(loaded.ok());
    REQUIRE(loaded.config.auth.secrets.size() == 2);
    CHECK(loaded.config.auth.secrets[0].secret == "that of the text, long enough");
    CHECK(loaded.config.auth.secrets[1].secret == "that of the file, long enough");
}

TEST_CASE("a configuration whose file of secrets is missing is refused, with its line") {
    const Loaded loaded = load_text("[auth]\nsecrets_file = \"/nowhere/secret\"\n", "turnpike.toml",
                                    {.spare_secret = "not used in its place"});
    REQUIRE(loaded.errors.size() == 1);
    CHECK(loaded.errors[0].where == "turnpike.toml:2");
    CHECK_THAT(loaded.errors[0].what, Catch::StartsWith("auth.secrets_file: /nowhere/secret"));
    CHECK_FALSE(loaded.used_spare_secret);
}

}  // namespace
}  // namespace turnpike::config
