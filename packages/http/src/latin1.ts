/**
 * Bytes → a string of the same code points. `latin1Slice` is what `toString('latin1', …)` ends in, without its checks,
 * which cost more than the copy for a small head. Node has it on every Buffer; the types do not name it.
 */
export function latin1(bytes: Buffer, start: number, end: number): string {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return (bytes as Buffer & { latin1Slice(start: number, end: number): string }).latin1Slice(start, end);
}
