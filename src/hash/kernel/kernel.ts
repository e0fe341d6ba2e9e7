export { blockSums } from './blocks'
export { blurAcross, blurDown } from './blur'
export { contrast } from './contrast'
export { dct } from './dct'
