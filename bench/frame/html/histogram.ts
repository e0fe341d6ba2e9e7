import type { HistogramPlot } from '../bench.js'
import { fullAxis, linearAxis } from './axis.js'
import { axes, plotArea, type PlotArea } from './frame.js'
import { line, px, seriesStyles, text, type Canvas, type Drawing } from './svg.js'

const markLine = 16

/** The share of a series' counts that each bin holds; zeros where it counted nothing. */
export function sharesOf (counts: readonly number[]): number[] {
  const total = counts.reduce((sum, count) => sum + count, 0)
  return counts.map(count => total === 0 ? 0 : count / total)
}

/** Outlines of shares over equal bins from 0 on; each series sums to one, so that a hundred and a million pairs can be compared. */
export function drawHistogram (plot: HistogramPlot, canvas: Canvas): Drawing {
  const { series, binWidth, marks = [] } = plot
  const shares = series.map(({ counts }) => sharesOf(counts))
  const end = binWidth * Math.max(1, ...series.map(({ counts }) => counts.length))
  const xAxis = fullAxis([0, end, ...marks.map(({ at }) => at)], canvas.isNarrow ? 5 : 9)
  const yAxis = linearAxis([...shares.flat().map(share => share * 100), 0.1], 5)
  const area = plotArea(canvas, xAxis, yAxis, plot.xLabel, markLine * marks.length)
  const outlines = shares.map((values, i) => outline(values, binWidth, area, i))
  const marked = marks.map(({ at, label }, i) => {
    const isLate = xAxis.at(at) > 0.6
    const y = 12 + markLine * (i + 1)
    return line(area.x(at), y - 9, area.x(at), area.bottom, 'target') + text(area.x(at) + (isLate ? -5 : 5), y, label, 'target-label', isLate ? 'end' : 'start')
  })
  const body = axes(area, xAxis, yAxis, plot.xLabel, '% of each series') + outlines.join('') + marked.join('')
  return { height: area.height, body, description: describe(plot) }
}

function outline (shares: readonly number[], binWidth: number, area: PlotArea, series: number): string {
  const steps = shares.map((share, bin) => `V${px(area.y(share * 100))}H${px(area.x((bin + 1) * binWidth))}`).join('')
  const path = `M${px(area.x(0))},${px(area.bottom)}${steps}V${px(area.bottom)}`
  const kind = `c${series % seriesStyles}`
  return `<path class="area ${kind}" d="${path}Z"/><path class="path ${kind}" d="${path}"/>`
}

function describe ({ series, binWidth, xLabel, marks = [] }: HistogramPlot): string {
  const parts = series.map(({ name, counts }) => {
    const first = counts.findIndex(count => count > 0)
    const last = counts.findLastIndex(count => count > 0)
    return first < 0 ? `${name}: nothing counted` : `${name}: ${first * binWidth} to ${(last + 1) * binWidth}`
  })
  const marked = marks.map(({ at, label }) => `${label} at ${at}`)
  return `Distribution of ${xLabel}. ${[...parts, ...marked].join('; ')}.`
}
