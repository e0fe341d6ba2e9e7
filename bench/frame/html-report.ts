import type { BenchResult, Target } from './bench.js'
import { escape, prose } from './html/escape.js'
import { figure } from './html/figure.js'
import { style } from './html/style.js'
import { htmlTable } from './html/table.js'
import { machineText, versionsText } from './machine.js'
import type { BenchRecord, RunRecord } from './record.js'
import { countOf, groupedTargets, targetsOf, targetState, targetStates, verdictText, warningsOf, type TargetState } from './verdict.js'

/** A guard lock between two banks: the project's name as a sign. */
const sign = `<svg viewBox="0 0 32 32" aria-hidden="true"><rect width="32" height="32" rx="7" fill="var(--accent)"/>
<path d="M6 6v20M26 6v20M6 10l10 6 10-6M6 18l10 6 10-6" fill="none" stroke="var(--card)" stroke-width="2.6" stroke-linecap="round" stroke-linejoin="round"/></svg>`

/** Everything of a run on one page that needs nothing but itself: no script, no network. */
export function htmlReport (run: RunRecord): string {
  const date = run.startedAt.slice(0, 16).replace('T', ' ')
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>Keersluis bench, ${escape(date)}</title>
<style>${style}</style>
</head>
<body>
<svg width="0" height="0" style="position:absolute" aria-hidden="true"><defs><pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><line x1="0" y1="0" x2="0" y2="5" stroke="var(--card)" stroke-opacity=".38" stroke-width="2"/></pattern></defs></svg>
<header><div class="page">
<h1>${sign}Keersluis bench</h1>
<p class="kicker">What this machine carries, how far that is from what it could, and what the gate catches and misses.</p>
${verdict(run.benches)}
${warningsOf(run).map(warning => `<p role="note" class="warning">${escape(warning)}</p>`).join('\n')}
<dl class="facts">
<dt>Machine</dt><dd>${escape(machineText(run.machine))}</dd>
<dt>Versions</dt><dd>${escape(versionsText(run.machine))}</dd>
<dt>Command</dt><dd><code>${escape(run.command)}</code></dd>
<dt>Started</dt><dd><time datetime="${escape(run.startedAt)}">${escape(date)} UTC</time>${run.quick ? ', a quick run' : ''}</dd>
</dl>
<nav aria-label="Benches"><ul class="overview">${run.benches.map(card).join('\n')}</ul></nav>
</div></header>
<main class="page">
${run.benches.map(bench => section(bench, run)).join('\n')}
</main>
<footer><div class="page">Figures hold for this machine, these versions and this load; ratios within one run travel better than figures.
The same values stand in the JSON files beside this report.</div></footer>
</body>
</html>
`
}

const stateStyles: Readonly<Record<TargetState, { kind: string, icon: string }>> = {
  reached: { kind: 'reached', icon: 'M2 6.5 5 9.5 10 2.5' },
  missed: { kind: 'missed', icon: 'M2.5 2.5l7 7M9.5 2.5l-7 7' },
  'cannot judge': { kind: 'open', icon: 'M2 6h8' }
}

function badge (state: TargetState, label: string): string {
  const { kind, icon } = stateStyles[state]
  return `<span class="badge ${kind}"><svg viewBox="0 0 12 12" aria-hidden="true"><path d="${icon}" fill="none" stroke="currentColor" stroke-width="2.2" stroke-linecap="round" stroke-linejoin="round"/></svg>${escape(label)}</span>`
}

function card ({ name, result, failure }: BenchRecord): string {
  const counts = result === undefined ? badge('missed', 'no figures') : countsOf(result.targets)
  return `<li><a href="#${name}"><strong>${escape(result?.title ?? name)}</strong><span class="headline">${escape(result?.headline ?? failure ?? '')}</span><span class="counts">${counts}</span></a></li>`
}

function countsOf (targets: readonly Target[]): string {
  return targetStates.map(state => {
    const count = countOf(targets, state)
    return count === 0 ? '' : badge(state, `${count} ${state}`)
  }).join('')
}

/** The answer to the first question that is asked, and by name whatever is not as it should be. */
function verdict (benches: readonly BenchRecord[]): string {
  const targets = targetsOf(benches)
  const wrong = benches.flatMap(({ name, result, failure }) => result === undefined
    ? [`<li><a href="#${name}">${escape(name)}</a>: no figures, ${escape(failure ?? 'it said nothing')}</li>`]
    : result.targets.filter(({ reached }) => reached === false).map(({ what, group, wanted, measured }) =>
      `<li><a href="#${name}">${escape(result.title)}</a>: ${prose(group === undefined ? what : `${what}; ${group}`)}: wanted ${escape(wanted)}, measured ${prose(measured)}</li>`))
  const kind = stateStyles[wrong.length > 0 ? 'missed' : countOf(targets, 'reached') < Math.max(1, targets.length) ? 'cannot judge' : 'reached'].kind
  const why = countOf(targets, 'cannot judge') === 0 ? '' : '<p>What cannot be judged is neither good nor bad: the run was too small for it, or had nothing of that kind.</p>'
  return `<div class="verdict ${kind}"><p><strong>${escape(verdictText({ benches }))}</strong></p>${wrong.length === 0 ? '' : `<ul>${wrong.join('\n')}</ul>`}${why}</div>`
}

function section ({ name, elapsedS, result, failure }: BenchRecord, run: RunRecord): string {
  if (result === undefined) return `<section id="${name}"><h2>${escape(name)}</h2><p class="failure">No figures: ${escape(failure ?? 'it said nothing')}</p></section>`
  const conditions = [...result.conditions, `took ${elapsedS.toFixed(0)} s`].map(condition => `<li>${prose(condition)}</li>`)
  return `<section id="${name}" aria-labelledby="${name}-title"><h2 id="${name}-title">${escape(result.title)}</h2>
<p class="lead">${escape(result.headline)}</p>
<ul class="conditions">${conditions.join('')}</ul>
${targetList(result)}
${plots(result, name)}
${tables(result, name, run)}
</section>`
}

function targetList ({ targets }: BenchResult): string {
  if (targets.length === 0) return ''
  return `<h3>Targets</h3>${groupedTargets(targets).map(({ group, targets }) => `${group === undefined ? '' : `<h4 class="group">${escape(group)}</h4>`}<ul class="targets">${targets.map(targetItem).join('\n')}</ul>`).join('\n')}`
}

function targetItem (target: Target): string {
  const state = targetState(target)
  return `<li>${badge(state, state)}<span>${prose(target.what)}</span>
<span><small>wanted</small>${escape(target.wanted)}</span><span><small>measured</small>${prose(target.measured)}</span></li>`
}

function plots (result: BenchResult, name: string): string {
  if (result.plots.length === 0) return ''
  return `<h3>Plots</h3><div class="plots">${result.plots.map((plot, i) => figure(plot, `${name}-plot-${i}`)).join('\n')}</div>`
}

/** A table is copied out of its page sooner or later, so it carries what it was measured on. */
function tables (result: BenchResult, name: string, run: RunRecord): string {
  if (result.tables.length === 0) return ''
  const { processor, threads } = run.machine
  const provenance = `<p>${escape(`${processor}, ${threads} threads; ${versionsText(run.machine)}`)}; <code>${escape(run.command)}</code></p>`
  return `<h3>Tables</h3><div class="tables">${result.tables.map((table, i) => htmlTable(table, `${name}-table-${i}`, provenance)).join('\n')}</div>`
}
