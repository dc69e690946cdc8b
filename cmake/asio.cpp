// SPDX-License-Identifier: BSD-3-Clause
//
// Asio's own source, compiled once for all that use it.
#include <boost/asio/impl/src.hpp>
