/** What a number of three or four bytes has of the four that are read. There must be a byte behind a number of three. */
// @ts-ignore: decorator
@inline
export function numberMaskOf (numberBytes: usize): u32 {
  return numberBytes == 3 ? 0xffffff : 0xffffffff
}

// @ts-ignore: decorator
@inline
export function writeNumber (at: usize, number: u32, numberBytes: usize): void {
  store<u16>(at, <u16>number)
  store<u8>(at, <u8>(number >> 16), 2)
  if (numberBytes == 4) store<u8>(at, <u8>(number >> 24), 3)
}

/** Each byte of the number in an empty place: `numberMaskOf` in all. */
export const emptyByte = 0xff
