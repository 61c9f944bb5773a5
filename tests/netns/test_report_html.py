# SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause
"""The pages of --report: well-formed, sufficient in themselves, and drawn by a browser as meant.

The pages are those of made-up runs, which the unit test writes.
"""
import html
import html.parser
import json
import os
import re
import shutil
import subprocess
import xml.etree.ElementTree

import pytest

from conftest import BUILD, run

BROWSER = shutil.which("chromium-headless-shell")
PAGES = ["quiet", "busy", "silent", "one-reply", "all-equal", "nothing-sent", "negative", "below-zero", "outlier",
         "full", "sessions-4", "sessions-8", "sessions-24", "sessions-70", "hostile", "conditions"]
WITHOUT_TICKS = ["sessions-70"]  # more than get charts of their own
VOID = {"meta", "link", "br", "hr", "img", "input"}
SELF_CLOSED = {"line", "path", "rect", "circle"}

# Run at the end of a copy of the page: what is wrong with how it is laid out, as a list of texts.
MEASURE = """<script>
const wrong = [], inside = (a, b) => a.left >= b.left - 1 && a.right <= b.right + 1 &&
  a.top >= b.top - 1 && a.bottom <= b.bottom + 1;
const apart = (a, b) => a.right <= b.left || b.right <= a.left || a.bottom <= b.top + 2 ||
  b.bottom <= a.top + 2;
if (OPEN) document.querySelectorAll('details').forEach(d => d.open = true);
if (document.scrollingElement.scrollWidth > innerWidth)
  wrong.push('the page is ' + document.scrollingElement.scrollWidth + ' wide, not ' + innerWidth);
let texts = 0;
for (const plots of document.querySelectorAll('.frame, .small')) {
  const card = plots.closest('.chart').getBoundingClientRect();
  const boxes = [...plots.querySelectorAll('text')].map(t => [t.textContent,
    t.getBoundingClientRect()]).filter(([, box]) => box.width > 0);
  texts += boxes.length;
  boxes.forEach(([text, box], i) => {
    if (!inside(box, card)) wrong.push('"' + text + '" is outside of its card');
    boxes.slice(i + 1).filter(([, other]) => !apart(box, other)).forEach(([other]) =>
      wrong.push('"' + text + '" and "' + other + '" overlap'));
  });
}
const channels = colour => colour.match(/[\\d.]+/g).map(Number);
const light = colour => channels(colour).slice(0, 3).map(c => c / 255)
  .map(c => c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4)
  .reduce((sum, c, i) => sum + c * [0.2126, 0.7152, 0.0722][i], 0);
const behind = element => {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (!(channels(colour)[3] === 0)) return colour;
  }
  return 'rgb(255, 255, 255)';
};
const contrast = (a, b) => (Math.max(light(a), light(b)) + 0.05) / (Math.min(light(a), light(b)) + 0.05);
for (const element of document.querySelectorAll('body *')) {
  const own = [...element.childNodes].some(n => n.nodeType === 3 && n.data.trim());
  if (!own || !element.getClientRects().length || ['SCRIPT'].includes(element.nodeName)) continue;
  const style = getComputedStyle(element);
  const colour = element.ownerSVGElement ? style.fill : style.color;
  if (['title', 'desc'].includes(element.nodeName)) continue;
  if (contrast(colour, behind(element)) < 4.5)
    wrong.push('"' + element.textContent.trim() + '" has too little contrast');
}
for (const line of document.querySelectorAll('.frame .line, .key .line, .bar, .dot')) {
  const style = getComputedStyle(line);
  const colour = line.classList.contains('line') ? style.stroke : style.fill;
  if (contrast(colour, behind(line.closest('.chart'))) < 3)
    wrong.push('a mark of class ' + line.getAttribute('class') + ' has too little contrast');
}
const tables = [...document.querySelectorAll('table')].filter(t => t.getClientRects().length &&
  t.getBoundingClientRect().height > 0).length;
const page = channels(getComputedStyle(document.body).backgroundColor).slice(0, 3);
document.body.innerHTML = '';
document.body.append(Object.assign(document.createElement('pre'),
  { id: 'measured', textContent: JSON.stringify({ wrong, texts, tables, page }) }));
</script></body>"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Where the pages are, by name."""
    pages = tmp_path_factory.mktemp("pages")
    program = BUILD / "tests/unit/test_report_html"
    subprocess.run([program], env={**os.environ, "HTML_PAGES": str(pages)}, check=True,
                   capture_output=True, timeout=60)
    return pages


def page_of(folder, name):
    return (folder / f"{name}.html").read_text(encoding="utf-8")


class Outline(html.parser.HTMLParser):
    """Checks that tags match; collects attributes, and the cells of each row of a table."""

    def __init__(self, page):
        super().__init__(convert_charrefs=True)
        self.open, self.tags, self.rows, self.cell = [], [], [], None
        self.feed(page)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag, attributes):
        self.tags.append((tag, dict(attributes)))
        if tag not in VOID:
            self.open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.cell = ""

    def handle_startendtag(self, tag, attributes):
        assert tag in SELF_CLOSED
        self.tags.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self.open.pop() == tag
        if tag in ("td", "th"):
            self.rows[-1].append(self.cell)
            self.cell = None

    def handle_data(self, data):
        if self.cell is not None:
            self.cell += data


def charts(page):
    """The outermost svg elements."""
    depth, start = 0, 0
    for tag in re.finditer(r"<svg\b|</svg>", page):
        if tag.group() == "<svg":
            start = tag.start() if depth == 0 else start
            depth += 1
        else:
            depth -= 1
            if depth == 0:
                yield page[start:tag.end()]


