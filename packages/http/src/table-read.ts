/*
 * Reads of tables whose index the caller has bounded. One function a kind of array: V8 keeps what it learned of the
 * arrays with the function, and one function for all kinds reads each of them at a third of the speed.
 */

/** For plain byte tables only, never for Buffers. NaN, the code behind the end of a string, reads as 0. */
export function tableAt(table: Uint8Array, index: number): number {
  return table[index] ?? 0;
}

export function offsetAt(offsets: Int32Array, index: number): number {
  return offsets[index] ?? 0;
}
