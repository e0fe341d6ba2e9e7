import type { Plot, Table } from '../bench.js'
import { numberText } from '../cell.js'
import { drawBars } from './bars.js'
import { escape } from './escape.js'
import { drawHistogram, sharesOf } from './histogram.js'
import { drawLines } from './lines.js'
import { canvases, marker, seriesStyles, type Canvas, type Drawing } from './svg.js'
import { htmlTable } from './table.js'

/** A plot with its legend, and its values as a table for who would rather read them. */
export function figure (plot: Plot, id: string): string {
  return `<figure><figcaption>${escape(plot.title)}</figcaption>${legend(plot)}${canvases.map(canvas => image(plot, canvas, id)).join('')}
<details><summary>Values as a table</summary>${htmlTable(valuesOf(plot), `${id}-values`)}</details></figure>`
}

function draw (plot: Plot, canvas: Canvas): Drawing {
  switch (plot.kind) {
    case 'bars': return drawBars(plot, canvas)
    case 'lines': return drawLines(plot, canvas)
    case 'histogram': return drawHistogram(plot, canvas)
  }
}

function image (plot: Plot, canvas: Canvas, id: string): string {
  const { height, body, description } = draw(plot, canvas)
  const kind = canvas.isNarrow ? 'narrow' : 'wide'
  return `<svg class="${kind}" role="img" viewBox="0 0 ${canvas.width} ${height}" aria-labelledby="${id}-${kind}-t ${id}-${kind}-d">
<title id="${id}-${kind}-t">${escape(plot.title)}</title><desc id="${id}-${kind}-d">${escape(description)}</desc>${body}</svg>`
}

/** What a series is drawn with, beside its name. */
function legend (plot: Plot): string {
  if (plot.series.length < 2) return ''
  const entries = plot.series.map(({ name }, i) => `<li><svg class="key" viewBox="0 0 26 14" aria-hidden="true">${key(plot.kind, i)}</svg>${escape(name)}</li>`)
  return `<ul class="legend">${entries.join('')}</ul>`
}

function key (kind: Plot['kind'], series: number): string {
  const colour = `c${series % seriesStyles}`
  if (kind === 'lines') return `<line class="path ${colour}" x1="0" y1="7" x2="26" y2="7"/>${marker(13, 7, series)}`
  if (kind === 'histogram') return `<rect class="area ${colour}" x="1" y="2" width="24" height="10"/><line class="path ${colour}" x1="1" y1="2.5" x2="25" y2="2.5"/>`
  const hatch = series % 2 === 0 ? '' : '<rect x="3" y="1" width="20" height="12" fill="url(#hatch)"/>'
  return `<rect class="${colour}" x="3" y="1" width="20" height="12" rx="2"/>${hatch}`
}

/** The values behind a plot. */
export function valuesOf (plot: Plot): Table {
  const names = plot.series.map(({ name }) => name)
  if (plot.kind === 'bars') {
    return { title: plot.unit, columns: ['', ...names], rows: plot.labels.map((label, i) => [label, ...plot.series.map(({ values }) => values[i] ?? Number.NaN)]) }
  }
  if (plot.kind === 'lines') {
    const xs = [...new Set(plot.series.flatMap(({ points }) => points.map(([x]) => x)))].sort((a, b) => a - b)
    const rows = xs.map(x => [x, ...plot.series.map(({ points }) => points.find(([at]) => at === x)?.[1] ?? Number.NaN)])
    return { title: plot.yLabel, columns: [plot.xLabel, ...names], rows }
  }
  const shares = plot.series.map(({ counts }) => sharesOf(counts))
  const bins = Math.max(0, ...shares.map(({ length }) => length))
  const rows = Array.from({ length: bins }, (_, bin) =>
    [binText(bin, plot.binWidth), ...shares.map(values => `${numberText((values[bin] ?? 0) * 100)} %`)])
  return { title: 'share of each series', columns: [plot.xLabel, ...names], rows: rows.filter(row => row.slice(1).some(cell => cell !== '0 %')) }
}

function binText (bin: number, width: number): string {
  return width === 1 ? String(bin) : `${numberText(bin * width)} to below ${numberText((bin + 1) * width)}`
}
