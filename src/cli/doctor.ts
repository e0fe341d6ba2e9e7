import { constants } from 'node:fs'
import { access, mkdir, statfs } from 'node:fs/promises'
import os from 'node:os'
import type { Config } from '../config.js'
import { probeAbilities } from '../media/abilities.js'

/** One thing the gate needs, and what there is of it here. */
export interface Finding {
  what: string
  ok: boolean
  found: string
  /** What to do where it is missing. */
  remedy?: string
}

/** Formats that every build of the image decoder should have. */
const imageFormatsWanted = ['jpeg', 'png', 'webp', 'avif', 'gif', 'tiff', 'heic']
const freeBytesMin = 2 ** 30
const memoryBytesMin = 2 ** 30

/** Looks at the machine as the gate would use it. Throws nothing: what fails is a finding. */
export async function diagnose (config: Config): Promise<Finding[]> {
  return [nodeFinding(), machineFinding(), await folderFinding(config), ...await decoderFindings(config)]
}

function nodeFinding (): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)
  const ok = major > 20 || (major === 20 && minor >= 19)
  return { what: 'Node', ok, found: process.version, ...(ok ? {} : { remedy: 'Install Node 20.19 or newer.' }) }
}

function machineFinding (): Finding {
  const ok = os.totalmem() >= memoryBytesMin
  return {
    what: 'Machine',
    ok,
    found: `${os.availableParallelism()} cores, ${(os.totalmem() / 2 ** 30).toFixed(1)} GiB`,
    ...(ok ? {} : { remedy: 'Give the gate a gibibyte of memory or more; a decoder child alone may take KEERSLUIS_DECODER_MEMORY_BYTES_MAX.' })
  }
}

async function folderFinding ({ dataDir }: Config): Promise<Finding> {
  try {
    await mkdir(dataDir, { recursive: true, mode: 0o700 })
    await access(dataDir, constants.R_OK | constants.W_OK | constants.X_OK)
    const { bavail, bsize } = await statfs(dataDir)
    const ok = bavail * bsize >= freeBytesMin
    return {
      what: 'Data folder',
      ok,
      found: `${dataDir}, ${(bavail * bsize / 2 ** 30).toFixed(1)} GiB free`,
      ...(ok ? {} : { remedy: 'Make room, or choose another folder with KEERSLUIS_DATA_DIR.' })
    }
  } catch {
    return { what: 'Data folder', ok: false, found: `${dataDir} cannot be written`, remedy: 'Choose a folder you own with KEERSLUIS_DATA_DIR.' }
  }
}

async function decoderFindings (config: Config): Promise<Finding[]> {
  try {
    const { decoderOptions } = await import('../compose.js')
    const { imageFormats, video } = await probeAbilities(decoderOptions(config))
    const lacking = imageFormatsWanted.filter(format => !imageFormats.includes(format))
    return [
      { what: 'Image formats', ok: lacking.length === 0, found: imageFormats.join(', '), ...(lacking.length === 0 ? {} : { remedy: `Not decoded: ${lacking.join(', ')}. Run npm ci again, so that sharp brings its own libvips.` }) },
      {
        what: 'Video decoder',
        ok: video !== undefined,
        found: video === undefined ? 'none' : `${video.decoder} ${video.version}`,
        ...(video === undefined ? { remedy: 'Run npm ci without --omit=optional (it brings node-av), or install the ffmpeg program and name it with FFMPEG_PATH. Until then videos are held.' } : {})
      }
    ]
  } catch {
    return [{
      what: 'Decoder child',
      ok: false,
      found: 'does not start',
      remedy: 'Run npm ci again. Where it must compile better-sqlite3 and finds no Node headers, set npm_config_nodedir to the folder that has include/node.'
    }]
  }
}
