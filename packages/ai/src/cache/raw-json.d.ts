/** Beside `rawJSON` (see canonical/json-source.d.ts). */
interface JSON {
  isRawJSON(value: unknown): boolean;
}
