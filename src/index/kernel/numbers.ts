/** The highest bit of a number of three or four bytes, which makes it the place of a list. */
// @ts-ignore: decorator
@inline
export function listFlag (numberBytes: usize): u32 {
  return numberBytes == 3 ? 0x800000 : 0x80000000
}

/** Reads a number with its flag. There must be a byte behind a number of three bytes. */
// @ts-ignore: decorator
@inline
export function readNumber (at: usize, flag: u32): u32 {
  return load<u32>(at) & ((flag << 1) - 1)
}

// @ts-ignore: decorator
@inline
export function writeNumber (at: usize, number: u32, numberBytes: usize): void {
  store<u16>(at, <u16>number)
  store<u8>(at, <u8>(number >> 16), 2)
  if (numberBytes == 4) store<u8>(at, <u8>(number >> 24), 3)
}
