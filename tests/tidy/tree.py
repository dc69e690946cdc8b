# SPDX-License-Identifier: BSD-3-Clause
"""The files that a check looks at: those that git would keep, or, in a tests' sample, those that it was given."""
import functools
import pathlib
import subprocess

ROOT = pathlib.Path(__file__).resolve().parents[2]
CPP = (".cpp", ".hpp")
SCRIPTS = (".py", ".js", ".mjs", ".sh")
NOT_OURS = {".git", "build", "node_modules", "__pycache__"}


class Tree:
    """Paths relative to the root, in order, and their text. `root` is None where there is only text."""

    def __init__(self, texts=None, root=None):
        self.root = root
        self._texts = dict(texts or {})
        self.paths = sorted(self._texts)

    @classmethod
    def of(cls, root):
        tree = cls(root=root)
        tree.paths = sorted(path for path in _listed(root) if (root / path).is_file())
        return tree

    def text(self, path):
        if path not in self._texts:
            self._texts[path] = (self.root / path).read_bytes().decode("utf-8", "replace")
        return self._texts[path]

    def lines(self, path):
        return self.text(path).splitlines()

    def cpp(self):
        return [path for path in self.paths if path.endswith(CPP)]

    def headers(self):
        return [path for path in self.paths if path.endswith(".hpp")]

    def scripts(self):
        """Python, shell and JavaScript, with or without a suffix."""
        return [path for path in self.paths if path.endswith(SCRIPTS) or self.is_python(path) or self.is_shell(path)]

    def is_python(self, path):
        return path.endswith(".py") or self._shebang(path, "python")

    def is_shell(self, path):
        return path.endswith(".sh") or self._shebang(path, "sh")

    def _shebang(self, path, word):
        if "." in path.rsplit("/", 1)[-1].lstrip("."):
            return False
        first = self.text(path)[:80].split("\n", 1)[0]
        return first.startswith("#!") and first.rstrip().endswith((word, word + "3"))


def _listed(root):
    if (root / ".git").exists():
        try:
            listed = subprocess.run(["git", "-c", f"safe.directory={root}", "-C", str(root), "ls-files", "-z",
                                     "--cached", "--others", "--exclude-standard"],
                                    check=True, capture_output=True, text=True)
            return [path for path in listed.stdout.split("\0") if path]
        except (OSError, subprocess.CalledProcessError):
            pass  # without git, or in a clone whose history lies elsewhere: look at the folder itself
    return [path.relative_to(root).as_posix() for path in root.rglob("*")
            if not NOT_OURS & set(path.relative_to(root).parts)]


@functools.lru_cache(maxsize=None)
def this_tree():
    return Tree.of(ROOT)
