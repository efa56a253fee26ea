"""The figures as one page that needs nothing else: tables, and bars drawn as SVG."""
import html
import pathlib

from . import workloads
from .chart import bars
from .report_text import RATE_COLUMNS, condition_text, latency_rows, tables

STYLE = pathlib.Path(__file__).with_name("page.css").read_text(encoding="utf-8")


def escaped(text):
    return html.escape(str(text))


def table_of(rows, caption, ours=()):
    """Cells as an HTML table; a row of two cells in a wider table is a tool and why it has no figures."""
    head, *body = rows
    lines = ['<div class="scroll" tabindex="0" role="region" aria-label="' + escaped(caption) + '"><table>',
             f"<caption>{escaped(caption)}</caption>", "<thead><tr>",
             *(f'<th scope="col">{escaped(cell)}</th>' for cell in head), "</tr></thead><tbody>"]
    for row in body:
        mark = ' class="ours"' if row[0] in ours else ""
        lines.append(f'<tr><th scope="row"{mark}>{escaped(row[0])}</th>')
        if len(row) < len(head):
            bad = " bad" if row[1].startswith("FAILED") else ""
            lines.append(f'<td class="word{bad}" colspan="{len(head) - 1}">{escaped(row[1])}</td></tr>')
        else:
            lines.append("".join(f"<td>{escaped(cell)}</td>" for cell in row[1:]) + "</tr>")
    return "".join(lines) + "</tbody></table></div>"


def kind_of(result, tool):
    return "ours" if tool in result["ours"] else "peer" if tool in result["peers"] else "floor"


def condition(result, table, heading):
    name, form = RATE_COLUMNS[table.workload.unit]
    entries = []
    for row in table.rows:
        figures = None if row["failure"] else row[name]
        words = f"FAILED: {row['failure']}" if row["failure"] else format(figures["median"], form)
        entries.append((row["tool"], kind_of(result, row["tool"]), figures, words))
    better = "less is better" if table.workload.unit == workloads.SECONDS else "more is better"
    caption = f"{table.workload.unit}, {better}. Bar: median; line: slowest to fastest run."
    lines = [f"<h3>{escaped(heading)}</h3>", "<figure>", bars(entries, f"{heading}: {table.workload.unit}"),
             f"<figcaption>{escaped(caption)}</figcaption></figure>",
             table_of(table.speed(), "Speed and cost; time/floor: multiples of the floor's time in the same repetition.",
                      result["ours"])]
    if table.ours and table.peers:
        lines.append(table_of(table.faster(), "How many times faster than each peer: median of the repetitions (least to most)."))
    return lines


def latency_table(result, name):
    rows = latency_rows(result, name)
    caption = "What latency costs: time for one message as a multiple of the tool's own without."
    return [table_of(rows, caption, result["ours"])] if rows else []


def sections(result):
    before, lines = None, []
    for table in tables(result):
        workload = table.workload
        if workload.name != before:
            lines += latency_table(result, before)
            before = workload.name
            lines.append(f'<h2 id="{before}">{escaped(before.upper())}: {escaped(workload.title)}</h2>')
            lines.append(f"<p>{escaped(workload.describe())}.</p>")
        heading = condition_text(workload, table.tls, table.rtt)
        lines += condition(result, table, heading)
        if table.is_first(result):
            if wire := table.wire():
                caption = "What passed on the wire in one more run. Round trip: the client sends after it has heard something."
                lines.append(table_of(wire, caption, result["ours"]))
    return lines + latency_table(result, before)


def facts(result):
    lines = ["<h2>Conditions</h2>", "<dl>"]
    for name, value in result["conditions"].items():
        if isinstance(value, dict):
            value = ", ".join(dict.fromkeys(value.values()))
        lines.append(f"<dt>{escaped(name)}</dt><dd>{escaped(value)}</dd>")
    lines.append("</dl>")
    if result["notes"]:
        lines += ["<h3>Notes</h3><ul>", *(f"<li>{escaped(note)}</li>" for note in result["notes"]), "</ul>"]
    return lines


def page(result):
    contents = "".join(f'<li><a href="#{name}">{escaped(name.upper())}: {escaped(one["title"])}</a></li>'
                       for name, one in result["workloads"].items() if any(row["workload"] == name for row in result["summary"]))
    failures = sum(row["failure"] is not None for row in result["summary"])
    verdict = (f'<p class="bad">{failures} of {len(result["summary"])} rows failed: they have no figures, and the reason instead.</p>'
               if failures else "<p>Every run was complete: what arrived was compared with what was there.</p>")
    body = ["<h1>imapferry and its peers</h1>",
            "<p>The same mail, the same servers and the same latency, one tool after another. Ratios within a table are what counts: "
            "absolute figures depend on the machine.</p>",
            verdict, f'<nav aria-label="Workloads"><ul>{contents}</ul></nav>', *sections(result), *facts(result)]
    return ('<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
            '<meta name="viewport" content="width=device-width, initial-scale=1">'
            f"<title>imapferry: benchmark of {escaped(result['conditions']['date'])}</title><style>\n{STYLE}</style></head>\n"
            "<body><main>\n" + "\n".join(body) + "\n</main></body></html>\n")
