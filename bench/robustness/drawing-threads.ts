import { availableParallelism } from 'node:os'
import { Piscina } from 'piscina'
import type { Drawing } from './drawing-thread.js'
import type { Pixels } from './pixels.js'

/** Shapes of cameras and phones, upright and across, small enough that a thousand of them are quick to make. */
const sizes: ReadonlyArray<readonly [number, number]> = [[640, 480], [600, 400], [480, 640], [720, 405], [400, 600], [512, 512], [800, 600]]

/** Draws pictures that a number fixes, on all cores: one for a run. `close` it. */
export class DrawingThreads {
  readonly #pool = new Piscina<Drawing, Pixels>({ filename: new URL('./drawing-thread.js', import.meta.url).href, maxThreads: availableParallelism() })

  async picture (seed: number, width: number, height: number): Promise<Pixels> {
    const { data, ...shape } = await this.#pool.run({ seed, width, height })
    return { ...shape, data: Buffer.from(data.buffer, data.byteOffset, data.length) }
  }

  /** The n-th picture of an album in the shapes of cameras and phones. */
  async album (index: number): Promise<Pixels> {
    const [width, height] = sizes[index % sizes.length] ?? [640, 480]
    return await this.picture(index + 1, width, height)
  }

  async close (): Promise<void> {
    await this.#pool.close()
  }
}
