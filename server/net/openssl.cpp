// SPDX-License-Identifier: BSD-3-Clause
#include "server/net/openssl.hpp"

#include <openssl/err.h>

#include <system_error>

namespace turnpike::net {

std::string openssl_error() {
    const unsigned long code = ERR_get_error();
    ERR_clear_error();
    if (code == 0) return "no reason given";
    if (ERR_SYSTEM_ERROR(code)) return std::generic_category().message(ERR_GET_REASON(code));
    const char* const reason = ERR_reason_error_string(code);
    return reason == nullptr ? "error " + std::to_string(code) : reason;
}

}  // namespace turnpike::net
