import type { BarPlot, BenchResult, LinePlot, Table } from '../frame/bench.js'
import type { CellFigures, Contender } from './cells.js'
import type { LaneFigures } from './lanes.js'
import { formatNames } from './pictures.js'
import type { StageTimes } from './stages.js'
import { hashTargets } from './targets.js'

export interface HashFigures {
  cells: readonly CellFigures[]
  stages: ReadonlyArray<{ megapixels: number, times: StageTimes }>
  lanes: readonly LaneFigures[]
  /** What the lanes hashed. */
  lanePictures: string
  conditions: readonly string[]
}

const names: Readonly<Record<Contender, string>> = {
  keersluis: 'Keersluis', sharp: 'bare sharp', naive: 'naive', naiveEven: 'naive, sides divide by 16', floor: 'libjpeg-turbo 1/8, grey', floorColour: 'libjpeg-turbo 1/8, colour', digests: 'digests'
}
const compared = ['keersluis', 'sharp', 'naive', 'naiveEven', 'floor', 'floorColour'] as const

/** The size that a reader is most likely to ask for. */
const usualMegapixels = 12

export function hashReport (figures: HashFigures): BenchResult {
  const { cells, stages, lanes, conditions } = figures
  return {
    title: 'Hashing pictures',
    headline: headline(cells),
    conditions,
    tables: [throughput(cells), digests(cells), latency(cells), ...stages.length === 0 ? [] : [stageTable(stages)], laneTable(figures)],
    plots: [...bySize(cells), ...byFormat(cells), ...stagePlot(stages), ...lanePlot(lanes)],
    targets: hashTargets(cells)
  }
}

function perS (ms: number | undefined): number {
  return ms === undefined ? Number.NaN : 1000 / ms
}

function megabytesPerS ({ bytesPerPicture }: CellFigures, ms: number | undefined): number {
  return perS(ms) * bytesPerPicture / 1e6
}

/** The JPEG cell of the usual size, or the nearest to it. */
function usualCell (cells: readonly CellFigures[]): CellFigures | undefined {
  const jpegs = cells.filter(({ format }) => format === 'jpeg')
  return (jpegs.length > 0 ? jpegs : [...cells]).sort((a, b) => Math.abs(a.megapixels - usualMegapixels) - Math.abs(b.megapixels - usualMegapixels))[0]
}

function headline (cells: readonly CellFigures[]): string {
  const cell = usualCell(cells)
  if (cell === undefined) return 'Nothing was measured.'
  const { times: { sharp, naive } } = cell
  const compared = sharp === undefined || naive === undefined ? '.' : `: ${sharp.toFixed(2)} of a bare sharp resize, ${naive.toFixed(1)} times the naive way.`
  return `One core hashes ${perS(cell.cpuMs.keersluis).toFixed(0)} ${formatNames[cell.format]} pictures of ${cell.megapixels} megapixels a second, ` +
    `${megabytesPerS(cell, cell.cpuMs.keersluis).toFixed(0)} MB/s${compared}`
}

function throughput (cells: readonly CellFigures[]): Table {
  return {
    title: 'Pictures and megabytes a second and core',
    note: 'Keersluis: decoder child, trim, PDQ in eight orientations, blockhash; digests stand in the next table. Bare sharp: resize to the same raster. ' +
      'Naive: full decode and blockhash-core over all pixels, which is cheaper where both sides divide by 16. Floor: libjpeg-turbo alone at 1/8 of each side, grey, without a resize; and the same in colour, since a hash of brightness needs the colours of a JPEG, too. Pictures per second of processor time in the fastest round: what else the machine does can only add to it.',
    columns: ['format', 'MP', 'MB each', 'Keersluis/s', 'MB/s', 'bare sharp/s', 'of bare sharp', 'naive/s', 'times naive', 'naive by 16/s', 'times naive by 16', 'floor/s', 'time over floor', 'bare sharp over floor', 'floor in colour/s', 'time over it'],
    rows: cells.map(cell => {
      const { cpuMs, times } = cell
      return [formatNames[cell.format], cell.megapixels, cell.bytesPerPicture / 1e6, perS(cpuMs.keersluis), megabytesPerS(cell, cpuMs.keersluis),
        perS(cpuMs.sharp), times.sharp ?? Number.NaN, perS(cpuMs.naive), times.naive ?? Number.NaN,
        perS(cpuMs.naiveEven), times.naiveEven ?? Number.NaN, perS(cpuMs.floor), 1 / (times.floor ?? Number.NaN), (times.sharp ?? Number.NaN) / (times.floor ?? Number.NaN),
        perS(cpuMs.floorColour), 1 / (times.floorColour ?? Number.NaN)]
    })
  }
}

function digests (cells: readonly CellFigures[]): Table {
  return {
    title: 'Digests of the same files, a second and core',
    note: 'MD5, SHA-1 and SHA-256 in one pass over the file.',
    columns: ['format', 'MP', 'MB each', 'digests/s', 'MB/s', 'share of hashing and digests'],
    rows: cells.map(cell => {
      const { keersluis = Number.NaN, digests = Number.NaN } = cell.cpuMs
      return [formatNames[cell.format], cell.megapixels, cell.bytesPerPicture / 1e6, perS(digests), megabytesPerS(cell, digests), digests / (digests + keersluis)]
    })
  }
}

