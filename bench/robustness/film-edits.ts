/** What an edit must know of the film that it changes. */
export interface FilmFacts {
  durationS: number
  width: number
  height: number
}

export interface FilmEdit {
  name: string
  /** Shown, but nothing is promised for it. */
  beyond?: boolean
  fullOnly?: boolean
  extension: '.mp4' | '.webm' | '.gif'
  /** Whether an unrelated film goes in as a second input. */
  needsOther?: boolean
  /** Options of the ffmpeg program between the inputs and the output. */
  options: (film: FilmFacts) => readonly string[]
  /** Options before the known film, such as where to begin. */
  inputOptions?: (film: FilmFacts) => readonly string[]
}

const x264 = ['-an', '-c:v', 'libx264', '-preset', 'veryfast', '-crf', '28', '-pix_fmt', 'yuv420p']

/** x264 wants even sides. */
const even = 'scale=trunc(iw/2)*2:trunc(ih/2)*2'

function filtered (name: string, filter: string, more: Partial<FilmEdit> & { encoder?: readonly string[] } = {}): FilmEdit {
  const { encoder = [], ...rest } = more
  return { name, extension: '.mp4', options: () => ['-vf', `${filter},${even}`, ...x264, ...encoder], ...rest }
}

/** A filled square with a smaller one in it, in the upper right corner; `share` of the width. */
function logo (share: number): string {
  const box = (side: number, inset: number, colour: string): string =>
    `drawbox=x=iw*${(1 - share * 1.2 + inset).toFixed(4)}:y=iw*${(share * 0.2 + inset).toFixed(4)}:w=iw*${side.toFixed(4)}:h=iw*${side.toFixed(4)}:color=${colour}:t=fill`
  return `${box(share, 0, '0xd02040')},${box(share * 0.5, share * 0.25, 'white')}`
}

/** A still of every two seconds, a second each. */
const slideshow = 'fps=1/2,setpts=N/TB,fps=10'

/** Four seconds of another film before and after. */
function inside ({ width, height }: FilmFacts): readonly string[] {
  const shape = `scale=${Math.floor(width / 2) * 2}:${Math.floor(height / 2) * 2},setsar=1,fps=25,format=yuv420p`
  const parts = [
    '[1:v]split[o1][o2]', `[o1]trim=0:4,setpts=PTS-STARTPTS,${shape}[a]`, `[0:v]setpts=PTS-STARTPTS,${shape}[b]`,
    `[o2]trim=4:8,setpts=PTS-STARTPTS,${shape}[c]`, '[a][b][c]concat=n=3:v=1[film]'
  ]
  return ['-filter_complex', parts.join(';'), '-map', '[film]', ...x264]
}

/** Every way in which a known film is changed, done by the ffmpeg program. */
export const filmEdits: readonly FilmEdit[] = [
  filtered('another GOP (37)', 'null', { encoder: ['-g', '37', '-keyint_min', '37', '-sc_threshold', '0'] }),
  filtered('scale 0.5', 'scale=trunc(iw/4)*2:trunc(ih/4)*2'),
  filtered('20 % cut off at each end', 'null', {
    inputOptions: ({ durationS }) => ['-ss', (durationS * 0.2).toFixed(3), '-t', (durationS * 0.6).toFixed(3)]
  }),
  filtered('letterbox 12 %', 'pad=iw:ih*1.24:0:ih*0.12:black'),
  filtered('two black seconds before', 'tpad=start_duration=2:color=black'),
  filtered('logo, 6 % of the width', logo(0.06)),
  filtered('logo, 15 % of the width', logo(0.15), { beyond: true }),
  filtered('logo, 25 % of the width', logo(0.25), { beyond: true }),
  { name: 'GIF', extension: '.gif', options: () => ['-vf', 'fps=5,scale=240:-2,split[a][b];[a]palettegen=max_colors=64[p];[b][p]paletteuse=dither=bayer'] },
  filtered('slideshow', slideshow),
  { name: 'inside a longer film', extension: '.mp4', needsOther: true, options: inside },
  filtered('15 frames/s', 'fps=15'),
  filtered('greyscale', 'hue=s=0', { fullOnly: true }),
  filtered('mirrored', 'hflip', { fullOnly: true }),
  filtered('letterbox and logo, 6 %', `${logo(0.06)},pad=iw:ih*1.24:0:ih*0.12:black`, { beyond: true, fullOnly: true }),
  filtered('4 % faster', 'setpts=PTS/1.04', { beyond: true, fullOnly: true }),
  { name: 'VP9 in WebM', extension: '.webm', fullOnly: true, options: () => ['-an', '-vf', 'scale=trunc(iw/4)*2:trunc(ih/4)*2', '-c:v', 'libvpx-vp9', '-crf', '40', '-b:v', '0', '-deadline', 'realtime', '-cpu-used', '8'] }
]
