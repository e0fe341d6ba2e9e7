import { test } from 'tap'
import { htmlTable } from './table.js'

const columns = ['data', ...Array.from({ length: 12 }, (_, i) => `figure ${i}`)]
const rowOf = (name: string): Array<string | number> => [name, ...columns.slice(1).map((_, i) => i)]

test('many columns of few rows stand as rows, with every value under its own head', t => {
  const markup = htmlTable({ title: 't', columns, rows: [rowOf('uniform'), rowOf('blockhash')] }, 'x')
  t.match(markup, '<thead><tr><th scope="col">data</th><th scope="col" class="n">uniform</th><th scope="col" class="n">blockhash</th></tr></thead>')
  t.match(markup, '<tr><th scope="row">figure 7</th><td class="n">7</td><td class="n">7</td></tr>')
  t.end()
})

test('other tables stay as they are', t => {
  const many = Array.from({ length: 20 }, (_, i) => rowOf(`set ${i}`))
  t.match(htmlTable({ title: 't', columns, rows: many }, 'x'), '<th scope="col" class="n">figure 11</th>')
  t.match(htmlTable({ title: 't', columns: ['a', 'b'], rows: [['x', 1]] }, 'x'), '<th scope="col">a</th><th scope="col" class="n">b</th>')
  t.end()
})

test('numbers stand under each other, intervals and shares of a count with them', t => {
  const markup = htmlTable({ title: 't', columns: ['', 'n', 'range', 'words'], rows: [['a', '800 of 800', '89.6 to 100.0 %', '3 of them'], ['b', 7, '-', 'x']] }, 'x')
  t.match(markup, '<td class="n">800 of 800</td><td>89.6 to 100.0 %</td><td>3 of them</td>')
  t.match(htmlTable({ title: 't', columns: ['', 'range'], rows: [['a', '89.6 to 100.0 %']] }, 'x'), '<td class="n">89.6 to 100.0 %</td>')
  t.match(markup, '<thead><tr><td></td>', 'an empty corner heads nothing')
  t.end()
})
