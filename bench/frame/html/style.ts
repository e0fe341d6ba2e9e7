/**
 * Eight colours for light and eight for dark paper, after Okabe and Ito's set for colour-blind readers, shifted until
 * each has a contrast of 3 to 1 against the paper. Shapes, dashes and hatches say the same without colour.
 */
const light = ['#0067a5', '#c35a00', '#008060', '#a8458a', '#8a6d00', '#5b4bb5', '#0b8299', '#555e66']
const dark = ['#5cb3f0', '#f2a04a', '#3fc79f', '#e08fc4', '#e3cf4f', '#b0a4ff', '#7fd9ea', '#aab4bd']

function colours (palette: readonly string[]): string {
  return palette.map((colour, i) => `--c${i}:${colour};`).join('')
}

const dashes = ['none', '7 4', '2 4', '10 4 2 4', '5 3', '1 3', '8 3 2 3 2 3', '4 6']

const series = dashes.map((dash, i) => `.c${i}{fill:var(--c${i})}.hollow.c${i}{stroke:var(--c${i})}.path.c${i}{fill:none;stroke:var(--c${i});stroke-dasharray:${dash}}`).join('')

const darkPaper = `color-scheme:dark;--paper:#12171d;--card:#1a2129;--ink:#e8edf2;--soft:#a3b0bd;--rule:#323d48;--grid:#2a343e;--accent:#6bb6e8;
--good:#4fcf9d;--bad:#ff8f7a;--open:#c8b45a;--good-tint:#16342b;--bad-tint:#3d211d;--open-tint:#35311d;--shade:rgb(0 0 0/.6);${colours(dark)}`

