import { test } from 'tap'
import { goodputTarget, refusedTarget } from './overload-figures.js'

test('goodput is judged where both peaks agree on it', async t => {
  t.match(goodputTarget(95, 200, [100, 100]), { measured: '0.95', reached: true })
  t.match(goodputTarget(95, 200, [100, 80]), { reached: true }, 'far apart, but enough by either')
  t.match(goodputTarget(70, 200, [100, 80]), { reached: false })
  t.match(goodputTarget(70, 160, [80, 100]), { reached: false })
})

test('where the peaks do not agree nothing is judged, and the text says what to do', async t => {
  t.match(goodputTarget(85, 200, [100, 80]), {
    measured: '0.944 of it, but the peak was 100/s before and 80/s after: the machine had other work, so run `npm run bench -- http` again when it has none', reached: undefined
  })
  t.match(goodputTarget(95, 100, [50, 100]), { measured: /50\/s before and 100\/s after/, reached: undefined }, 'twice the first peak was no overload')
  t.match(goodputTarget(95, 200, [50, 100]), { reached: true }, 'the load was twice a better peak')
})

test('where nothing was refused the time of a 503 is not judged', async t => {
  t.match(refusedTarget([]), { measured: /^nothing was refused: .*again/, reached: undefined })
  t.match(refusedTarget([1, 2, 60]), { measured: '60 ms', reached: false })
})
