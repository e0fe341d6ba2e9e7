import { PictureMaker } from './generated-pictures.js'
import type { Pixels } from './pixels.js'

export interface Drawing {
  seed: number
  width: number
  height: number
}

const maker = new PictureMaker()
export default ({ seed, width, height }: Drawing): Pixels => maker.picture(seed, width, height)