function latency (cells: readonly CellFigures[]): Table {
  return {
    title: 'Time a picture takes, one at a time',
    note: 'Wall time in milliseconds, medians of the rounds: what one caller waits for, with whatever else the machine did.',
    columns: ['format', 'MP', ...compared.map(name => names[name]), names.digests],
    rows: cells.map(cell => [formatNames[cell.format], cell.megapixels, ...[...compared, 'digests' as const].map(name => cell.wallMs[name] ?? Number.NaN)])
  }
}

interface Stage {
  name: string
  ms (times: StageTimes): number
}

const stages: readonly Stage[] = [
  { name: 'decoder: sniffing, header, pixels', ms: ({ decoder }) => decoder },
  { name: 'to the child and back', ms: ({ throughChild, decoder }) => throughChild - decoder },
  { name: 'trim', ms: ({ trim }) => trim },
  { name: 'PDQ of all parts and orientations', ms: ({ hashes, trim, blockhash }) => hashes - trim - blockhash },
  { name: 'blockhash', ms: ({ blockhash }) => blockhash }
]

function stageTable (measured: HashFigures['stages']): Table {
  return {
    title: 'Where the time goes: JPEG, processor milliseconds a picture',
    note: 'Each step measured alone over the same pictures, the fastest of several rounds. The way to the child and PDQ are differences of measurements. Bare sharp is no step, but what to hold the decoder against: the decoder takes less where the gate asks sharp for a cheaper raster than 256 x 256.',
    columns: ['MP', ...stages.map(({ name }) => name), 'sum', 'bare sharp'],
    rows: measured.map(({ megapixels, times }) => {
      const steps = stages.map(({ ms }) => ms(times))
      return [megapixels, ...steps, steps.reduce((sum, ms) => sum + ms, 0), times.bareSharp]
    })
  }
}

function stagePlot (measured: HashFigures['stages']): BarPlot[] {
  if (measured.length === 0) return []
  return [{
    kind: 'bars',
    title: 'Where the time goes: JPEG',
    unit: 'processor ms a picture',
    stacked: true,
    labels: measured.map(({ megapixels }) => `${megapixels} MP`),
    series: stages.map(({ name, ms }) => ({ name, values: measured.map(({ times }) => ms(times)) }))
  }]
}

function bySize (cells: readonly CellFigures[]): LinePlot[] {
  const jpegs = cells.filter(({ format }) => format === 'jpeg')
  if (jpegs.length < 2) return []
  return [{
    kind: 'lines',
    title: 'JPEG by size',
    xLabel: 'megapixels',
    yLabel: 'pictures a second and core',
    logX: true,
    logY: true,
    series: compared.filter(name => jpegs.some(({ cpuMs }) => cpuMs[name] !== undefined))
      .map(name => ({ name: names[name], points: jpegs.map(({ megapixels, cpuMs }) => [megapixels, perS(cpuMs[name])] as const) }))
  }]
}

function byFormat (cells: readonly CellFigures[]): BarPlot[] {
  const usual = usualCell(cells)
  const rows = cells.filter(({ megapixels }) => megapixels === usual?.megapixels)
  if (usual === undefined) return []
  const shown = compared.filter(name => rows.some(({ cpuMs }) => cpuMs[name] !== undefined))
  return [{
    kind: 'bars',
    title: `Formats at ${usual.megapixels} megapixels`,
    unit: 'pictures a second and core',
    labels: rows.map(({ format }) => formatNames[format]),
    series: shown.map(name => ({ name: names[name], values: rows.map(({ cpuMs }) => perS(cpuMs[name])) }))
  }]
}

function laneTable ({ lanes, lanePictures }: HashFigures): Table {
  const single = lanes[0]
  return {
    title: 'All cores against one: the gate\'s picture lane',
    note: `${lanePictures}, with digests and the search in an empty index. Workers are threads with a decoder child each.`,
    columns: ['workers', 'pictures/s', 'cores they got', 'pictures/s per core', 'against one worker', 'per core, against one worker'],
    rows: lanes.map(({ workers, picturesPerS, cores }) => {
      const perCore = picturesPerS / cores
      return single === undefined ? [] : [workers, picturesPerS, cores, perCore, picturesPerS / single.picturesPerS, perCore / (single.picturesPerS / single.cores)]
    })
  }
}

function lanePlot (lanes: readonly LaneFigures[]): BarPlot[] {
  return [{
    kind: 'bars',
    title: 'All cores against one: the gate\'s picture lane',
    unit: 'pictures/s',
    labels: lanes.map(({ workers }) => workers === 1 ? '1 worker' : `${workers} workers`),
    series: [{ name: 'Keersluis', values: lanes.map(({ picturesPerS }) => picturesPerS) }]
  }]
}
