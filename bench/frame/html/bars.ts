import type { BarPlot } from '../bench.js'
import { numberText } from '../cell.js'
import { linearAxis, tickText, type Axis } from './axis.js'
import { escape } from './escape.js'
import { centred, centredExtra, line, px, seriesStyles, text, textWidth, wrapped, type Canvas, type Drawing } from './svg.js'

const barHeight = 17
const barGap = 3
const groupGap = 16
const labelLine = 16
const top = 8
const markLine = 16
const bottom = 44
const labelWidthMax = 190

/** Bars lie, so that labels of any length stand upright and the plot grows downwards, not sideways. */
export function drawBars (plot: BarPlot, canvas: Canvas): Drawing {
  const { labels, series, marks = [] } = plot
  const stacked = plot.stacked === true
  const ends = stacked ? labels.map((_, label) => series.reduce((sum, { values }) => sum + lengthOf(values[label]), 0)) : series.flatMap(({ values }) => values.filter(Number.isFinite))
  const axis = linearAxis([...ends, ...marks.map(({ at }) => at)], canvas.isNarrow ? 4 : 6)
  const left = canvas.isNarrow ? 2 : Math.min(labelWidthMax, Math.max(0, ...labels.map(textWidth))) + 12
  const right = canvas.width - Math.max(0, ...ends.map(end => textWidth(numberText(end)))) - 10
  const frame: Frame = { axis, left, right, canvas, stacked }
  const rows = stacked ? 1 : series.length
  const groupHeight = rows * (barHeight + barGap) + groupGap + (canvas.isNarrow ? labelLine : 0)
  const plotTop = top + markLine * marks.length
  const plotBottom = plotTop + groupHeight * labels.length
  const groups = labels.map((_, label) => group(plot, label, plotTop + groupGap / 2 + label * groupHeight, frame, ends[label] ?? 0))
  const body = [
    ...axis.ticks.map(tick => gridLine(frame, tick, plotTop, plotBottom)),
    centred((left + right) / 2, plotBottom + 36, plot.unit, canvas),
    ...groups,
    ...marks.map((mark, i) => markAt(frame, mark, top + markLine * (i + 1) - 4, plotBottom))
  ].join('')
  return { height: plotBottom + bottom + centredExtra(plot.unit, (left + right) / 2, canvas), body, description: describe(plot, ends) }
}

interface Frame {
  axis: Axis
  left: number
  right: number
  canvas: Canvas
  stacked: boolean
}

function finite (value: number | undefined): number {
  return value !== undefined && Number.isFinite(value) ? value : 0
}

/** A difference of two measurements may fall below zero; in a stack it has no length, or it would lie over its neighbours. */
function lengthOf (value: number | undefined): number {
  return Math.max(0, finite(value))
}

function xOf ({ axis, left, right }: Frame, value: number): number {
  return left + axis.at(value) * (right - left)
}

function gridLine (frame: Frame, tick: number, from: number, to: number): string {
  const x = xOf(frame, tick)
  return line(x, from, x, to, tick === 0 ? 'base' : 'grid') + text(x, to + 17, tickText(tick), 'tick', tick === 0 && frame.canvas.isNarrow ? 'start' : 'middle')
}

function markAt (frame: Frame, { at, label }: { at: number, label: string }, labelY: number, to: number): string {
  const x = xOf(frame, at)
  const isLate = frame.axis.at(at) > 0.5
  return line(x, labelY - 8, x, to, 'target') + text(x + (isLate ? -5 : 5), labelY, label, 'target-label', isLate ? 'end' : 'start')
}

function group (plot: BarPlot, label: number, y: number, frame: Frame, end: number): string {
  const { left, canvas, stacked } = frame
  const name = plot.labels[label] ?? ''
  const barsTop = y + (canvas.isNarrow ? labelLine : 0)
  const height = (stacked ? 1 : plot.series.length) * (barHeight + barGap) - barGap
  const lines = canvas.isNarrow ? [name] : wrapped(name, left - 11)
  const middle = barsTop + height / 2 + 4.5 - (lines.length - 1) * 7
  const names = lines.map((part, i) => canvas.isNarrow ? text(left + 4, y + 10, part, 'label') : text(left - 10, middle + i * 14, part, 'label', 'end'))
  const bars = stacked
    ? stack(plot, label, barsTop, frame) + text(xOf(frame, end) + 6, barsTop + 13, numberText(plot.series.reduce((sum, { values }) => sum + finite(values[label]), 0)), 'value')
    : plot.series.map(({ name: of, values }, i) => bar(values[label], i, `${name}, ${of}`, plot.unit, barsTop + i * (barHeight + barGap), frame)).join('')
  return names.join('') + bars
}

function bar (value: number | undefined, series: number, name: string, unit: string, y: number, frame: Frame): string {
  const x = xOf(frame, 0)
  if (value === undefined || !Number.isFinite(value)) return text(x + 6, y + 13, 'not measured', 'tick')
  const shape = rectangle(Math.min(x, xOf(frame, value)), y, Math.abs(xOf(frame, value) - x), series, `${name}: ${numberText(value)} ${unit}`)
  return shape + text(Math.max(x, xOf(frame, value)) + 6, y + 13, numberText(value), 'value')
}

function stack ({ series, labels, unit }: BarPlot, label: number, y: number, frame: Frame): string {
  let sum = 0
  return series.map(({ name, values }, i) => {
    const value = finite(values[label])
    const x = xOf(frame, sum)
    sum += lengthOf(value)
    return value < 0 ? '' : rectangle(x, y, xOf(frame, sum) - x, i, `${labels[label] ?? ''}, ${name}: ${numberText(value)} ${unit}`)
  }).join('')
}

function rectangle (x: number, y: number, width: number, series: number, title: string): string {
  const shape = `x="${px(x)}" y="${px(y)}" width="${px(Math.max(width, 0.5))}" height="${barHeight}"`
  const hatch = series % 2 === 0 ? '' : `<rect class="hatch" ${shape} fill="url(#hatch)"/>`
  return `<g class="bar"><title>${escape(title)}</title><rect class="c${series % seriesStyles}" ${shape} rx="2"/>${hatch}</g>`
}

function describe ({ labels, series, unit, stacked }: BarPlot, ends: readonly number[]): string {
  const kind = stacked === true ? 'Stacked bars' : 'Bars'
  const range = ends.length === 0 ? 'nothing measured' : `from ${numberText(Math.min(...ends))} to ${numberText(Math.max(...ends))} ${unit}`
  return `${kind} of ${series.map(({ name }) => name).join(', ')} for ${labels.join(', ')}: ${range}.`
}
