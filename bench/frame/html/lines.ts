import type { LinePlot } from '../bench.js'
import { numberText } from '../cell.js'
import { linearAxis, logAxis } from './axis.js'
import { escape } from './escape.js'
import { axes, plotArea } from './frame.js'
import { marker, px, seriesStyles, type Canvas, type Drawing } from './svg.js'

/** Lines through points. A logarithmic axis leaves out what it has no place for: 0 and below. */
export function drawLines (plot: LinePlot, canvas: Canvas): Drawing {
  const { logX = false, logY = false } = plot
  const series = plot.series.map(({ name, points }) =>
    ({ name, points: points.filter(([x, y]) => Number.isFinite(x) && Number.isFinite(y) && (!logX || x > 0) && (!logY || y > 0)) }))
  const xs = series.flatMap(({ points }) => points.map(([x]) => x))
  const ys = series.flatMap(({ points }) => points.map(([, y]) => y))
  const ticksX = canvas.isNarrow ? 5 : 9
  const xAxis = logX ? logAxis(xs, ticksX) : linearAxis(xs, ticksX)
  const yAxis = logY ? logAxis(ys, 10) : linearAxis(ys, 6)
  const area = plotArea(canvas, xAxis, yAxis, plot.xLabel)
  const body = series.map(({ name, points }, i) => {
    const places = points.map(([x, y]) => `${px(area.x(x))},${px(area.y(y))}`).join(' ')
    const marks = points.map(([x, y]) => `<g><title>${escape(`${name}: ${numberText(y)} at ${numberText(x)}`)}</title>${marker(area.x(x), area.y(y), i)}</g>`)
    return `<polyline class="path c${i % seriesStyles}" points="${places}"/>${marks.join('')}`
  })
  return { height: area.height, body: axes(area, xAxis, yAxis, plot.xLabel, plot.yLabel) + body.join(''), description: describe(plot, ys) }
}

function describe ({ series, xLabel, yLabel }: LinePlot, ys: readonly number[]): string {
  const range = ys.length === 0 ? 'nothing measured' : `from ${numberText(Math.min(...ys))} to ${numberText(Math.max(...ys))}`
  return `Lines of ${yLabel} over ${xLabel} for ${series.map(({ name }) => name).join(', ')}: ${range}.`
}
