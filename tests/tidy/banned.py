# SPDX-License-Identifier: BSD-3-Clause
"""What has no place here: one row says what, where, and why."""
import dataclasses
import re

import exceptions
import source

PURE = ("protocol/", "auth/", "server/turn/", "server/relay/")
PROGRAM = ("protocol/", "auth/", "storage/", "client/", "server/", "bench/")
CPP = (".cpp", ".hpp")
ANY = ""
ARGUMENT = r"[^,()]*(?:\([^()]*\)[^,()]*)*"


@dataclasses.dataclass(frozen=True)
class Rule:
    name: str
    why: str
    pattern: str
    folders: tuple = (ANY,)
    suffixes: tuple = CPP
    view: str = "code"  # code: no comments, no text in quotes; quotes: no comments; comments: only those; all

    def finds(self, text):
        view = {"code": source.code_only, "quotes": source.without_comments, "comments": _comments_only,
                "all": str}[self.view](text)
        for found in re.finditer(self.pattern, view, re.M):
            yield source.line_of(view, found.start()), found[0].strip()


def _comments_only(text):
    lines = [""] * (text.count("\n") + 1)
    for number, line in source.comments(text):
        lines[number - 1] = line
    return "\n".join(lines)


RULES = (
    Rule("random", "guessable; take octets from OpenSSL's generator", r"(?:(?<![\w.>:])|\bstd::|(?<!\w)::)(?:s?rand(?:om)?|[dlm]rand48)\s*\(|"
         r"std::(?:mt19937(?:_64)?|minstd_rand0?|default_random_engine|random_shuffle)", PROGRAM),
    Rule("unbounded text", "writes or reads past the end", r"(?<![\w.>])(?:strcpy|strcat|stpcpy|v?sprintf|gets|strtok|alloca)\s*\("),
    Rule("format", "a format is a literal that the compiler checks",
         r"fmt::runtime|\bvformat\s*\(|(?<![\w.>])(?:std::)?(?:printf|syslog)\s*\(\s*(?![\"\w]+\s*,\s*\"|\")|"
         rf"\b(?:[fd]printf\s*\({ARGUMENT}|snprintf\s*\({ARGUMENT},{ARGUMENT}),\s*[A-Za-z_]\w*\s*[,)]",
         PROGRAM),
    Rule("SQL in pieces", "values are bound, never pasted into a statement",
         r"\"\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|DROP|ALTER)\b[^\"]*\"\s*(?:\+|<<)|"
         r"format\(\s*\"\s*(?:SELECT|INSERT INTO|UPDATE|DELETE FROM|DROP|ALTER)\b", PROGRAM, view="quotes"),
    Rule("compare of secrets", "takes as long as the likeness; use protocol's constant-time compare",
         r"\bmemcmp\s*\(", ("auth/", "protocol/integrity", "protocol/fingerprint")),
    Rule("impure include", "rules know no socket, clock, lock, thread, log or Asio",
         r"#\s*include\s*(?:<(?:boost/(?:asio|beast)\S*|sys/(?:socket|epoll|time|timerfd|uio)\.h|unistd\.h|poll\.h|time\.h|"
         r"pthread\.h|thread|mutex|shared_mutex|condition_variable|future|semaphore|stop_token|iostream|fstream|syslog\.h|"
         r"random)>|\"server/(?:telemetry|net|worker|config)/\S+\")", PURE, view="quotes"),
    Rule("impure call", "time comes in as a value, decisions go out as values",
         r"::now\s*\(|(?<![\w.>:])(?:time|gettimeofday|clock_gettime|socket|sendto|recvfrom|getrandom)\s*\(|std::thread|std::jthread",
         PURE),
    Rule("exception", "bad input is a value; no exception crosses these folders", r"\bthrow\b|\bcatch\s*\(", PURE),
    Rule("mutex", "threads share nothing; they meet in few, listed files",
         r"std::(?:\w*mutex|lock_guard|unique_lock|scoped_lock|shared_lock|condition_variable\w*)\b|\bMutex(?:Lock)?\b|pthread_mutex",
         PROGRAM),
    Rule("mutable global", "what changes has an owner", r"^\s*(?:static\s+)?thread_local\s+(?!.*\bconst(?:expr)?\b)|"
         r"^\s+static\s+(?!.*\b(?:const|constexpr|consteval|constinit)\b)[\w:<>,\s*&]+\s[a-z]\w*\s*(?:=|;|\{)|"
         r"^(?:static\s+|inline\s+)+(?!.*\b(?:const|constexpr|consteval)\b)[\w:<>,*&]+(?:\s+[\w:<>,*&]+)*\s+[a-z]\w*\s*(?:=|;|\{)",
         PROGRAM),
    Rule("shared ownership", "owners hold by value or unique_ptr; a shared_ptr is listed with what convinced",
         r"std::(?:make_shared|shared_ptr|enable_shared_from_this)\b", PROGRAM),
    Rule("included source", "a test links what it tests", r"#\s*include\s*[\"<][^\">]+\.(?:cpp|cc|c)[\">]", view="quotes"),
    Rule("sleep", "wait for the event, or move the virtual clock",
         r"\bsleep_(?:for|until)\b|(?<![\w.>])(?:u|nano)?sleep\s*\(|\btime\.sleep\s*\(|\basyncio\.sleep\s*\(|\bsetTimeout\s*\(|"
         r"\bwaitForTimeout\s*\(", ("tests/",), CPP + (".py", ".js", ".mjs")),
    Rule("skipped test", "a test that may not run proves nothing",
         r"\[\.\w*\]|\[!(?:hide|mayfail|shouldfail)\]|\bSKIP\s*\(|@?unittest\.skip\w*|\.skipTest\s*\(|\b(?:it|test|describe)\.skip\s*\(",
         ("tests/unit/", "tests/sim/", "tests/e2e/"), CPP + (".py", ".js", ".mjs"), view="all"),
    Rule("mark", "mend it now, or write down an issue", r"\bFIX[M]E\b|\bXX[X]\b|\bHAC[K]\b|\bTOD[O]\b(?!\s*\(#\d+\))",
         suffixes=(), view="all"),
    Rule("machine's path", "a path of one machine", r"(?<![\w.~/-])/(?:wor[k]|far[m]|roo[t]|hom[e]/\w+)/", suffixes=(), view="all"),
    Rule("commented-out code", "history keeps what was",
         r"//+ ?(?! )(?:(?:if|for|while|switch)\s*\(.*[{;]\s*$|return\b[^.]*;\s*$|#\s*include\b|(?:const\s+)?auto&?\s+\w+\s*=.*;\s*$|"
         r"[\w:.>\[\]-]+\s*=\s*[^=].*;\s*$|[\w:.>-]+\([^)]*\);\s*$|\}\s*$|\w+::\w+\s+\w+\s*[;{(].*[;{]\s*$)", view="comments"),
)

