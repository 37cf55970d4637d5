/** JSON.parse with source text access and JSON.rawJSON (ECMAScript 2026), which TypeScript's library has yet to describe. */
interface JSON {
  parse(
    text: string,
    reviver: (this: unknown, key: string, value: unknown, context: { source?: string }) => unknown,
  ): unknown;
  rawJSON(text: string): object;
}
