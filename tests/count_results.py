#!/usr/bin/env python3
"""Adds up Meson's test results for ./check: count_results.py "FAILED BUILDS" TESTLOG.JSON..."""

import json
import pathlib
import sys

PASSED = ("OK", "EXPECTEDFAIL")
SKIPPED = ("SKIP",)


def main():
    passed, skipped, failures = 0, [], [f"{name}: the build" for name in sys.argv[1].split()]
    for log in map(pathlib.Path, sys.argv[2:]):
        build = log.parent.parent.name
        results = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        if not results:
            failures.append(f"{build}: no test was run")
        for result in results:
            name = f"{build}: {result['name']}"
            if result["result"] in PASSED:
                passed += 1
            elif result["result"] in SKIPPED:
                skipped.append(name)
            else:
                failures.append(f"{name}: {result['result']}")
    for name in skipped:
        print(f"skipped: {name}")
    for name in failures:
        print(f"failed: {name}")
    print(f"{passed} passed, {len(failures)} failed")
    return 1 if failures or passed == 0 else 0


if __name__ == "__main__":
    sys.exit(main())
