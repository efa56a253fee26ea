#!/usr/bin/env python3
"""Says where the time of a recorded run went: in classes, and in which functions. docs/performance.md says how to record one.

    classes.py PERF.DATA [MICROSECONDS]

MICROSECONDS is what one message cost without perf, which slows the kernel's part down; the classes' shares are then told in it too.
"""
import collections
import re
import subprocess
import sys

# The first pattern that a function matches decides. What matches none belongs to the class of its caller.
OURS = (
    ("parsing", r"proto::(Parser|Framer|Lexer|FetchParser|ResponseParser|Scratch|DateTime::parse|Flags::add|UidSet::parse|"
                r"literal_header|parse_|condition_of|\(anonymous namespace\)::(take_|end_of_run|is_digit|may_have))"),
    ("engine: tags and pipeline", r"proto::(Engine|CommandResult|\(anonymous namespace\)::result_of)"),
    ("identity of messages", r"SipHasher|identity_of|gather_(listed|all)|NormalLines|sync::header_of|SeenMessages|"
                             r"sync::\(anonymous namespace\)::(take_line|split|normal)"),
    ("encoding", r"append_command|AppendProof|proto::(Command|permitted|Flags::to_string|DateTime::to_string|UidSet)|"
                 r"literal_style|item_at|fmt::"),
    ("batches and index", r"sync::(Batch|Copier|MailboxIndex|match|Account|Mailbox)|index_reader|IndexFiller|settle"),
    ("coroutines and scheduling", r"boost::asio|core::(Condition|Semaphore|TaskGroup)|imap::(Connection|ReadBuffer|Session)|"
                                  r"net::(SocketStream|TlsLayer)|pthread_mutex|__errno_location"),
    ("reporting", r"imapferry::(report|run|app)"),
    ("starting", r"imapferry::(cli|config)"),
)
OURS = tuple((name, re.compile(pattern)) for name, pattern in OURS)

BY_LIBRARY = (("TLS: OpenSSL", ("libcrypto", "libssl")), ("starting", ("ld-linux",)))
COPYING = re.compile(r"mem(move|cpy|pcpy)")
ALLOCATING = re.compile(r"malloc|cfree|_int_free|realloc|calloc|operator new|operator delete|unlink_chunk|sysmalloc|systrim|brk$")
# Of libc but part of whoever calls it.
BORROWED = re.compile(r"mem(chr|cmp|set|bcmp)|str(len|cmp|chr)|_M_|std::")

KERNEL = (
    ("page faults", r"exc_page_fault"),
    ("kernel: receiving", r"sys_(recv|read)"),
    ("kernel: sending", r"sys_(send|write)"),
    ("kernel: waiting", r"epoll|sys_timerfd|sys_poll"),
    ("page faults", r"sys_(mmap|munmap|brk|madvise|mprotect)|ksys_mmap|exit_mmap|do_exit"),
    ("starting", r"sys_(exec|open|exit)|execve"),
)
KERNEL = tuple((name, re.compile(pattern)) for name, pattern in KERNEL)

FRAME = re.compile(r"^\s+[0-9a-f]+ (.+) \(([^()]*|\[[^]]*\])\)$")


def stacks(path):
    """Each sample as [(function, library)], innermost first."""
    command = ["perf", "script", "-i", path, "--no-inline", "-F", "ip,sym,dso"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, errors="replace") as process:
        stack = []
        for line in process.stdout:
            found = FRAME.match(line.rstrip("\n"))
            if found:
                stack.append((found.group(1).removesuffix("@plt"), found.group(2)))
            elif stack:
                yield stack
                stack = []
        if stack:
            yield stack


def is_kernel(library):
    return library.startswith("[kernel") or library == "[guest.kernel.kallsyms]"


def class_of_kernel(stack):
    names = " ".join(name for name, library in stack if is_kernel(library))
    for kind, pattern in KERNEL:
        if pattern.search(names):
            return kind
    return "kernel: other"


def class_of(stack):
    name, library = stack[0]
    if is_kernel(library):
        return class_of_kernel(stack)
    for kind, libraries in BY_LIBRARY:
        if any(part in library for part in libraries):
            return kind
    # Copying and allocating are classes of their own, but OpenSSL's belong to it.
    inside_tls = any("libcrypto" in lib or "libssl" in lib for _, lib in stack[:3])
    if inside_tls:
        return "TLS: OpenSSL"
    for name, library in stack:
        if is_kernel(library):
            continue
        if COPYING.search(name):
            return "copying bytes"
        if ALLOCATING.search(name):
            return "allocating"
        if BORROWED.match(name):
            continue
        for kind, pattern in OURS:
            if pattern.search(name):
                return kind
    return "other"


def shortened(name):
    """A function without its template arguments and parameters, and without our own name."""
    while True:
        shorter = re.sub(r"<[^<>]*>", "", name)
        if shorter == name:
            break
        name = shorter
    return name.replace("(anonymous namespace)::", "").split("(")[0].replace("imapferry::", "")


def own_function(stack):
    """The innermost function of ours: what it does itself and what it has libc, Asio and the kernel do for it."""
    for name, library in stack:
        if "imapferry::" in name.split("<")[0] and not is_kernel(library):
            return shortened(name)
    return None


def table(title, counts, total, unit, most):
    print(f"\n{title}")
    for name, count in counts.most_common(most):
        figure = f"{count / total * unit:8.2f} us" if unit else ""
        print(f"  {count / total:6.1%} {figure}  {name}")


def main():
    if len(sys.argv) < 2:
        print(__doc__, file=sys.stderr)
        return 64
    classes, itself, inclusive, copies = (collections.Counter() for _ in range(4))
    total = 0
    for stack in stacks(sys.argv[1]):
        total += 1
        kind = class_of(stack)
        classes[kind] += 1
        own = own_function(stack)
        if own:
            inclusive[own] += 1
            if "imapferry::" in stack[0][0].split("<")[0] or BORROWED.match(stack[0][0]):
                itself[own] += 1
            if kind in ("copying bytes", "allocating", "page faults"):
                copies[f"{kind} for {own}"] += 1
    if total == 0:
        print("no samples: was the recording made with -e cpu-clock?", file=sys.stderr)
        return 1
    unit = float(sys.argv[2]) if len(sys.argv) > 2 else None
    print(f"{total} samples")
    table("classes", classes, total, unit, 30)
    table("our functions, by themselves", itself, total, unit, 25)
    table("our functions, with what libraries and the kernel do for them", inclusive, total, unit, 25)
    table("copying, allocating and page faults, for whom", copies, total, unit, 15)
    return 0


if __name__ == "__main__":
    sys.exit(main())
