/** PDQ decimates every picture to 64 x 64 samples. */
export const side: i32 = 64
/** Bytes of a line of them. */
export const lineBytes: usize = 64 * 8
/** Frequencies of an axis that PDQ keeps. */
export const frequencies: i32 = 16
/** Blocks of an axis of blockhash. */
export const blocks: i32 = 16
