import { jsonText } from '../json-text.ts';

export const BODY_SIDES = ['request', 'response'] as const;
export type BodySide = (typeof BODY_SIDES)[number];

/**
 * One body of an exchange, as a policy has kept it: a line of its own, in front of that of the record. What was said is
 * sealed (`sealBody`, `openBody`); what stands in clear says nothing of it but how long it was.
 */
export interface BodyLine {
  readonly body: true;
  /** Of the exchange. */
  readonly id: string;
  /** Start of the exchange, ms since the epoch. */
  readonly time: number;
  readonly worker: number;
  readonly side: BodySide;
  /** Media type without parameters, in small letters; '' where none was named. */
  readonly type: string;
  /** As they passed, all of them, in whatever coding. */
  readonly bytes: number;
  /** Not all of it is kept, or not all of it came. */
  readonly cut: boolean;
  /** Which key opens it. */
  readonly key: string;
  /** Base64: nonce of 12 bytes, what was encrypted, tag of 16 bytes. */
  readonly sealed: string;
}

/** With its newline, in pure ASCII as all lines of the spool. */
export function bodyLine(line: BodyLine): string {
  return (
    `${BODY_START}true,"id":"${jsonText(line.id)}","time":${line.time},"worker":${line.worker}` +
    `,"side":"${line.side}","type":"${jsonText(line.type)}","bytes":${line.bytes},"cut":${line.cut}` +
    `,"key":"${jsonText(line.key)}","sealed":"${line.sealed}"}\n`
  );
}

/** As `bodyLine` writes it: who looks for records need not parse what begins like this. */
export const BODY_START = '{"body":';

const KINDS: Readonly<Record<Exclude<keyof BodyLine, 'body' | 'side'>, 'string' | 'number' | 'boolean'>> = {
  id: 'string',
  time: 'number',
  worker: 'number',
  type: 'string',
  bytes: 'number',
  cut: 'boolean',
  key: 'string',
  sealed: 'string',
};

export function isBodyLine(value: object): value is BodyLine {
  const fields = new Map<string, unknown>(Object.entries(value));
  if (fields.get('body') !== true || !BODY_SIDES.some((side) => side === fields.get('side'))) return false;
  return Object.entries(KINDS).every(([name, kind]) => typeof fields.get(name) === kind);
}
