// SPDX-License-Identifier: BSD-3-Clause
//
// Boost.URL's own sources, compiled once for the whole program: the library is used header-only.
#include <boost/url/src.hpp>  // NOLINT(bugprone-suspicious-include)
