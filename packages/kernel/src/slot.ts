/* oxlint-disable typescript/no-unsafe-type-assertion -- the bound that the compiler cannot see is the caller's promise */
/**
 * Reads `array[index]` where the caller has already bounded the index.
 * The strict compiler cannot see such bounds; these two functions are the only places that say so.
 */
export function slot(array: Int32Array | Uint8Array | Uint16Array | Uint32Array | Float64Array, index: number): number {
  return array[index] as number;
}

export function item<T>(array: readonly T[], index: number): T {
  return array[index] as T;
}
