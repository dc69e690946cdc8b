# SPDX-License-Identifier: BSD-3-Clause
import unittest

import banned
from sample import TOP, Tree, nothing, only

# rule: where, what must be stopped, what must pass
SAMPLES = {
    "random": ("auth/a.cpp", ["int x = rand();", "srand(1);", "std::mt19937 g;", "random();"],
               ["operand(1);", "random_octets();", "worker::random(1);", "x.random();"]),
    "unbounded text": ("auth/a.cpp", ["strcpy(a, b);", "sprintf(a, b);", "std::strcpy(a, b);"],
                       ["snprintf(a, 4, \"x\");", "my_strcpy(a);"]),
    "format": ("server/a.cpp", ["printf(text);", "fmt::runtime(x)", "snprintf(buffer, 4, text);", "fprintf(file, text, 1);"],
               ["fmt::format(\"{}\", x);", "snprintf(buffer, sizeof(buffer), \"%d\", x);", "fprintf(file, \"%s\", text);"]),
    "SQL in pieces": ("storage/a.cpp", ["auto q = \"SELECT a FROM b WHERE c=\" + name;", "fmt::format(\"DELETE FROM {}\", x);"],
                      ["execute(\"SELECT a FROM b WHERE c=$1\", name);"]),
    "compare of secrets": ("auth/a.cpp", ["memcmp(a, b, 20);"], ["CRYPTO_memcmp(a, b, 20);"]),
    "impure include": ("server/turn/a.cpp", ["#include <boost/asio/post.hpp>", "#include <thread>", '#include "server/net/x.hpp"',
                                             "#include <sys/socket.h>", '#include "server/telemetry/log.hpp"'],
                       ["#include <chrono>", '#include "protocol/reader.hpp"', "// #include <thread>"]),
    "impure call": ("server/relay/a.cpp", ["auto t = std::chrono::steady_clock::now();", "socket(1, 2, 3);", "time(nullptr);"],
                    ["on_time(now);", "lifetime(x);"]),
    "exception": ("protocol/a.cpp", ["throw 1;", "} catch (int) {"], ["int rethrown = 1;", "// never throws"]),
    "mutex": ("server/worker/a.cpp", ["std::mutex m_;", "std::lock_guard guard{m};", "MutexLock lock{m};"], ["int mutexes = 1;"]),
    "mutable global": ("server/a.cpp", ["static int count = 0;", "void f() {\n    static int count = 0;\n}",
                                        "thread_local Cache cache;", "static std::map<int, int> seen;", "inline int total = 0;"],
                       ["static constexpr int a = 1;", "    static const auto& x = f();", "thread_local const Context c = make();",
                        "static int count();", "inline int f() {", "    [[nodiscard]] static std::optional<A> parse(int x);"]),
    "shared ownership": ("server/a.cpp", ["std::shared_ptr<int> p;"], ["std::unique_ptr<int> p;"]),
    "included source": ("tests/unit/a_test.cpp", ['#include "auth/nonce.cpp"'], ['#include "auth/nonce.hpp"']),
    "sleep": ("tests/unit/a_test.cpp", ["std::this_thread::sleep_for(1s);", "usleep(3);"], ["test.asleep(3);"]),
    "skipped test": ("tests/unit/a_test.cpp", ['TEST_CASE("a", "[.slow]") {}', 'TEST_CASE("a", "[.]") {}'], ['TEST_CASE("a", "[A1]") {}']),
    "mark": ("server/a.cpp", ["// TO" "DO: later", "// FIX" "ME"], ["// TO" "DO(#12): later"]),
    "machine's path": ("server/a.cpp", ['open("/ro' 'ot/x");', 'open("/ho' 'me/me/x");'], ['open("build/work/x");', 'open("/etc/turnpike/x");']),
    "commented-out code": ("server/a.cpp", ["// if (x) {", "// return x;", "// auto y = f(x);", "//call(x);", "// a_.b = 3;"],
                           ["// returns what it can; the rest stays", "// see f(x)", "// Lifetime: as long as the socket.",
                            "// RFC 8656 section 9", "// -> effect (one);",
                            "//     an.example(in_a_paragraph);"]),
}


class Banned(unittest.TestCase):
    def found(self, path, text, grants=nothing):
        return [each for each in banned.violations(Tree({path: TOP + text + "\n"}), grants)]

    def test_every_rule_has_a_sample(self):
        self.assertEqual({rule.name for rule in banned.RULES}, set(SAMPLES))

    def test_stops_the_bad_and_lets_the_good_pass(self):
        for name, (path, bad, good) in SAMPLES.items():
            for text in bad:
                with self.subTest(rule=name, bad=text):
                    self.assertTrue(any(f": {name} (" in each for each in self.found(path, text)), self.found(path, text))
            for text in good:
                with self.subTest(rule=name, good=text):
                    self.assertFalse(any(f": {name} (" in each for each in self.found(path, text)), self.found(path, text))

    def test_stops_sleeping_scripts_too(self):
        self.assertTrue(any("sleep" in each for each in banned.violations(
            Tree({"tests/e2e/a.py": "# SPDX-License-Identifier: BSD-3-Clause\ntime.sleep(1)\n"}), nothing)))

    def test_grants_an_exception_while_it_is_needed(self):
        grant = only("banned", {"mutex: server/log.cpp": {"why": "the log's queue"}})
        self.assertEqual(self.found("server/log.cpp", "std::mutex m_;", grant), [])
        self.assertIn("remove it", self.found("server/log.cpp", "int m_;", grant)[0])

    def test_wants_licence_and_purpose_on_top(self):
        self.assertIn("no SPDX", list(banned.violations(Tree({"a.cpp": "int x;\n"}), nothing))[0])
        self.assertIn("what this is", list(banned.violations(
            Tree({"a.hpp": "// SPDX-License-Identifier: BSD-3-Clause\n#pragma once\n"}), nothing))[0])
