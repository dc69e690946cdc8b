// SPDX-License-Identifier: BSD-3-Clause
//
// Only its precompiled headers are of use: cmake/flags.cmake.