/** The report's only style sheet. */
export const style = `
:root{color-scheme:light;--paper:#f5f7f9;--card:#fff;--ink:#16202a;--soft:#55636f;--rule:#d5dde4;--grid:#e6ebf0;--accent:#00588f;
--good:#00704f;--bad:#b3261e;--open:#7a6100;--good-tint:#e2f4ec;--bad-tint:#fdeae7;--open-tint:#faf3d9;--shade:rgb(22 32 42/.24);${colours(light)}}
@media screen and (prefers-color-scheme:dark){:root{${darkPaper}}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;scroll-padding-top:1rem}
body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif}
.page{max-width:1180px;margin:0 auto;padding:0 1.5rem}
a{color:var(--accent)}
a:focus-visible,summary:focus-visible,.scroll:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
code{font:0.9em/1.4 ui-monospace,SFMono-Regular,Menlo,Consolas,monospace;overflow-wrap:anywhere}
header{padding:2.75rem 0 2rem;background:var(--card);border-bottom:1px solid var(--rule)}
h1{margin:0;font-size:2rem;line-height:1.2;letter-spacing:-.02em;display:flex;gap:.7rem;align-items:center;flex-wrap:wrap}
h1 svg{width:2.1rem;height:2.1rem;flex:none}
.kicker{margin:.35rem 0 0;color:var(--soft)}
.verdict{margin:1.25rem 0 0;padding:.8rem 1.1rem;border-left:5px solid;border-radius:8px}
.verdict.reached{border-color:var(--good);background:var(--good-tint)}
.verdict.missed{border-color:var(--bad);background:var(--bad-tint)}
.verdict.open{border-color:var(--open);background:var(--open-tint)}
.verdict strong{font-size:1.2rem}
.verdict p{margin:0}
.verdict ul{margin:.35rem 0 0;padding-left:1.15rem;font-size:.95rem}
.verdict *+p{margin-top:.35rem;color:var(--soft);font-size:.9rem}
.warning{margin:.75rem 0 0;padding:.5rem 1.1rem;border-left:5px solid var(--open);border-radius:8px;background:var(--open-tint);font-weight:600}
.facts{display:grid;grid-template-columns:max-content 1fr;gap:.25rem 1.25rem;margin:1.5rem 0 0;font-size:.92rem}
.facts dt{color:var(--soft)}
.facts dd{margin:0;min-width:0}
.overview{display:grid;grid-template-columns:repeat(auto-fit,minmax(12.5rem,1fr));gap:1rem;margin:1.75rem 0 0;padding:0;list-style:none}
.overview a{display:flex;flex-direction:column;gap:.55rem;height:100%;padding:1rem 1.15rem;border:1px solid var(--rule);border-radius:10px;background:var(--card);color:inherit;text-decoration:none}
.overview a:hover{border-color:var(--accent)}
.overview strong{font-size:1.05rem}
.overview span.headline{color:var(--soft);font-size:.92rem;flex:1}
.counts{display:flex;flex-wrap:wrap;gap:.4rem}
.badge{display:inline-flex;align-items:center;gap:.35em;padding:.08rem .6rem;border-radius:99px;font-size:.82rem;font-weight:600;white-space:nowrap}
.badge svg{width:.85em;height:.85em;flex:none}
.reached.badge{color:var(--good);background:var(--good-tint)}
.missed.badge{color:var(--bad);background:var(--bad-tint)}
.open.badge{color:var(--open);background:var(--open-tint)}
section{padding:2.5rem 0 .5rem}
h2{margin:0;font-size:1.5rem;letter-spacing:-.01em}
h3{margin:2rem 0 .75rem;font-size:1.05rem}
.lead{margin:.4rem 0 0;font-size:1.1rem;max-width:62em}
.conditions{margin:.9rem 0 0;padding-left:1.15rem;color:var(--soft);font-size:.9rem;max-width:75em}
.group::first-letter{text-transform:uppercase}
.group{margin:1.1rem 0 .5rem;font-size:.95rem}
.targets+.targets{margin-top:.5rem}
.targets{display:grid;gap:.5rem;margin:0;padding:0;list-style:none}
.targets li{display:grid;grid-template-columns:8.2rem minmax(0,1fr) 11.5rem 27%;gap:.25rem 1rem;align-items:baseline;padding:.6rem .9rem;border:1px solid var(--rule);border-radius:8px;background:var(--card)}
.targets .badge{justify-self:start}
.targets small{color:var(--soft);font-size:.82rem;margin-right:.35em}
.plots{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,31rem),1fr));gap:1rem;align-items:start}
figure,.table{margin:0;background:var(--card);border:1px solid var(--rule);border-radius:10px}
figure,.table{min-width:0}
.table{overflow:hidden}
figure{padding:1.1rem 1.25rem .9rem}
figcaption{font-weight:600;margin-bottom:.35rem}
.legend{display:flex;flex-wrap:wrap;gap:.15rem 1.1rem;margin:0 0 .5rem;padding:0;list-style:none;font-size:.86rem;color:var(--soft)}
.legend li{display:flex;align-items:center;gap:.45em}
.key{width:26px;height:14px;flex:none}
figure>svg{display:block;width:100%;max-width:46rem;height:auto}
figure>svg.narrow{display:none}
svg text{font:12.5px system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif;fill:var(--ink)}
svg .tick,svg .axis{fill:var(--soft)}
svg .tick{font-size:11.5px}
svg .label{paint-order:stroke;stroke:var(--card);stroke-width:3px}
svg .value{font-size:12px;font-variant-numeric:tabular-nums}
.grid{stroke:var(--grid)}.base{stroke:var(--soft)}
.target{stroke:var(--ink);stroke-dasharray:4 3;stroke-width:1.3}
svg .target-label{font-size:11.5px;font-weight:600;paint-order:stroke;stroke:var(--card);stroke-width:4px}
.path{stroke-width:2.25;stroke-linejoin:round}
.area{fill-opacity:.16}
.mark{stroke:var(--card);stroke-width:1}
.mark.hollow{fill:var(--card);stroke-width:2}
.bar:hover rect{opacity:.82}
${series}
details{margin-top:.6rem;font-size:.9rem}
summary{cursor:pointer;color:var(--accent);width:max-content}
details .table{margin-top:.6rem}
details .scroll{max-height:22rem;overflow:auto}
details .heading{padding:.5rem .8rem}
.tables{display:grid;gap:1rem}
.scroll{overflow-x:auto;min-width:0;background:linear-gradient(to right,var(--card) 40%,transparent) left/3rem 100%,linear-gradient(to left,var(--card) 40%,transparent) right/3rem 100%,linear-gradient(to right,var(--shade),transparent) left/1.1rem 100%,linear-gradient(to left,var(--shade),transparent) right/1.1rem 100%;background-repeat:no-repeat;background-attachment:local,local,scroll,scroll}
.scroll:focus-visible{outline-offset:-2px}
.scroll::-webkit-scrollbar{height:.65rem;width:.65rem}
.scroll::-webkit-scrollbar-thumb{background:var(--soft);border:.16rem solid var(--card);border-radius:.4rem}
table{border-collapse:collapse;width:100%;font-size:.88rem}
.heading{padding:.8rem .8rem .55rem}
h4{margin:0;font-size:1rem}
.heading p{margin:.15rem 0 0;color:var(--soft);font-size:.84rem;max-width:85em}
th,td{padding:.36rem .8rem;text-align:left;vertical-align:baseline;border-top:1px solid var(--grid)}
thead th{color:var(--soft);font-weight:600;vertical-align:bottom}
thead tr>*{border-top:1px solid var(--rule)}
.turned tbody th{min-width:8.5rem}
tbody th{font-weight:500;position:sticky;left:0;background:var(--card)}
.n{text-align:right;font-variant-numeric:tabular-nums}
td.n{white-space:nowrap}
.dense th,.dense td{padding-left:.45rem;padding-right:.45rem}
tbody tr:hover>*{background:var(--grid)}
.failure{padding:.8rem 1rem;border-radius:8px;background:var(--bad-tint);color:var(--bad);font-weight:500}
footer{margin:3rem 0 0;padding:1.5rem 0 2.5rem;border-top:1px solid var(--rule);color:var(--soft);font-size:.9rem}
@media (max-width:40rem){
.page{padding:0 1rem}
header{padding-top:1.75rem}
h1{font-size:1.6rem}
.facts{grid-template-columns:1fr;gap:0}
.facts dt{margin-top:.5rem;font-size:.82rem}
.targets li{grid-template-columns:1fr}
figure{padding:.9rem .9rem .75rem}
figure>svg.wide{display:none}
figure>svg.narrow{display:block}
th,td{padding:.36rem .6rem}
}
@media (min-width:40.01rem) and (max-width:62rem){.targets li{grid-template-columns:8.2rem 1fr}.targets li>:nth-child(n+3){grid-column:2}}
@page{margin:14mm 12mm}
@media print{
body{background:#fff;font-size:10pt}
.page{max-width:none;padding:0}
header{padding:0 0 1rem}
section{padding-top:1.5rem}
details{display:none}
.overview{grid-template-columns:repeat(3,1fr);gap:.5rem}
.overview a{padding:.5rem .7rem;gap:.3rem}
.overview span.headline{font-size:8pt;line-height:1.4}
.targets{font-size:9pt}
.targets li{grid-template-columns:7.8rem minmax(0,1fr) 8rem 30%;padding:.35rem .6rem}
.targets li>:nth-child(n+3){grid-column:auto}
.plots{grid-template-columns:1fr 1fr}
figure>svg.wide{display:none}
figure>svg.narrow{display:block}
.overview li,.verdict,figure,.targets li,.heading,tr{break-inside:avoid}
h2,h3,h4,figcaption,.heading{break-after:avoid}
.table,.scroll{overflow:visible}
.scroll{background:none}
table{font-size:7.5pt}
th,td{padding:.2rem .35rem}
tbody th,.turned tbody th{position:static;min-width:0}
.dense{font-size:min(7.5pt,calc(140px/var(--columns)))}
.dense th,.dense td{padding:.3em .3em}
*{-webkit-print-color-adjust:exact;print-color-adjust:exact}
}
`
