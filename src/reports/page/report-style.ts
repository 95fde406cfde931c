import { printColors } from '../charts/print-colors.ts'

const { ink, muted, line, lineStrong, sunken, frozen, thawedInk, ground } = printColors

/** The look of a report, on a screen and on A4. */
export const reportStyle = `
:root { color-scheme: light; }
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; }
body {
  margin: 0 auto; padding: 32px 28px 48px; max-width: 940px; background: ${ground}; color: ${ink};
  font: 15px/1.5 system-ui, -apple-system, 'Segoe UI', Roboto, 'Noto Sans', 'PingFang SC', 'Microsoft YaHei', 'Noto Sans CJK SC', 'WenQuanYi Zen Hei', sans-serif;
}
bdi { unicode-bidi: isolate; }
h1, h2, h3, h4, p, dl, dd, figure, ul, ol, table, pre { margin: 0; }
h1, h2, h3, h4, p, li, dd, dt, figcaption, bdi { overflow-wrap: anywhere; }
h1 { font-size: 28px; line-height: 1.2; font-weight: 650; }
h2 { font-size: 20px; line-height: 1.25; font-weight: 650; padding-top: 8px; border-top: 2px solid ${ink}; margin-bottom: 12px; }
h3 { font-size: 15px; font-weight: 650; margin: 20px 0 6px; }
h4 { font-size: 13px; font-weight: 650; margin: 12px 0 4px; }
p + p, p + ul, ul + p, table + p, dl + p { margin-top: 8px; }
a { color: inherit; }
.head { margin-bottom: 20px; }
.kind { color: ${muted}; font-size: 13px; margin-bottom: 2px; }
.kind b { color: ${thawedInk}; font-weight: 650; }
.facts { display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 3px 16px; margin-top: 14px; font-size: 14px; }
.facts dt, .pairs dt { color: ${muted}; }
.tag { display: inline-block; border: 1px solid ${lineStrong}; border-radius: 9px; padding: 0 8px; margin-right: 4px; font-size: 13px; }
.note { white-space: pre-wrap; }
.contents ol { display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none; padding: 8px 0 0; border-top: 1px solid ${line}; font-size: 13px; }
section { margin-top: 34px; }
.small { font-size: 12.5px; color: ${muted}; }
.lead { display: flex; flex-wrap: wrap; gap: 4px 28px; align-items: baseline; margin-bottom: 10px; }
.lead .value { font-size: 46px; line-height: 1.1; font-weight: 650; font-variant-numeric: tabular-nums; }
.lead dt { font-size: 13px; color: ${muted}; }
.lead dd { font-variant-numeric: tabular-nums; }
.told { padding-left: 20px; }
.told li + li { margin-top: 6px; }
.told .small { display: block; }
table { width: 100%; border-collapse: collapse; font-size: 13.5px; font-variant-numeric: tabular-nums; margin-top: 6px; }
caption { text-align: start; font-weight: 650; padding-bottom: 4px; }
th, td { text-align: start; vertical-align: top; padding: 4px 10px 4px 0; border-top: 1px solid ${line}; }
thead th { border-top: 0; border-bottom: 1px solid ${lineStrong}; font-weight: 500; color: ${muted}; vertical-align: bottom; font-size: 12.5px; }
tbody th { font-weight: 500; }
tfoot th, tfoot td { border-top: 1px solid ${lineStrong}; font-weight: 600; }
th.number, td.number { text-align: end; white-space: nowrap; }
th.number { white-space: normal; }
th:last-child, td:last-child { padding-right: 0; }
tbody th, td:not(.number) { min-width: 6.5em; max-width: 20em; }
.range { display: block; font-weight: 400; font-size: 11.5px; color: ${muted}; }
.narrow { width: auto; min-width: 55%; }
.hash, pre { font-family: ui-monospace, 'SF Mono', Menlo, Consolas, 'DejaVu Sans Mono', monospace; font-size: 12px; }
.hash { overflow-wrap: anywhere; }
pre { white-space: pre-wrap; overflow-wrap: anywhere; background: ${sunken}; border-radius: 6px; padding: 10px 12px; line-height: 1.45; margin-top: 6px; }
pre[data-plan] { columns: 2; column-gap: 20px; }
figure { margin-top: 10px; }
figcaption { font-size: 13px; margin-top: 4px; }
figure > h3 { margin-top: 0; }
svg { display: block; max-width: 100%; height: auto; }
svg text { unicode-bidi: plaintext; }
.halves { display: grid; grid-template-columns: repeat(2, minmax(0, 1fr)); gap: 12px 24px; }
.legend { display: flex; flex-wrap: wrap; gap: 2px 18px; list-style: none; padding: 0; margin-top: 6px; font-size: 13px; }
.legend li { display: flex; gap: 7px; align-items: center; min-width: 0; }
.legend svg { flex: none; }
.pictures { display: grid; grid-template-columns: repeat(4, minmax(0, 1fr)); gap: 14px; list-style: none; padding: 0; margin-top: 10px; }
.pictures li { font-size: 12.5px; line-height: 1.4; min-width: 0; }
.pictures img, .pictures .empty { display: block; width: 100%; aspect-ratio: 1; object-fit: contain; background: ${sunken}; border-radius: 4px; }
.pictures .empty { display: grid; place-items: center; color: ${muted}; text-align: center; padding: 8px; }
.pictures .file { color: ${muted}; font-size: 11.5px; }
.right { color: #14633f; font-weight: 600; }
.wrong { color: #a3221c; font-weight: 600; }
.steps { padding-left: 22px; }
.steps li + li { margin-top: 10px; }
footer { margin-top: 40px; padding-top: 8px; border-top: 1px solid ${line}; font-size: 12.5px; color: ${muted}; }
.bar { height: 8px; border-radius: 4px; background: ${sunken}; max-width: 420px; margin: 2px 0 12px; }
@media (max-width: 640px) { .halves { grid-template-columns: 1fr; } .pictures { grid-template-columns: repeat(2, minmax(0, 1fr)); } .facts, .pairs { grid-template-columns: 1fr; } }
.pairs { display: grid; grid-template-columns: minmax(9rem, 32%) minmax(0, 1fr); font-size: 13.5px; }
.pairs dt { padding-right: 16px; }
.pairs dt, .pairs dd { padding-block: 3px; border-top: 1px solid ${line}; }
@page { size: A4; margin: 17mm 15mm 18mm; @bottom-center { content: counter(page) ' / ' counter(pages); font: 9pt system-ui, sans-serif; color: ${muted}; } }
@media print {
  body { padding: 0; max-width: none; font-size: 10pt; }
  h1 { font-size: 20pt; } h2 { font-size: 14pt; } h3 { font-size: 11pt; }
  .lead .value { font-size: 30pt; }
  table, .pairs { font-size: 9pt; } thead th, .range, .small, .pictures li, figcaption, .legend, footer { font-size: 8.5pt; } .range, .pictures .file { font-size: 7.5pt; }
  pre, .hash { font-size: 8pt; }
  .contents { display: none; }
  h1, h2, h3, h4, caption, thead, .intro { break-after: avoid; }
  table + .small, .halves, .halves + *, .steps pre { break-before: avoid; }
  th, td, .pairs dt, .pairs dd { padding-block: 2pt; }
  p, tr, pre, .told li, .pictures li, figure, .pairs > *, .lead { break-inside: avoid; }
  thead { display: table-header-group; } tfoot { display: table-row-group; }
  a { text-decoration: none; }
  section { margin-top: 22pt; }
  * { -webkit-print-color-adjust: exact; print-color-adjust: exact; }
}
:target { outline: 2px solid ${frozen}; outline-offset: 6px; }
`
