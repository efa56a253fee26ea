#!/usr/bin/env python3
"""What holds for every text file of the project: length, line ends, no tabs in C++, one include guard.

    files.py ROOT
    files.py --self-test
"""

import pathlib
import sys

FOLDERS = ("src", "tests", "bench", "docs", ".ci", "subprojects")
TOP = ("check", "demo", "meson.build", "meson_options.txt", "README.md")
KINDS = {".hpp", ".cpp", ".py", ".md", ".build", ".txt", ".query", ".sh", ".html", ".css", ".js", ".sql", ".wrap", ""}
LONGEST = {".cpp": 600, ".hpp": 600, ".py": 600}
WIDEST = {".py": 140}   # clang-format holds C++


def problems_in(name, data):
    kind = pathlib.PurePath(name).suffix
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError:
        yield f"{name}: is not UTF-8"
        return
    if text and not text.endswith("\n"):
        yield f"{name}: does not end with a line end"
    lines = text.split("\n")
    if len(lines) > LONGEST.get(kind, len(lines)) + 1:
        yield f"{name}: has {len(lines) - 1} lines, at most {LONGEST[kind]} are wanted: it has more than one subject"
    for number, line in enumerate(lines, 1):
        if line.endswith((" ", "\t", "\r")) and kind != ".md":
            yield f"{name}:{number}: blanks at the end of the line"
        if "\t" in line and kind in (".cpp", ".hpp", ".py", ".build"):
            yield f"{name}:{number}: a tab"
        if len(line) > WIDEST.get(kind, len(line)):
            yield f"{name}:{number}: {len(line)} columns, at most {WIDEST[kind]} are wanted"
    is_included = "precompiled/" not in name
    if kind == ".hpp" and text.count("#pragma once") != is_included:
        yield f"{name}: a header needs #pragma once, once; a precompiled one is not included, and must not have it"


def check(root):
    root = pathlib.Path(root)
    paths = [root / name for name in TOP] + [p for folder in FOLDERS for p in (root / folder).rglob("*")]
    count, problems = 0, []
    for path in sorted(paths):
        inner = path.relative_to(root)
        is_fetched = inner.parts[0] == "subprojects" and len(inner.parts) > 2
        # Test data and results are what they are.
        is_data = inner.parts[:2] in (("tests", "data"), ("bench", "results")) or "corpus" in inner.parts
        if path.is_file() and path.suffix in KINDS and not is_fetched and not is_data and "__pycache__" not in inner.parts:
            count += 1
            problems += problems_in(inner.as_posix(), path.read_bytes())
    return count, problems


def self_test():
    cases = (
        ("a.cpp", b"int a;\n", 0), ("a.cpp", b"int a;", 1), ("a.cpp", b"int a; \n", 1), ("a.cpp", b"\tint a;\n", 1),
        ("a.hpp", b"int a;\n", 1), ("a.hpp", b"#pragma once\n", 0), ("precompiled/a.hpp", b"#pragma once\n", 1),
        ("a.cpp", b"\n" * 600, 0), ("a.cpp", b"\n" * 601, 1),
        ("a.md", b"two blanks  \n", 0), ("a.py", b"x" * 141 + b"\n", 1), ("a.py", b"\xff\n", 1), ("meson.build", b"a\r\n", 1),
    )
    for name, data, expected in cases:
        found = list(problems_in(name, data))
        assert len(found) == expected, (name, data[:40], found)
    print(f"{len(cases)} cases as expected")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return 0
    count, problems = check(sys.argv[1])
    for problem in problems:
        print(problem)
    print(f"{count} files, {len(problems)} problems")
    return 1 if problems or count < 50 else 0


if __name__ == "__main__":
    sys.exit(main())
