# SPDX-License-Identifier: BSD-3-Clause
import unittest

import sample  # noqa: F401
import source


def names(text):
    return [function.name for function in source.functions(text)]


class Functions(unittest.TestCase):
    def test_finds_functions_in_namespaces_and_classes(self):
        self.assertEqual(names("namespace a {\nint one() { return 1; }\nclass B {\npublic:\n  void two() const {}\n};\n}\n"),
                         ["one", "two"])

    def test_takes_a_constructor_with_initialisers_for_one_function(self):
        self.assertEqual(names("A::A(int x) : one_{x}, two_(x), three_{} { run(); }"), ["A::A"])

    def test_finds_templates_operators_and_trailing_types(self):
        text = ("template <typename T, int N = 3>\nT pick(T x) { return x; }\n"
                "bool operator==(const A&) const { return true; }\n"
                "bool A::operator()(int x) const { return x; }\n"
                "explicit operator bool() const { return true; }\n"
                "auto size() const noexcept -> std::size_t { return 0; }\n")
        self.assertEqual(names(text), ["pick", "operator==", "operator()", "operator bool", "size"])

    def test_sees_no_function_in_an_initialiser_or_a_table(self):
        self.assertEqual(names("constexpr std::array rows{at<1>({.key = 1}), at<2>({.key = 2})};\n"
                               "const auto f = [](int x) { return x; };\nenum class A { b, c };\nint x = g(1);\n"), [])

    def test_is_not_led_astray_by_braces_in_literals_and_comments(self):
        self.assertEqual(names('void one() { f("}{", \'{\', R"(}})", 1\'000); /* } */ // }\n}\nvoid two() {}\n'), ["one", "two"])

    def test_counts_lines_and_parameters(self):
        found, = source.functions("\n\nvoid f(int a, std::map<int, int> b,\n       void (*c)(int, int)) {\n  g();\n}\n")
        self.assertEqual((found.line, found.lines, found.parameters), (3, 4, 3))

    def test_keeps_lines_in_place_when_it_blanks(self):
        text = 'int a; // x\n/* y\n z */ const char* b = "q;";\n'
        self.assertEqual(source.code_only(text).count("\n"), text.count("\n"))
        self.assertNotIn("q;", source.code_only(text))
        self.assertIn("q;", source.without_comments(text))
