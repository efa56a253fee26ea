#!/usr/bin/env python3
"""Includes point downwards only (docs/architecture.md), and pure folders include nothing that does I/O.

    include_order.py SRC            checks every source file below SRC
    include_order.py --self-test    checks the checker
"""

import pathlib
import re
import sys
import tempfile

# What each folder may include, itself and core apart. "sync/event.hpp" admits that one file of a folder.
ALLOWED = {
    "main.cpp": {"app"},
    "app": {"cli", "web", "report", "run", "store", "config"},
    "web": {"report", "run"},
    "report": {"run", "sync/event.hpp", "store/records.hpp"},
    "cli": {"config", "regex"},
    "run": {"sync", "store", "config"},
    "sync": {"sync/mailbox", "sync/message", "imap", "imap/proto", "store", "config", "regex"},
    "sync/mailbox": {"imap/proto", "config", "regex"},
    "sync/message": {"imap/proto", "config", "regex"},
    "store": set(),
    "imap": {"imap/proto", "auth", "net"},
    "imap/proto": set(),
    "auth": {"net"},
    "net": set(),
    "config": set(),
    "regex": set(),
    "core": set(),
    "precompiled": set(),  # named by the build alone
}

# Pure: a function of its input. Files that have to read something are named.
PURE = ("imap/proto/", "config/", "regex/", "cli/", "store/records", "store/message_codec", "sync/mailbox/", "sync/message/")
IMPURE = re.compile(r"boost/asio|boost/beast|openssl/|sqlite3|libpq")

INCLUDE = re.compile(r'^\s*#\s*include\s*(?:"([^"]+)"|<([^>]+)>)', re.MULTILINE)


def folder_of(path):
    """The longest known folder that a path relative to src lies in, or the path itself (main.cpp)."""
    parts = path.split("/")
    for length in range(len(parts) - 1, 0, -1):
        if "/".join(parts[:length]) in ALLOWED:
            return "/".join(parts[:length])
    return path


def problems_in(name, text):
    """What is wrong with one file; `name` is its path relative to src."""
    folder = folder_of(name)
    if folder not in ALLOWED:
        yield f"{name}: its folder is not in the table of tests/lint/include_order.py"
        return
    for match in INCLUDE.finditer(text):
        quoted, system = match.groups()
        line = text.count("\n", 0, match.start()) + 1 + match.group().count("\n")
        if quoted:
            target = folder_of(quoted)
            if "/" not in quoted:
                yield f'{name}:{line}: "{quoted}" is not written from the root of src'
            elif target not in ALLOWED:
                yield f'{name}:{line}: "{quoted}" lies in no known folder'
            elif target not in {folder, "core"} | ALLOWED[folder] and quoted not in ALLOWED[folder]:
                yield f'{name}:{line}: {folder} must not include "{quoted}"'
        elif name.startswith(PURE) and IMPURE.match(system):
            yield f"{name}:{line}: this is a pure part, it must not include <{system}>"


def check(root):
    root = pathlib.Path(root)
    files = sorted(p for p in root.rglob("*") if p.suffix in (".hpp", ".cpp"))
    problems = []
    for path in files:
        problems += problems_in(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"))
    return len(files), problems


def self_test():
    cases = (
        ("net/a.cpp", '#include "core/failure.hpp"\n#include <boost/asio/awaitable.hpp>\n', 0),
        ("net/a.cpp", '#include "imap/session.hpp"\n', 1),
        ("imap/session.hpp", '#include "imap/proto/parser.hpp"\n#include "auth/plain.hpp"\n', 0),
        ("imap/proto/parser.hpp", '#include "imap/session.hpp"\n', 1),
        ("imap/proto/parser.hpp", "#include <string>\n#include <boost/asio/awaitable.hpp>\n", 1),
        ("sync/copier.cpp", "#include <boost/asio/awaitable.hpp>\n", 0),
        ("sync/message/match.cpp", "#  include <openssl/evp.h>\n", 1),
        ("report/console.cpp", '#include "sync/event.hpp"\n#include "run/event.hpp"\n', 0),
        ("report/console.cpp", '#include "sync/copier.hpp"\n', 1),
        ("core/a.hpp", '#include "net/stream.hpp"\n', 1),
        ("cli/a.cpp", '#include "sync/event.hpp"\n', 1),
        ("main.cpp", '#include "app/app.hpp"\n#include "core/failure.hpp"\n', 0),
        ("main.cpp", '#include "net/stream.hpp"\n', 1),
        ("net/a.cpp", '#include "stream.hpp"\n', 1),
        ("odd/a.cpp", "", 1),
    )
    for name, text, expected in cases:
        found = list(problems_in(name, text))
        assert len(found) == expected, (name, text, found)
    with tempfile.TemporaryDirectory() as root:
        (pathlib.Path(root) / "core").mkdir()
        (pathlib.Path(root) / "core" / "a.hpp").write_text('#include "app/app.hpp"\n')
        count, problems = check(root)
        assert count == 1 and len(problems) == 1, problems
    print(f"{len(cases) + 1} cases as expected")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return 0
    count, problems = check(sys.argv[1])
    for problem in problems:
        print(problem)
    print(f"{count} files, {len(problems)} problems")
    return 1 if problems or count == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
