// SPDX-License-Identifier: BSD-3-Clause
//
// A small command line with one of everything that ours have.
#pragma once

#include <CLI/CLI.hpp>
#include <string>
#include <vector>

namespace turnpike::test {

struct SampleProgram {
    SampleProgram() {
        app.set_version_flag("--version", "1");
        for (const char* name : {"serve", "check", "drain", "show"}) {
            auto& command = *app.add_subcommand(name, std::string{"To "} + name);
            command.add_option("--config", text, "Which file")->type_name("FILE");
            command.add_option("--set", text, "Set one option")->type_name("KEY=VALUE");
        }
        auto& check = *app.get_subcommand("check");
        check.add_option("-f,--format", format, "How it is said")
            ->check(CLI::IsMember({"text", "json"}))
            ->capture_default_str();
        check.add_flag("-q,--quiet", flag, "Say `nothing`");
        check.add_option("FILE", text, "What to look at");
        auto& call = *app.add_subcommand("call", "Calls");
        auto& end = *call.add_subcommand("end", "End calls.");
        end.add_option("ID", texts, "Which")->required();
        app.add_subcommand("secret-door", "Nobody knows")->group("");
    }

    CLI::App app{"A sample", "sam-ple"};
    std::string text;
    std::string format = "text";
    std::vector<std::string> texts;
    bool flag = false;
};

}  // namespace turnpike::test