@pytest.mark.parametrize("name", PAGES)
def test_page_is_well_formed(folder, name):
    page = page_of(folder, name)
    outline = Outline(page)
    identities = [attributes["id"] for _, attributes in outline.tags if "id" in attributes]
    assert len(identities) == len(set(identities))
    for chart in charts(page):
        xml.etree.ElementTree.fromstring(chart)
    for tag, attributes in outline.tags:
        if tag == "th":
            assert attributes["scope"] in ("row", "col")
        if tag == "svg" and "plot" in attributes.get("class", ""):
            assert attributes["role"] == "img" and attributes["aria-label"]


@pytest.mark.parametrize("name", PAGES)
def test_page_needs_no_script_and_no_network(folder, name):
    page = page_of(folder, name)
    assert not re.search(r"(https?:)?//[a-z]|url\(|@import|\bsrc=", page.replace("</", ""))
    for tag, attributes in Outline(page).tags:
        assert tag not in ("script", "link", "img", "iframe", "object")
        assert attributes.get("href", "#").startswith("#")
        assert not [key for key in attributes if key.startswith("on")]
    assert "default-src 'none'" in page


def test_tables_tell_what_happened(folder):
    """By hand: 120 packets of a burst and each 1100th are lost, the latter but late."""
    rows = {row[0]: row[1:] for row in Outline(page_of(folder, "busy")).rows}
    assert rows["sent"] == ["6000"]
    assert rows["received"] == ["5875"]
    assert rows["lost"] == ["125"]
    assert rows["late"] == ["5"]
    assert rows["duplicates"] == ["6"]
    assert rows["reordered (RFC 4737)"] == ["8"]
    assert rows["lost forward"] == ["unknown"]
    assert rows["path length changed"] == ["yes"]
    assert rows["in the reflector"] == ["2.00 us"] * 2 + ["0 ns"] + ["2.00 us"] * 5


def test_marks_add_up_to_what_was_lost(folder):
    counts = re.findall(r"<title>(\d+) lost, sent from", page_of(folder, "busy"))
    assert sum(map(int, counts)) == 125


def test_what_is_unknown_is_not_zero(folder):
    rows = {row[0]: row[1:] for row in Outline(page_of(folder, "silent")).rows}
    for name in ("round trip", "forward", "IPDV backward", "hops forward, latest",
                 "jitter: mean size of IPDV round trip", "reflector synchronised"):
        assert rows[name] == ["unknown"], name


# --- in a browser -------------------------------------------------------------------------------

needs_browser = pytest.mark.skipif(not BROWSER, reason="chromium-headless-shell is not installed")
DARK = ("@media (prefers-color-scheme:dark)", "@media all")
PRINT = ("@media print", "@media all")


def browse(page, *options):
    return run(BROWSER, "--no-sandbox", "--disable-gpu", "--hide-scrollbars", *options,
               page.as_uri())


def measure(folder, name, width, replaced=None, opened=True):
    """What a browser of that width makes of a copy of the page that measures itself."""
    page = page_of(folder, name)
    if replaced:
        assert replaced[0] in page
        page = page.replace(*replaced)
    page = re.sub(r'<meta http-equiv="Content-Security-Policy"[^>]*>', "", page)
    script = MEASURE.replace("OPEN", "true" if opened else "false")
    copy = folder / "measured.html"
    copy.write_text(page.replace("</body>", script), encoding="utf-8")
    shown = browse(copy, f"--window-size={width},900", "--dump-dom")
    found = re.search(r'<pre id="measured">(.*?)</pre>', shown, re.S)
    assert found, shown[-500:]
    return json.loads(html.unescape(found.group(1)))


@needs_browser
@pytest.mark.parametrize("width", [400, 768, 1280])
@pytest.mark.parametrize("name", PAGES)
def test_nothing_overlaps_or_sticks_out(folder, name, width):
    measured = measure(folder, name, width)
    assert measured["wrong"] == []
    assert (measured["texts"] > 0) == (name not in WITHOUT_TICKS)
    assert measured["page"] == [0xf5, 0xf6, 0xf8]


@needs_browser
@pytest.mark.parametrize("name", ["busy", "sessions-8", "conditions", "silent"])
def test_dark_page_can_be_read(folder, name):
    measured = measure(folder, name, 1280, DARK)
    assert measured["wrong"] == []
    assert max(measured["page"]) < 64


@needs_browser
@pytest.mark.parametrize("name", ["busy", "sessions-4"])
def test_printed_page_is_white_and_whole(folder, name):
    """Sections are printed open though nobody opened them; about A4's width."""
    measured = measure(folder, name, 720, PRINT, opened=False)
    tables = page_of(folder, name).count("<table")
    assert measured["wrong"] == []
    assert measured["page"] == [255, 255, 255]
    assert measured["tables"] == tables


@needs_browser
@pytest.mark.skipif(not shutil.which("pdftotext"), reason="poppler-utils is not installed")
def test_print_holds_every_session(folder):
    pdf = folder / "sessions-4.pdf"
    browse(folder / "sessions-4.html", "--no-pdf-header-footer", f"--print-to-pdf={pdf}")
    text = run("pdftotext", "-layout", pdf, "-")
    assert text.count("Packets") == 4
    assert text.count("Delay over time") == 4


@needs_browser
def test_text_of_others_stays_text(folder):
    """A browser finds no script in the page, and shows the host's name as it was given."""
    shown = browse(folder / "hostile.html", "--dump-dom")
    assert "<script" not in shown
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
