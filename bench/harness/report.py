"""From runs to figures, and from figures to tables. Nothing that failed gets a figure."""
import statistics


def summarize(runs, messages, size):
    """One row for each tool and round trip, in the order in which they first ran."""
    groups = {}
    for run in runs:
        groups.setdefault((run["rtt_ms"], run["tool"]), []).append(run)
    rows = []
    for (rtt, tool), group in groups.items():
        row = {"rtt_ms": rtt, "tool": tool, "runs": len(group), "failed": sum(run["failure"] is not None for run in group)}
        if row["failed"] == 0:
            walls = [run["wall"] for run in group]
            row["wall_median"] = statistics.median(walls)
            row["rate_median"] = messages / row["wall_median"]
            row["rate_min"] = messages / max(walls)
            row["rate_max"] = messages / min(walls)
            row["mib_per_second"] = size / row["wall_median"] / 2**20
            row["cpu_us_per_message"] = statistics.median(run["user"] + run["system"] for run in group) / messages * 1e6
            row["peak_rss_mib"] = max(run["peak_rss_kib"] for run in group) / 1024
        rows.append(row)
    add_ratios(rows)
    return rows


def add_ratios(rows):
    """`time_of` says how many times another tool's time, at the same round trip, a row's took: less is better."""
    for row in rows:
        if row["failed"]:
            continue
        row["time_of"] = {other["tool"]: row["wall_median"] / other["wall_median"] for other in rows
                          if other["rtt_ms"] == row["rtt_ms"] and other["tool"] != row["tool"] and not other["failed"]}


def table(rows, tools, floor, peers, by_bytes):
    """The rows as text, one table for each round trip. `tools` gives the order of the rows."""
    lines = []
    for rtt in dict.fromkeys(row["rtt_ms"] for row in rows):
        here = sorted((row for row in rows if row["rtt_ms"] == rtt), key=lambda row: tools.index(row["tool"]))
        unit = "MiB/s" if by_bytes else "msg/s"
        head = ["tool", "runs", unit, "min", "max", "time/floor"] + [f"x {peer}" for peer in peers]
        head += ["CPU us/msg", "RSS MiB"]
        body = [cells(row, floor, peers, by_bytes) for row in here]
        lines += ["", f"round trip {rtt:g} ms", *aligned([head, *body])]
    return "\n".join(lines)


def cells(row, floor, peers, by_bytes):
    if row["failed"]:
        return [row["tool"], f"{row['failed']} of {row['runs']} FAILED"]
    scale = row["mib_per_second"] / row["rate_median"] if by_bytes else 1.0
    ratios = row["time_of"]
    result = [row["tool"], str(row["runs"])]
    result += [f"{row[name] * scale:,.0f}" for name in ("rate_median", "rate_min", "rate_max")]
    result.append(f"{ratios[floor]:.2f}" if floor in ratios else "-")
    result += [f"{1 / ratios[peer]:.1f}" if peer in ratios else "-" for peer in peers]
    return result + [f"{row['cpu_us_per_message']:,.0f}", f"{row['peak_rss_mib']:.1f}"]


def aligned(rows):
    width = max(len(row) for row in rows)
    whole = [row for row in rows if len(row) == width]
    columns = [max(len(row[i]) for row in whole) for i in range(width)]
    columns[0] = max(columns[0], *(len(row[0]) for row in rows))
    return ["  ".join(cell.ljust(columns[i]) if i == 0 or len(row) != width else cell.rjust(columns[i])
                      for i, cell in enumerate(row)).rstrip() for row in rows]


def latency_lines(rows, tools):
    """What latency costs each tool: its time with it against its own without."""
    without = {row["tool"]: row["wall_median"] for row in rows if row["rtt_ms"] == 0 and not row["failed"]}
    lines = []
    for tool in tools:
        for row in rows:
            if row["tool"] == tool and row["rtt_ms"] > 0 and not row["failed"] and tool in without:
                lines.append(f"{tool}: {row['wall_median']:.2f} s at {row['rtt_ms']:g} ms, {without[tool]:.2f} s without "
                             f"latency: {row['wall_median'] / without[tool]:.2f} times")
    return lines
