/* SPDX-License-Identifier: GPL-2.0-only OR BSD-2-Clause */
/*
 * The style sheet. The colours of a theme differ in lightness as well as in hue, so that they can
 * be told apart without red or green; sessions 5 to 8 are dashed besides.
 */
#include "ping/report_html_parts.h"

#include <stddef.h>

/* clang-format off */
#define DARK_COLOURS \
	"--page:#14171c;--card:#1b1f26;--text:#e8eaee;--muted:#a7afbb;--grid:#2f3540;--axis:#6b7482;" \
	"--link:#7db4f7;--bad:#ff7b72;--bad-back:#3d1f22;--good:#5cc98a;--good-back:#173326;" \
	"--s1:#5ea3f5;--s2:#f08a3c;--s3:#49cfaa;--s4:#6d75f3;" \
	"--s5:#e9f05a;--s6:#16f9e1;--s7:#14939c;--s8:#66cffc;"
#define LIGHT_COLOURS \
	"--page:#f5f6f8;--card:#ffffff;--text:#1a1d22;--muted:#565e6b;--grid:#e4e7ec;--axis:#8b93a0;" \
	"--link:#1758ad;--bad:#b42318;--bad-back:#fdecea;--good:#0f6b3c;--good-back:#e6f4ec;" \
	"--s1:#1f6fd0;--s2:#d05a00;--s3:#02a184;--s4:#3c12b3;" \
	"--s5:#554c18;--s6:#0b405e;--s7:#286c77;--s8:#5595da;"

