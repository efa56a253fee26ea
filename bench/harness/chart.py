"""Bars as SVG, with a line from the slowest to the fastest run. Colours come from the page's style."""
import html

WIDTH, ROW, BAR = 860, 30, 18
LABELS, VALUES = 150, 110


def shortened(text, length=84):
    return text if len(text) <= length else text[: length - 1] + "…"


def bars(entries, title):
    """`entries` are (name, kind, {median, min, max} or None, words); one without figures shows its words only."""
    most = max((figures["max"] for _, _, figures, _ in entries if figures), default=0) or 1
    scale = (WIDTH - LABELS - VALUES) / most
    height = ROW * len(entries) + 6
    spoken = "; ".join(f"{name}: {words}" for name, _, _, words in entries)
    label = html.escape(f"{title}. {spoken}")
    lines = [f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" aria-label="{label}">',
             f'<line class="axis" x1="{LABELS}" y1="0" x2="{LABELS}" y2="{height}"/>']
    for number, (name, kind, figures, words) in enumerate(entries):
        lines += row(number * ROW + 3, name, kind, figures, words, scale)
    return "".join(lines) + "</svg>"


def row(top, name, kind, figures, words, scale):
    middle = top + ROW / 2 - 1
    yield f'<text x="{LABELS - 8}" y="{middle + 5:.1f}" text-anchor="end">{html.escape(name)}</text>'
    if not figures:
        yield f'<text class="failed" x="{LABELS + 8}" y="{middle + 5:.1f}">{html.escape(shortened(words))}</text>'
        return
    # A bar too short to be seen would look like nothing at all.
    width = max(1.5, figures["median"] * scale)
    low, high = (LABELS + figures[of] * scale for of in ("min", "max"))
    yield f'<rect class="{kind}" x="{LABELS}" y="{middle - BAR / 2:.1f}" width="{width:.1f}" height="{BAR}" rx="2"/>'
    if high - low > 1:
        path = f"M{low:.1f} {middle:.1f}H{high:.1f}M{low:.1f} {middle - 4:.1f}v8M{high:.1f} {middle - 4:.1f}v8"
        yield f'<path class="halo" d="{path}"/><path class="whisker" d="{path}"/>'
    yield f'<text class="value" x="{max(LABELS + width, high) + 8:.1f}" y="{middle + 5:.1f}">{html.escape(words)}</text>'
