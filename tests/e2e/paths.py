"""Lets the test programs find the helpers beside them and in tests/servers, from wherever they are started."""

import pathlib
import sys

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parent.parent

for folder in (HERE, HERE.parent / "servers"):
    if str(folder) not in sys.path:
        sys.path.insert(0, str(folder))
