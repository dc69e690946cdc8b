// SPDX-License-Identifier: BSD-3-Clause
#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include "server/app.hpp"

int main(int argc, char** argv) {
    const std::vector<std::string> arguments(argv + std::min(argc, 1), argv + argc);
    return static_cast<int>(turnpike::run(arguments, std::cout, std::cerr));
}
