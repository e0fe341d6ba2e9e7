import { readdir, readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import path from 'node:path'
import { BenchUsageError } from '../frame/bench.js'
import type { FilmSource } from './film-trials.js'
import type { DrawingThreads } from './drawing-threads.js'
import { evenly } from './evenly.js'
import type { PictureMaterial, PictureSource } from './picture-trials.js'
import { readPicture, sharpOf } from './pixels.js'

export const fixturePhotos = fileURLToPath(new URL('../../../fixtures/photos/', import.meta.url))
const fixtureFilms = ['film-a.mp4', 'film-b.mp4', 'film-c.mp4']
const fixtureVideos = fileURLToPath(new URL('../../../fixtures/videos/', import.meta.url))

const pictureEndings = ['jpg', 'jpeg', 'png', 'webp', 'avif', 'gif', 'tif', 'tiff', 'heic', 'heif']
const filmEndings = ['mp4', 'm4v', 'mov', 'mkv', 'webm', 'avi', 'mpg', 'mpeg', 'mts', 'm2ts', 'mpegts', 'ts', 'flv', 'wmv', 'ogv']
const originalQuality = 92

/**
 * At most `most` files below a folder whose name ends as those of pictures do, spread over all names; what they hold is the gate's to find out.
 * @throws BenchUsageError where there is no such folder, or no picture in it by its name
 */
export async function picturesIn (folder: string, sideMax: number, most: number): Promise<PictureSource[]> {
  const names = (await filesIn('pictures', folder)).filter(name => endsIn(name, pictureEndings))
  if (names.length === 0) throw picturesError(folder, 'it has none')
  return evenly(names, most).map(file => ({
    name: file,
    read: async () => await readMaterial(path.join(folder, file), sideMax)
  }))
}

/**
 * Looks before any work whether there is something to try.
 * @throws BenchUsageError where `picturesIn` has none that reads as a picture
 */
export async function checkPictures (folder: string, sideMax: number, most: number): Promise<void> {
  const sources = await picturesIn(folder, sideMax, most)
  for (const source of sources) if (await source.read() !== undefined) return
  throw picturesError(folder, `all files that were tried are damaged or no pictures (${sources.length})`)
}

function picturesError (folder: string, why: string): BenchUsageError {
  return new BenchUsageError(`--pictures cannot be '${folder}': it takes a folder with pictures (${pictureEndings.join(', ')}), and ${why}.`)
}

/** One bad file must not end a run over thousands; whoever asks counts and names it. */
async function readMaterial (file: string, sideMax: number): Promise<PictureMaterial | undefined> {
  try {
    // Reading a pipe or a device would never end.
    if (!(await stat(file)).isFile()) return undefined
    const original = await readFile(file)
    return { original, pixels: await readPicture(original, sideMax) }
  } catch {
    return undefined
  }
}

/** Pictures of an endless album, from one on. */
export function generatedPictures (artist: DrawingThreads, from: number, count: number): PictureSource[] {
  return Array.from({ length: count }, (_, index) => ({
    name: `generated ${from + index + 1}`,
    read: async () => {
      const pixels = await artist.album(from + index)
      return { original: await sharpOf(pixels).jpeg({ quality: originalQuality }).toBuffer(), pixels }
    }
  }))
}

/**
 * The films of a folder, spread over all names, or the fixtures.
 * @throws BenchUsageError where there is no such folder, or no film in it
 */
export async function filmsIn (folder: string | undefined, most: number): Promise<FilmSource[]> {
  if (folder === undefined) return evenly(fixtureFilms, most).map(name => ({ name, path: path.join(fixtureVideos, name) }))
  const names = (await filesIn('videos', folder)).filter(name => endsIn(name, filmEndings))
  const films: FilmSource[] = []
  for (const name of names) {
    const file = path.join(folder, name)
    const isFile = await stat(file).then(found => found.isFile(), () => false)
    if (isFile) films.push({ name, path: file })
  }
  if (films.length > 0) return evenly(films, most)
  throw new BenchUsageError(`--videos cannot be '${folder}': it takes a folder with films (${filmEndings.join(', ')}), and it has none.`)
}

function endsIn (name: string, endings: readonly string[]): boolean {
  return endings.includes(path.extname(name).slice(1).toLowerCase())
}

/** All below a folder but folders, sorted by name. */
async function filesIn (flag: string, folder: string): Promise<string[]> {
  try {
    const found = await readdir(folder, { recursive: true, withFileTypes: true })
    return found.filter(one => !one.isDirectory()).map(one => path.relative(folder, path.join(one.parentPath, one.name))).sort()
  } catch (error) {
    throw new BenchUsageError(`--${flag} cannot be '${folder}': it takes a folder that can be read (${errorCode(error)}).`)
  }
}

function errorCode (error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error'
}
