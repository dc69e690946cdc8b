# SPDX-License-Identifier: BSD-3-Clause
"""Every header compiles alone, and begins as headers here do.

One that its own source includes first is compiled alone by the lint, which knows no precompiled headers.
"""
import functools
import shutil
import subprocess

import cache
import layers
import lint

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
    due = [path for path in tree.headers() if not comes_first(tree, path)]
    for path, output in cache.run_each(tree, {path: command(path) for path in due}):
        yield f"{path} does not compile alone:\n{output}"


def comes_first(tree, header):
    """Whether the lint compiles a source that begins with this header."""
    source = header.removesuffix(".hpp") + ".cpp"
    return (header.startswith(lint.FOLDERS) and source in tree.paths
            and next(iter(layers.includes(tree, source)), None) == header)


@functools.cache
def library_flags():
    """Of the one library whose headers stand in a folder of their own."""
    return subprocess.run(["pkg-config", "--cflags", "libpq"], text=True, capture_output=True).stdout.split()


def command(path):
    return [COMPILER, *FLAGS, *library_flags(), "-x", "c++", "-"], f'#include "{path}"\n'
