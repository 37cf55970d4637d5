/** The first byte that is no white space of JSON. */
export function firstInk(pieces: readonly Buffer[]): number | undefined {
  for (const piece of pieces) {
    const ink = piece.find((byte) => byte !== 0x20 && byte !== 0x0a && byte !== 0x0d && byte !== 0x09);
    if (ink !== undefined) return ink;
  }
  return undefined;
}
