/** As JSON Schema counts: characters outside the basic plane, two units of a JavaScript string, are one. */
export function countChars(text: string): number {
  return text.length - (text.match(/[\u{10000}-\u{10FFFF}]/gu)?.length ?? 0);
}
