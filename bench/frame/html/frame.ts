import { tickText, type Axis } from './axis.js'
import { centred, centredExtra, line, text, textWidth, type Canvas } from './svg.js'

const top = 14
const bottom = 46

/** The area of a plot with two axes. */
export interface PlotArea {
  left: number
  right: number
  top: number
  bottom: number
  /** Of the whole drawing. */
  height: number
  canvas: Canvas
  x (value: number): number
  y (value: number): number
}

/** Leaves room for the axes' texts. The label of the upright axis stands above it, where it can be read without turning the head. */
export function plotArea (canvas: Canvas, xAxis: Axis, yAxis: Axis, xLabel: string, topExtra = 0): PlotArea {
  const inner = (canvas.isNarrow ? 270 : 330) + topExtra
  const left = Math.max(26, ...yAxis.ticks.map(tick => textWidth(tickText(tick)))) + 10
  const right = canvas.width - 16
  const from = top + 16 + topExtra
  const to = inner - bottom
  const height = inner + centredExtra(xLabel, (left + right) / 2, canvas)
  return { left, right, top: from, bottom: to, height, canvas, x: value => left + xAxis.at(value) * (right - left), y: value => to - yAxis.at(value) * (to - from) }
}

export function axes (area: PlotArea, xAxis: Axis, yAxis: Axis, xLabel: string, yLabel: string): string {
  const { left, right, top: from, bottom: to, canvas } = area
  return [
    ...yAxis.ticks.map(tick => line(left, area.y(tick), right, area.y(tick), 'grid') + text(left - 7, area.y(tick) + 4, tickText(tick), 'tick', 'end')),
    ...xAxis.ticks.map(tick => line(area.x(tick), from, area.x(tick), to, 'grid') + text(area.x(tick), to + 17, tickText(tick), 'tick', 'middle')),
    line(left, to, right, to, 'base'),
    centred((left + right) / 2, to + 37, xLabel, canvas),
    text(0, 12, yLabel, 'axis')
  ].join('')
}
