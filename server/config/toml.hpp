// SPDX-License-Identifier: BSD-3-Clause
//
// toml++ as this folder uses it: a syntax error is a value, not an exception.
#pragma once

#define TOML_EXCEPTIONS 0
#define TOML_ENABLE_WINDOWS_COMPAT 0
#include <toml++/toml.h>  // IWYU pragma: export
