import { lineBytes, side } from './sizes'

/** Steps between neighbours, each cut to whole percents of full scale. */
// @ts-ignore: decorator
@inline
function percentSteps (a: v128, b: v128): v128 {
  return f64x2.floor(f64x2.abs(f64x2.div(f64x2.mul(f64x2.sub(a, b), f64x2.splat(100)), f64x2.splat(255))))
}

/** The sum of the steps between all neighbours of the filtered 64 x 64 picture, in percent. */
export function contrast (filtered: usize): f64 {
  let sums = f64x2.splat(0)
  for (let at = filtered, end = filtered + <usize>(side - 1) * lineBytes; at < end; at += 16) {
    sums = f64x2.add(sums, percentSteps(v128.load(at), v128.load(at, lineBytes)))
  }
  for (let i = 0; i < side; i++, filtered += lineBytes) {
    const last = filtered + lineBytes - 16
    for (let at = filtered; at < last; at += 16) sums = f64x2.add(sums, percentSteps(v128.load(at), v128.load(at, 8)))
    // The last two samples have one step between them.
    const pair = v128.load(last)
    sums = f64x2.add(sums, percentSteps(pair, f64x2.replace_lane(pair, 0, f64x2.extract_lane(pair, 1))))
  }
  return f64x2.extract_lane(sums, 0) + f64x2.extract_lane(sums, 1)
}
