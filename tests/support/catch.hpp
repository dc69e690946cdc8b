// SPDX-License-Identifier: BSD-3-Clause
//
// The one place that knows which Catch2 is installed: Debian 12 ships version 2, later releases 3.
#pragma once

#if __has_include(<catch2/catch.hpp>)
#include <catch2/catch.hpp>  // IWYU pragma: export
#else
#include <catch2/catch_all.hpp>  // IWYU pragma: export
#endif
