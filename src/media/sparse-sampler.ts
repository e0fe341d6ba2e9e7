/**
 * Which packets of an upload's video stream are decoded, and which of its frames are hashed.
 *
 * Keyframes are decoded each for itself, and everything between them is skipped. Packets are kept until it is clear
 * that no keyframe comes within `gapS`; only then are they decoded, from the last keyframe on, and about one frame a
 * second of them is hashed. One keyframe per file is legal, so keyframes alone would be an evasion.
 */

export interface SampledPacket {
  timeS: number
  bytes: number
  key: boolean
  free (): void
}

/** What a decoder must do for the sampler. `Packet` is its own kind of packet. */
export interface PacketDecoder<Packet extends SampledPacket> {
  /** Forgets all state, decodes one packet to its end, forgets again. False where no frame came. */
  decodeAlone (packet: Packet): boolean
  /** Decodes the next packet in order; frames go to the sampler's `wants`. */
  decodeNext (packet: Packet): void
  /** Forgets all state. */
  reset (): void
  /** Gives the frames that are still inside. */
  drain (): void
}

/** Frames of a gap between keyframes, and frames of a film with few keyframes, in seconds between them. */
export const gapSpacingS = 1
/** Keyframes nearer than that to the last hashed frame are passed over: films of keyframes only have dozens a second. */
export const keySpacingS = 0.5
/** A film that ends with fewer hashed frames is looked at more closely: its only keyframe may be a black one. */
export const filmFramesMin = 8
export const shortFilmSpacingS = 0.25

/** Compressed bytes held back while waiting for the next keyframe: five seconds at 100 Mbit/s. */
const heldBytesMax = 64 * 1024 * 1024
/** About ten milliseconds of full HD each. */
const packetsAtOnce = 4
/** For streams whose times stand still: ten times the packets of a usual gap. */
const heldPacketsMax = 1500
const framesSkippedMax = 120
/** Containers round times, many to milliseconds. */
const roundingS = 0.0005

export class SparseSampler<Packet extends SampledPacket> {
  readonly #decoder: PacketDecoder<Packet>
  readonly #gapS: number
  #held: Packet[] = []
  #heldBytes = 0
  /** Held packets whose decoding has been decided. */
  #due: Packet[] = []
  #drainDue = false
  /** No frame has come since the start, or since a keyframe that gave none: every packet is decoded. */
  #searching = true
  #spacingS = gapSpacingS
  #lastS = -Infinity
  #skipped = 0
  #taken = 0
  /** Keyframes that gave no frame. */
  damagedKeys = 0

  constructor (decoder: PacketDecoder<Packet>, gapS: number) {
    this.#decoder = decoder
    this.#gapS = gapS
  }

  /** Takes the next packet of the stream, and frees it when it is no longer needed. Call `work` until it is done before the next. */
  push (packet: Packet): void {
    if (packet.key) this.#pushKey(packet)
    else if (this.#searching) {
      this.#decoder.decodeNext(packet)
      packet.free()
    } else {
      this.#hold(packet)
      if (packet.timeS - this.#lastS > this.#gapS || this.#heldBytes > heldBytesMax || this.#held.length > heldPacketsMax) this.#releaseHeld()
    }
  }

  /** Whether a frame that was decoded is to be hashed; the answer true counts it as taken. */
  wants (timeS: number): boolean {
    // Times that jump back belong to a new part of the film.
    const due = this.#searching || timeS >= this.#lastS + this.#spacingS || timeS < this.#lastS - this.#gapS
    if (!due && ++this.#skipped < framesSkippedMax) return false
    this.#lastS = timeS
    this.#skipped = 0
    this.#taken++
    this.#searching = false
    return true
  }

  /** The stream has ended. */
  finish (): void {
    if (this.#taken < filmFramesMin) {
      this.#spacingS = shortFilmSpacingS
      this.#releaseHeld()
      this.#drainDue = true
    }
    this.#freeHeld()
  }

  /** Decodes a few packets of a gap, so that the caller can hand over frames and look whether to go on. False when done. */
  work (): boolean {
    for (const packet of this.#due.splice(0, packetsAtOnce)) {
      this.#decoder.decodeNext(packet)
      packet.free()
    }
    if (this.#due.length > 0) return true
    if (this.#drainDue) this.#decoder.drain()
    this.#drainDue = false
    return false
  }

  /** Lets go of every packet. */
  free (): void {
    this.#freeHeld()
    for (const packet of this.#due.splice(0)) packet.free()
  }

  #freeHeld (): void {
    for (const packet of this.#held) packet.free()
    this.#held = []
    this.#heldBytes = 0
  }

  #pushKey (packet: Packet): void {
    this.#freeHeld()
    const sinceLastS = packet.timeS - this.#lastS
    if (!this.#searching && sinceLastS >= 0 && sinceLastS < keySpacingS) {
      this.#decoder.reset()
      this.#hold(packet)
      return
    }
    this.#searching = true
    if (this.#decoder.decodeAlone(packet)) {
      this.#searching = false
      // The decoder has forgotten it, and may need it again for what follows.
      this.#hold(packet)
      return
    }
    // Half a picture (one field), or a damaged one: what follows may complete it.
    this.damagedKeys++
    this.#decoder.decodeNext(packet)
    packet.free()
  }

  #hold (packet: Packet): void {
    this.#held.push(packet)
    this.#heldBytes += packet.bytes
  }

  #releaseHeld (): void {
    this.#due.push(...this.#held)
    this.#held = []
    this.#heldBytes = 0
  }
}

/** Frames at an even rate by their time: the first, then one as soon as the next is due; the last is the decoder's to add. */
export class DenseSampler {
  readonly #spacingS: number
  #firstS: number | undefined
  #taken = 0

  constructor (fps: number) {
    this.#spacingS = 1 / fps
  }

  wants (timeS: number): boolean {
    if (this.#firstS === undefined || timeS < this.#firstS) {
      this.#firstS = timeS
      this.#taken = 1
      return true
    }
    const elapsedS = timeS - this.#firstS + roundingS
    if (elapsedS < this.#taken * this.#spacingS) return false
    this.#taken = Math.floor(elapsedS / this.#spacingS) + 1
    return true
  }
}
