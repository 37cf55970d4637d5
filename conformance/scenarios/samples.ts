import type { JsonObject, Tokens, ToolSpec } from '../scenario.ts';

/** One red pixel. */
export const PNG = 'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mP8z8DwHwAFBQIAX8jx0gAAAABJRU5ErkJggg==';
/** A document without pages. */
export const PDF = Buffer.from(
  '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n%%EOF\n',
).toString('base64');

export const TOKENS: Tokens = { input: 31, cached: 0, output: 17, reasoning: 0 };

export const WEATHER: ToolSpec = {
  name: 'get_weather',
  description: 'The weather in a city.',
  schema: objectOf({ city: { type: 'string', description: 'Its name.' } }),
};

export const CLOCK: ToolSpec = {
  name: 'get_time',
  description: 'The time in a zone.',
  schema: objectOf({ zone: { type: 'string', description: 'An IANA name.' } }),
};

export const BOOK: JsonObject = objectOf({ title: { type: 'string' }, pages: { type: 'integer' } });

function objectOf(properties: JsonObject): JsonObject {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}
