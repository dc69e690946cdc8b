# SPDX-License-Identifier: BSD-3-Clause
"""Reads C++ just well enough for the house's rules: what is comment, what is code, where functions begin and end.

No parser: it follows brackets in text without comments and literals. It errs on the side of finding nothing.
"""
import dataclasses
import re

_TOKEN = re.compile(
    r"""(?P<comment>//[^\n]*|/\*.*?\*/)
      | (?P<raw>\b(?:u8|[uUL])?R"(?P<mark>[^()\s\\]{0,16})\(.*?\)(?P=mark)")
      | (?P<string>"(?:\\.|[^"\\\n])*")
      | (?P<number>\b\d[\w']*)
      | (?P<char>'(?:\\.|[^'\\\n])+')""", re.X | re.S)


def _blank(text):
    return re.sub(r"[^\n]", " ", text)


def without_comments(text):
    """The same text, comments as spaces."""
    return _TOKEN.sub(lambda found: _blank(found[0]) if found["comment"] else found[0], text)


def code_only(text):
    """The same text, comments and the insides of literals as spaces; quotes stay."""
    def replace(found):
        if found["comment"]:
            return _blank(found[0])
        if found["raw"] or found["string"] or found["char"]:
            quote = '"' if not found["char"] else "'"
            return quote + _blank(found[0][1:-1]) + quote
        return found[0]
    return _TOKEN.sub(replace, text)


def comments(text):
    """Pairs of line number and text, one for each line of comment."""
    for found in _TOKEN.finditer(text):
        if found["comment"]:
            first = line_of(text, found.start())
            for offset, line in enumerate(found[0].splitlines()):
                yield first + offset, line


def line_of(text, position):
    return text.count("\n", 0, position) + 1


@dataclasses.dataclass(frozen=True)
class Function:
    name: str
    line: int
    lines: int
    parameters: int
    body: str


_NOT_FUNCTION = re.compile(r"^(?:export\s+)?(?:inline\s+)?(?:namespace|class|struct|union|enum|extern|concept|using)\b")
_TEMPLATE = re.compile(r"^template\s*<")
_NAME = re.compile(r"([~\w:]+|operator\s*(?:\(\)|[^\s\w(]+|\"\"\s*\w+|\w[\w\s:*&]*))\s*$")
_CONTROL = re.compile(r"^(?:if|for|while|switch|do|else|try|catch|return)\b")


def _closing(code, opening):
    """Where the bracket at `opening` closes; the end of the text where it does not."""
    depth = 0
    for at in range(opening, len(code)):
        if code[at] in "({[":
            depth += 1
        elif code[at] in ")}]":
            depth -= 1
            if depth == 0:
                return at
    return len(code)


def _without_template(head):
    head = head.strip()
    while _TEMPLATE.match(head):
        depth, at = 0, head.index("<")
        for at in range(at, len(head)):
            depth += {"<": 1, ">": -1}.get(head[at], 0)
            if depth == 0:
                break
        head = head[at + 1:].strip()
        head = re.sub(r"^requires\s+[\w:<>, ]+?(?=\[\[|\n|$)", "", head).strip()
    return head


def _parameter_list(head):
    """The name before the first round bracket of a declaration, and the text inside of it."""
    start = head.find("(")
    while start >= 0:
        name = _NAME.search(head[:start])
        if name and name[1] not in ("noexcept", "alignas", "decltype", "requires", "explicit", "__attribute__"):
            end = _closing(head, start)
            if name[1].endswith("operator"):
                start = head.find("(", end)
                end = _closing(head, start)
                return "operator()", head[start + 1:end]
            return name[1].strip(), head[start + 1:end]
        start = head.find("(", _closing(head, start))
    return None


def count_parameters(text):
    if text.strip() in ("", "void"):
        return 0
    depth, count = 0, 1
    for character in text:
        if character in "(<[{":
            depth += 1
        elif character in ")>]}":
            depth -= 1
        elif character == "," and depth == 0:
            count += 1
    return count


def functions(text):
    """Every function with a body, at namespace or class level; what is inside of a body belongs to it."""
    code = re.sub(r"^[ \t]*#(?:[^\n]*\\\n)*[^\n]*", lambda found: _blank(found[0]), code_only(text), flags=re.M)
    start = at = 0
    while at < len(code):
        character = code[at]
        if character in ";}":
            start = at + 1
        elif character == "(" or character == "[":
            at = _closing(code, at)
        elif character == "{":
            head = code[start:at]
            kind = _kind(head)
            if kind == "scope":
                start = at + 1
            else:
                end = _closing(code, at)
                if kind == "function":
                    yield _function(code, start, at, end)
                    start = end + 1
                at = end
        elif character == ":" and re.search(r"\b(?:public|protected|private)\s*$", code[start:at]):
            start = at + 1
        at += 1


def _kind(head):
    """What a brace after `head` opens: a scope to look into, a function's body, or an initialiser."""
    plain = _without_template(head)
    if not plain or plain.endswith(("=", ",", "return")) or _CONTROL.match(plain):
        return "initialiser"
    if _NOT_FUNCTION.match(plain) or plain.startswith("[["):
        plain = re.sub(r"^\[\[.*?\]\]\s*", "", plain)
        if _NOT_FUNCTION.match(plain):
            return "scope"
    if _parameter_list(plain) is None or re.search(r"(?<![=!<>])=(?!=)(?![^(]*\))", re.sub(r"\(.*\)", "()", plain, flags=re.S).split("operator")[0]):
        return "initialiser"
    # A member's initialiser is a name with a brace; the body stands after a bracket or a qualifier.
    initialisers = re.search(r"\)\s*(?:noexcept\s*(?:\([^)]*\))?\s*)?:(?!:)", plain)
    if initialisers and re.search(r"[\w>]\s*$", plain):
        return "initialiser"
    return "function"


def _function(code, start, opening, end):
    head = _without_template(code[start:opening])
    name, inside = _parameter_list(head)
    first = start + len(code[start:opening]) - len(code[start:opening].lstrip())
    return Function(name=name, line=line_of(code, first), lines=code.count("\n", first, end) + 1,
                    parameters=count_parameters(inside), body=code[opening + 1:end])
