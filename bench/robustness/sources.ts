import { readdir, readFile, stat } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import path from 'node:path'
import type { FilmSource } from './film-trials.js'
import type { DrawingThreads } from './drawing-threads.js'
import type { PictureMaterial, PictureSource } from './picture-trials.js'
import { readPicture, sharpOf } from './pixels.js'

export const fixturePhotos = fileURLToPath(new URL('../../../fixtures/photos/', import.meta.url))
const fixtureFilms = ['film-a.mp4', 'film-b.mp4', 'film-c.mp4']
const fixtureVideos = fileURLToPath(new URL('../../../fixtures/videos/', import.meta.url))

const pictureNames = /\.(?:jpe?g|png|webp|avif|gif|tiff?)$/i
const filmNames = /\.(?:mp4|m4v|mov|mkv|webm|avi|mpe?g|mts|m2ts|mpegts|ts|flv|wmv|ogv)$/i
const originalQuality = 92

/** Files below a folder whose name ends as those of pictures do, by name; what they hold is the gate's to find out. */
export async function picturesIn (folder: string, sideMax: number, most: number): Promise<PictureSource[]> {
  return (await filesIn(folder, pictureNames)).slice(0, most).map(file => ({
    name: file,
    read: async () => await readMaterial(path.join(folder, file), sideMax)
  }))
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

export async function filmsIn (folder: string | undefined, most: number): Promise<FilmSource[]> {
  const names = folder === undefined ? fixtureFilms : await filesIn(folder, filmNames)
  return names.slice(0, most).map(name => ({ name, path: path.join(folder ?? fixtureVideos, name) }))
}

async function filesIn (folder: string, names: RegExp): Promise<string[]> {
  const found = await readdir(folder, { recursive: true, withFileTypes: true })
  return found.filter(one => !one.isDirectory() && names.test(one.name))
    .map(one => path.relative(folder, path.join(one.parentPath, one.name))).sort()
}
