import { asFields, asText, listFields, parseJson, type Fields } from '../../loose-json.ts';

/** What the body says, in the many shapes that providers of this dialect use. */
export interface Said {
  readonly message: string;
  readonly code: string | undefined;
  readonly param: string | undefined;
  /** Codes, types and reasons, lower case, the most telling first. */
  readonly marks: readonly string[];
  /** A status inside the body. */
  readonly status: number | undefined;
}

/** `undefined` when the body is no JSON object, such as a proxy's page. */
export function readSaid(body: string): Said | undefined {
  const parsed = parseJson(body);
  const outer = asFields(Array.isArray(parsed) ? parsed[0] : parsed);
  if (outer === undefined) return undefined;
  const inner = asFields(outer['error']) ?? outer;
  const code = inner['code'] ?? outer['code'];
  const named = [...reasons(inner['details']), code, inner['type'], inner['status']];
  return {
    message: messageOf(inner, outer).slice(0, MESSAGE_CHARS_READ),
    code: typeof code === 'string' && /^[\w.-]{1,64}$/.test(code) ? code : undefined,
    param: asText(inner['param'])?.slice(0, 200),
    marks: named.flatMap((mark) => asText(mark)?.toLowerCase() ?? []),
    status: [code, inner['status']].find(isErrorStatus),
  };
}

/** What says more than this says nothing new, and it is searched for phrases. */
const MESSAGE_CHARS_READ = 4096;

export const SAID_NOTHING = 'The model provider refused the request.';

function isErrorStatus(value: unknown): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 400 && value <= 599;
}

function messageOf(inner: Fields, outer: Fields): string {
  const places = [inner['message'], outer['error'], outer['detail'], asFields(outer['message'])?.['detail']];
  const place = places.find((value) => value !== undefined && value !== null);
  return asText(place) ?? (place === undefined ? SAID_NOTHING : JSON.stringify(place));
}

function reasons(details: unknown): unknown[] {
  return listFields(details).map((detail) => detail['reason']);
}
