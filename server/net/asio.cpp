// SPDX-License-Identifier: BSD-3-Clause
//
// Asio's own source, compiled once for every target that links this folder.
#include <boost/asio/impl/src.hpp>
