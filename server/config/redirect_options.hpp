// SPDX-License-Identifier: BSD-3-Clause
//
// The rows of [redirect] in the table of options.
#pragma once

#include <array>
#include <cstdint>

#include "server/config/option.hpp"

namespace turnpike::config {

inline constexpr std::array redirect_mode_words{std::string_view{"off"}, std::string_view{"always"},
                                                std::string_view{"overload"}};

inline constexpr std::array redirect_options{
    at<&Config::redirect, &Redirect::mode>({
        .key = "redirect.mode",
        .fallback = R"("off")",
        .help = "Whether clients that ask for a new allocation are sent to redirect.servers, once "
                "they have proved who they are; overload: while as many allocations live here as "
                "redirect.allocations says",
        .words = redirect_mode_words,
    }),
    at<&Config::redirect, &Redirect::servers>({
        .key = "redirect.servers",
        .fallback = "[]",
        .help = "Where to: one of the client's address family, by weight, and with it one of the "
                "other family that has the same domain; domain: the name in its certificate, if "
                "that is not ours; tls_address: where it serves TLS and DTLS, if on another port",
        .example = R"([{ address = "192.0.2.9:3478", domain = "turn2.example.org" }])",
    }),
    at<&Config::redirect, &Redirect::allocations>({
        .key = "redirect.allocations",
        .fallback = "0",
        .help = "How many allocations on this server are overload",
        .max = 1'000'000,
    }),
};

}  // namespace turnpike::config
