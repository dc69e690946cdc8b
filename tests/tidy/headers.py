# SPDX-License-Identifier: BSD-3-Clause
"""Every header compiles alone, and begins as headers here do."""
import shutil

import cache

COMPILER = "g++"
FLAGS = ["-std=c++20", "-fsyntax-only", "-Wall", "-Wextra", "-Werror", "-I.", "-DBOOST_ASIO_NO_DEPRECATED",
         "-DBOOST_ASIO_SEPARATE_COMPILATION", '-DTURNPIKE_VERSION="0"', '-DTURNPIKE_VECTORS="tests/vectors"']


def violations(tree):
    for path in tree.headers():
        if "#pragma once" not in tree.lines(path):
            yield f"{path}: no #pragma once"
    if not shutil.which(COMPILER):
        yield f"{COMPILER} is missing: headers are not compiled"
        return
    for path, output in cache.run_each(tree, {path: command(path) for path in tree.headers()}):
        yield f"{path} does not compile alone:\n{output}"


def command(path):
    return [COMPILER, *FLAGS, "-x", "c++", "-"], f'#include "{path}"\n'