const char *const report_html_style[] = {
	":root{color-scheme:light;" LIGHT_COLOURS "}",
	"@media (prefers-color-scheme:dark){:root{color-scheme:dark;" DARK_COLOURS "}}",

	"*{box-sizing:border-box}",
	"body{margin:0;background:var(--page);color:var(--text);"
	"font:15px/1.5 system-ui,-apple-system,'Segoe UI',Roboto,'DejaVu Sans',sans-serif}",
	"main{max-width:1120px;margin:0 auto;padding:24px 16px 48px}",
	"h1{font-size:24px;line-height:1.25;margin:0 0 4px;overflow-wrap:anywhere}",
	"h2{font-size:18px;margin:32px 0 12px}",
	"h3{font-size:15px;margin:0 0 2px}",
	"p{margin:0 0 8px}a{color:var(--link)}",
	".lead,.note,.legend,figcaption,caption{color:var(--muted)}",
	".verdict{font-size:17px;margin-top:12px;overflow-wrap:anywhere}",
	".badge{display:inline-block;padding:4px 10px;border-radius:6px;overflow-wrap:anywhere}",
	".passed{color:var(--good);background:var(--good-back)}",
	".failed{color:var(--bad);background:var(--bad-back)}",

	".tiles{display:grid;grid-template-columns:repeat(auto-fill,minmax(124px,1fr));gap:10px;"
	"margin:12px 0}",
	".tile,figure.chart,.tables,details{background:var(--card);border:1px solid var(--grid);"
	"border-radius:8px}",
	".tile{padding:8px 12px}.tile dt{color:var(--muted);font-size:13px}",
	".tile dd{margin:0;font-size:20px;font-variant-numeric:tabular-nums}",
	".tile.unknown dd{color:var(--muted);font-size:15px;line-height:30px}",

	"figure{margin:0}figure.chart{padding:12px 16px;margin-bottom:12px;min-width:0}",
	".grid2{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,420px),1fr));"
	"gap:0 12px}",
	".legend{display:flex;flex-wrap:wrap;gap:2px 16px;font-size:13px}",
	".key{overflow-wrap:anywhere}.key svg{width:26px;height:10px;margin-right:6px}",
	".note{font-size:13px;margin:4px 0 0}",
	".nothing{color:var(--muted);margin:0;padding:12px 0}",
	".frame{padding:10px 26px 2px 76px}",

	"svg.plot{display:block;overflow:visible}svg.plot.told{margin-bottom:24px}",
	"svg.plot+svg.plot{margin-top:18px}",
	"svg.plot text{fill:var(--muted);font-size:12px;font-variant-numeric:tabular-nums}",
	".x text{text-anchor:middle}.y text{text-anchor:end}",
	".grid line{stroke:var(--grid);stroke-width:1px}",
	".axis{stroke:var(--axis)}",
	".marker{stroke:var(--text);stroke-dasharray:4 3;opacity:.7}",
	".line{fill:none;stroke:var(--c);stroke-width:1.6px;stroke-linejoin:round;"
	"vector-effect:non-scaling-stroke}",
	".area{fill:var(--c);stroke:var(--c);stroke-width:.5px;opacity:.28;"
	"vector-effect:non-scaling-stroke}",
	".bar{fill:var(--c);stroke:var(--card);stroke-width:1px}.dot{fill:var(--c)}",
	".over{stroke-dasharray:6 5}",
	".marks rect{fill:var(--c);stroke:var(--c);stroke-width:1px}",
	".marks.lost{--c:var(--bad)}.marks.late{--c:var(--s2)}",
	".marks.duplicates{--c:var(--s4)}.marks.reordered{--c:var(--s1)}",
	".s1{--c:var(--s1)}.s2{--c:var(--s2)}.s3{--c:var(--s3)}.s4{--c:var(--s4)}",
	".s5{--c:var(--s5)}.s6{--c:var(--s6)}.s7{--c:var(--s7)}.s8{--c:var(--s8)}",
	".s5.line,.s6.line,.s7.line,.s8.line{stroke-dasharray:7 3}",

	".multiples{display:grid;grid-template-columns:repeat(auto-fill,minmax(150px,1fr));"
	"gap:10px 16px;margin-top:8px}",
	".small figcaption{font-size:12px;overflow-wrap:anywhere}.small{min-width:0}",

	".tables{padding:12px 16px;margin-bottom:12px}",
	".wide{overflow-x:auto}table{border-collapse:collapse;font-variant-numeric:tabular-nums}",
	".wide table{width:100%}",
	"caption{text-align:left;font-size:13px;padding:4px 0}",
	"th,td{padding:4px 10px;border-bottom:1px solid var(--grid);text-align:right;"
	"white-space:nowrap}",
	"thead th{color:var(--muted);font-weight:600;font-size:13px}",
	"th[scope=row],thead th:first-child,.parameters th,.parameters td{text-align:left}",
	"th[scope=row]{font-weight:500}th:first-child,td:first-child{padding-left:0}",
	"td.unknown{color:var(--muted)}.delays td.unknown{text-align:left}",
	"td.worst{font-weight:700;color:var(--bad);background:var(--bad-back)}",
	"td.worst abbr{text-decoration:none}",
	".facts{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,300px),1fr));"
	"gap:12px 32px;margin-top:16px;align-items:start}",
	".facts table{width:100%}.facts th{white-space:normal;text-align:left}",
	".command code{display:block;padding:8px 12px;background:var(--page);"
	"border-radius:6px;white-space:pre-wrap;overflow-wrap:anywhere;font-size:13px}",

	"details{margin-bottom:10px;padding:0 16px}details[open]{padding-bottom:8px}",
	"summary{padding:10px 0;cursor:pointer;font-weight:600;overflow-wrap:anywhere}",
	"summary .verdict{font-weight:400;font-size:15px;display:inline}",

	"@media (max-width:600px){main{padding:16px 10px 32px}.odd{display:none}"
	"figure.chart,.tables{padding:10px}.frame{padding-left:68px;padding-right:18px}}",

	/* The colours of light in print, whatever the screen has. */
	"@media print{:root{color-scheme:light;" LIGHT_COLOURS "--page:#fff;}"
	"body{font-size:12px;background:#fff;print-color-adjust:exact;"
	"-webkit-print-color-adjust:exact}main{max-width:none;padding:0}"
	"figure,tr,.tile{break-inside:avoid}h2,h3,summary,caption{break-after:avoid}"
	".wide{overflow:visible}table{font-size:11px}th,td{padding:2px 4px}.parameters th,.parameters td{white-space:normal}"
	"details{break-inside:auto}summary{list-style:none}"
	"details::details-content{content-visibility:visible;display:block;block-size:auto}}",
	NULL,
};
/* clang-format on */