# Rules look for words that their own table, their tests' samples and the rules' prose have to name.
NAMES_THE_RULES = ("tests/tidy/", "CONTRIBUTING.md")
TEXT = CPP + (".py", ".js", ".mjs", ".sh", ".md", ".txt", ".cmake", ".json", ".toml", ".tsv", ".html", ".service")


def violations(tree, grants=exceptions.granted):
    rows, used = grants("banned"), set()
    for path in tree.paths:
        if path.startswith(NAMES_THE_RULES):
            continue
        for rule in RULES:
            if not path.startswith(rule.folders) or not _is_text(tree, path, rule.suffixes or TEXT):
                continue
            key, places = f"{rule.name}: {path}", list(rule.finds(tree.text(path)))
            if key in rows and places:
                used.add(key)
            elif places:
                line, words = places[0]
                more = f" and {len(places) - 1} more" if places[1:] else ""
                yield f"{path}:{line}: {rule.name} ({words[:60]}{more}): {rule.why}"
        yield from _top(tree, path)
    yield from (f"{key}: an exception for what is not there, remove it" for key in rows if key not in used)


def _is_text(tree, path, suffixes):
    if path.endswith(suffixes):
        return True
    return (".py" in suffixes and tree.is_python(path)) or (suffixes is TEXT and tree.is_shell(path))


def _top(tree, path):
    """The licence on top; under it, in a header, a paragraph that says what this is."""
    if not path.endswith(CPP + (".py", ".js", ".mjs", ".sh")):
        return
    lines = tree.lines(path)
    if not any("SPDX-License-Identifier: BSD-3-Clause" in line for line in lines[:2]):
        yield f"{path}:1: no SPDX line on top"
    elif path.endswith(".hpp") and not any(re.match(r"//\s*\w", line) for line in lines[1:4]):
        yield f"{path}:2: no comment that says what this is"
