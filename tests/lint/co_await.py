#!/usr/bin/env python3
"""Looks for co_await expressions that GCC 12 miscompiles, with clang-query over a build directory's compile commands.

    co_await.py BUILD SRC...       checks every compiled file below the SRC folders that awaits, and the headers it includes
    co_await.py --self-test        small programs that must be flagged, line by line, and ones that must not
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent
MATCH = re.compile(r'^(.*?):(\d+):\d+: note: "(\w+)" binds here', re.MULTILINE)


def program():
    for name in ("clang-query-14", "clang-query"):
        if shutil.which(name):
            return name
    sys.exit("co_await.py: clang-query is not installed (tests/setup installs it)")


def query_file(folder, files):
    """The query with its placeholder filled in. `files` is a regular expression."""
    path = pathlib.Path(folder) / "query"
    path.write_text((HERE / "co_await.query").read_text().replace("@FILES@", files))
    return path


def findings_in(source, query, arguments):
    """The set of (path, line, rule) that clang-query reports for one file; raises RuntimeError when it could not read it."""
    done = subprocess.run([program(), "-f", str(query), str(source)] + arguments, capture_output=True, text=True, check=False)
    output = done.stdout + done.stderr
    queries = len(re.findall(r"^match ", query.read_text(), re.MULTILINE))
    if done.returncode != 0 or re.search(r"\b(fatal )?error:|^\d+:\d+: ", output, re.MULTILINE) \
            or len(re.findall(r"^\d+ match(es)?\.$", output, re.MULTILINE)) != queries:
        raise RuntimeError(f"{source}: clang-query failed\n{output[-3000:]}")
    return {(os.path.realpath(path), int(line), rule) for path, line, rule in MATCH.findall(output)}


def check(build, folders):
    roots = [os.path.realpath(folder) + os.sep for folder in folders]
    entries = json.loads((pathlib.Path(build) / "compile_commands.json").read_text())
    sources = sorted({os.path.realpath(os.path.join(e["directory"], e["file"])) for e in entries})
    sources = [s for s in sources if s.startswith(tuple(roots)) and "co_await" in pathlib.Path(s).read_text()]
    found = set()
    with tempfile.TemporaryDirectory() as folder:
        # Meson's commands name files relative to the build directory; the last two levels are in every spelling.
        query = query_file(folder, "|".join(f"(^|/){re.escape(pathlib.Path(r).name)}/" for r in roots).replace("\\", "\\\\"))
        # Warnings of another compiler's options, or of the code, are not our subject.
        arguments = ["-p", str(build), "--extra-arg=-w"]
        with concurrent.futures.ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            for result in pool.map(lambda source: findings_in(source, query, arguments), sources):
                found |= result
    found = {f for f in found if f[0].startswith(tuple(roots))}
    for path, line, rule in sorted(found):
        print(f"{os.path.relpath(path)}:{line}: {rule.replace('_', ' ')} (docs/coroutines.md)")
    print(f"{len(sources)} files that await, {len(found)} findings")
    return 1 if found else 0


def self_test():
    """Every line with the comment "// RULE" must be flagged with that rule, and no other line."""
    failures = 0
    with tempfile.TemporaryDirectory() as folder:
        query = query_file(folder, "co_await_cases/")
        for source in sorted((HERE / "co_await_cases").glob("*.cpp")):
            lines = source.read_text().splitlines()
            expected = {(number, match.group(1)) for number, text in enumerate(lines, 1)
                        for match in re.finditer(r"// (R\d\w+)", text)}
            found = {(line, rule) for _, line, rule in findings_in(source, query, ["--", "-std=c++20", "-w"])}
            for number, rule in sorted(expected - found):
                print(f"{source.name}:{number}: not flagged with {rule}: {lines[number - 1].strip()}")
            for number, rule in sorted(found - expected):
                print(f"{source.name}:{number}: flagged with {rule} although it is fine: {lines[number - 1].strip()}")
            failures += len(expected ^ found)
            print(f"{source.name}: {len(expected)} lines to be flagged, {len(found)} flagged")
            if source.stem == "flagged" and len({rule for _, rule in expected}) < 6:
                print("flagged.cpp does not have an example for every rule")
                failures += 1
    return 1 if failures else 0


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    try:
        return check(sys.argv[1], sys.argv[2:])
    except RuntimeError as error:
        print(error)
        return 1


if __name__ == "__main__":
    sys.exit(main())
