import type { Period } from '../query/query.ts';

/** Our ids say when they were made (`newRequestId`), and a record begins about then. */
const OWN_ID = /^[0-9a-v]{9}[0-9a-f]{18}$/;
const ABOUT_MS = 10_000;

/** Where to look for a record of that id first; undefined for an id that is not ours. */
export function periodOf(id: string): Period | undefined {
  if (!OWN_ID.test(id)) return undefined;
  const madeMs = Number.parseInt(id.slice(0, 9), 32);
  return { fromMs: madeMs - ABOUT_MS, toMs: madeMs + ABOUT_MS };
}
