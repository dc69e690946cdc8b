// SPDX-License-Identifier: BSD-3-Clause
//
// Boost.JSON's own sources, compiled once for the whole program: the library is used header-only.
#include <boost/json/src.hpp>  // NOLINT(bugprone-suspicious-include)
