import { parseArgs, type ParseArgsConfig } from 'node:util'
import { benchNames, BenchUsageError, type BenchName } from './bench.js'
import { firstLine, type LoadedBench } from './load.js'

type OptionTable = NonNullable<ParseArgsConfig['options']>
type OptionValues = Record<string, string | boolean | undefined>

const ownOptions = {
  help: { type: 'boolean', short: 'h', default: false },
  quick: { type: 'boolean', default: false },
  out: { type: 'string', default: './bench-results' },
  json: { type: 'boolean', default: false }
} as const satisfies OptionTable

/** What the command line asks for. */
export interface Wishes {
  help: boolean
  /** In the order of `benchNames`; all where none was named. */
  names: BenchName[]
  quick: boolean
  out: string
  json: boolean
  /** The flags of each bench, with its defaults. */
  options: Partial<Record<BenchName, OptionValues>>
}

/**
 * Reads the command line. Without a name it is the quick run of all benches.
 * @throws BenchUsageError for a bench or flag that does not exist, and for a flag without its value.
 */
export function readWishes (args: readonly string[], loaded: readonly LoadedBench[]): Wishes {
  const benchOptions: OptionTable = Object.assign({}, ...loaded.map(optionsOf))
  const { values, positionals, tokens } = parse(args, { ...benchOptions, ...ownOptions })
  const names = positionals.length === 0 ? [...benchNames] : benchNames.filter(name => positionals.includes(name))
  const unknown = positionals.find(name => !(benchNames as readonly string[]).includes(name))
  if (unknown !== undefined) throw new BenchUsageError(`There is no bench '${unknown}'; there are ${benchNames.join(', ')}.`)
  const given = tokens.flatMap(token => token.kind === 'option' && !(token.name in ownOptions) ? [token.name] : [])
  const chosen = loaded.filter(({ name }) => names.includes(name))
  const stray = given.find(flag => !chosen.some(bench => flag in optionsOf(bench)))
  if (stray !== undefined) throw new BenchUsageError(`--${stray} is no flag of ${names.join(', ')}.`)
  return {
    help: values.help === true,
    names,
    quick: values.quick === true || positionals.length === 0,
    out: String(values.out),
    json: values.json === true,
    options: Object.fromEntries(chosen.map(bench => [bench.name, pick(values, Object.keys(optionsOf(bench)))]))
  }
}

function optionsOf (loaded: LoadedBench): OptionTable {
  return 'bench' in loaded ? loaded.bench.options : {}
}

function pick (values: OptionValues, keys: readonly string[]): OptionValues {
  return Object.fromEntries(keys.map(key => [key, values[key]]))
}

function parse (args: readonly string[], options: OptionTable) {
  try {
    const { values, positionals, tokens } = parseArgs({ args: [...args], options, allowPositionals: true, tokens: true })
    return { values: values as OptionValues, positionals, tokens }
  } catch (error) {
    // Node's message goes on with advice on how to pass a name that begins with a dash.
    throw new BenchUsageError(firstLine(error).replace(/\. (To specify|Did you forget).*$/, '.'))
  }
}

/** What `--help` prints. */
export function helpText (loaded: readonly LoadedBench[]): string {
  return [
    'npm run bench                              every bench, quick, in less than ten minutes',
    'npm run bench -- NAME... [--quick] [FLAGS]  the named benches, with all their sizes unless quick', '',
    'Tables go to stdout as Markdown; DIR gets one JSON file for each bench and report.html.',
    'They are written after each bench; a run that is interrupted ends with a report that says what is missing.', '',
    '  --quick    fewer and smaller inputs, enough to judge',
    '  --out DIR  where the files go (default ./bench-results)',
    '  --json     one JSON document on stdout instead of Markdown',
    '  --help     this text', '',
    'Benches:',
    ...loaded.flatMap(benchHelp), ''
  ].join('\n')
}

/** The longest flag with its value. */
const flagColumns = 20

function benchHelp (loaded: LoadedBench): string[] {
  if ('problem' in loaded) return [`  ${loaded.name}: cannot run, ${loaded.problem}`]
  const flags = Object.entries(loaded.bench.options).map(([flag, { type, default: value, about }]) =>
    `    ${`--${flag}${type === 'string' ? ' VALUE' : ''}`.padEnd(flagColumns)} ${about}${value === undefined || value === false ? '' : ` (default ${String(value)})`}`)
  return [`  ${loaded.name}: ${loaded.bench.summary}`, ...flags]
}
