import { test } from 'tap'
import { beginsWithSvg } from './svg.js'

test('what may stand before a drawing', async t => {
  for (const before of [
    '', '\xef\xbb\xbf \n', '<?xml version="1.0"?>', '<!-- <html> --> <!-- > -->', '<!DOCTYPE svg>',
    '<!DOCTYPE x:svg [ <!ENTITY a "b"> <!ENTITY c "d"> ] >', '<?xml version="1.0"?><!-- a --><?b c?>\n<!DOCTYPE svg PUBLIC "d" "e">\n'
  ]) {
    for (const root of ['<svg>', '<x:svg xmlns:x="y">', '<svg/>']) t.ok(beginsWithSvg(before + root), before + root)
    for (const root of ['<html><svg>', '<svgx>', 'svg', '', '<!-- <svg>', '<?svg ']) t.notOk(beginsWithSvg(before + root), before + root)
  }
})

test('much before it', async t => {
  t.ok(beginsWithSvg(`${'<!-- a -->\n'.repeat(100_000)}<svg>`))
  t.notOk(beginsWithSvg(`${'<!-- a -->\n'.repeat(100_000)}<html>`))
})
