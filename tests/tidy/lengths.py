# SPDX-License-Identifier: BSD-3-Clause
"""Files of at most 400 lines, functions of at most 70 and with at most 4 parameters."""
import ast

import exceptions
import source

FILE_LINES = 400
FUNCTION_LINES = 70
PARAMETERS = 4


def violations(tree, grants=exceptions.granted):
    yield from _files(tree, exceptions.Ratchet(FILE_LINES, grants("file_lines")))
    long = exceptions.Ratchet(FUNCTION_LINES, grants("function_lines"))
    wide = exceptions.Ratchet(PARAMETERS, grants("parameters"))
    for path in tree.paths:
        for function in _functions(tree, path):
            key = f"{path}:{function.name}"
            yield from filter(None, [long.judge(key, function.lines, "lines in a function"),
                                     wide.judge(key, function.parameters, "parameters")])
    yield from long.unused()
    yield from wide.unused()


def _files(tree, ratchet):
    for path in sorted(set(tree.cpp() + tree.scripts())):
        yield from filter(None, [ratchet.judge(path, len(tree.lines(path)), "lines")])
    yield from ratchet.unused()


def _functions(tree, path):
    if path.endswith(".cpp") or path.endswith(".hpp"):
        # A test's name and tags are not parameters.
        return [f for f in source.functions(tree.text(path)) if f.name not in ("TEST_CASE", "TEST_CASE_METHOD")] + [
            source.Function(f"test in line {f.line}", f.line, f.lines, 0, f.body)
            for f in source.functions(tree.text(path)) if f.name in ("TEST_CASE", "TEST_CASE_METHOD")]
    return _python_functions(tree.text(path)) if tree.is_python(path) else []


def _python_functions(text):
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            names = [each.arg for each in node.args.posonlyargs + node.args.args if each.arg not in ("self", "cls")]
            needed = len(names) - len(node.args.defaults)  # what has a default is an option, as a struct's member is
            yield source.Function(node.name, node.lineno, node.end_lineno - node.lineno + 1, max(needed, 0), "")
