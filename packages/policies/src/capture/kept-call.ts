import type { Exchange, KeptBody, KeptHead, Outcome, Spotter } from '../policy.ts';
import { readingOf, redactedBody, type Reading } from './body-reading.ts';
import { bodyText } from './body-text.ts';
import type { CaptureRules } from './capture-rules.ts';
import type { CapturedCall } from './captured-call.ts';
import { HeadFields } from './head-fields.ts';
import { applyEdits } from './redact/edits.ts';
import { formEdits } from './redact/form-edits.ts';
import { Redactor } from './redact/redactor.ts';
import { credentialValues, valueSpotter } from './redact/shown-credentials.ts';

/** Names of media types; what else stands in the field is the caller's to choose, and stays out of the clear. */
const MEDIA_TYPE = /^[a-z0-9!#$&^_.+-]{1,50}\/[a-z0-9!#$&^_.+-]{1,100}(?=\s*(?:;|$))/;

interface Side {
  readonly side: KeptBody['side'];
  readonly fields: HeadFields;
  readonly bytes: Buffer;
  readonly passed: number;
  /** Less is here than there was, or would have been. */
  readonly cut: boolean;
  readonly head: Partial<KeptHead>;
}

/** What is handed over of a call that is kept: nothing of it is as it came. */
export function keptBodies(
  call: CapturedCall,
  { exchange, outcome, why, rules }: { exchange: Exchange; outcome: Outcome; why: string; rules: CaptureRules },
): readonly KeptBody[] {
  const asked = new HeadFields(call.lines);
  const told = new HeadFields(call.replyLines);
  const shown = credentialValues([...asked.valuesOf(rules.maskedFields), ...told.valuesOf(rules.maskedFields)]);
  const spotters: readonly Spotter[] = [...rules.spotters(), ...(shown.length === 0 ? [] : [valueSpotter(shown)])];
  const redactor = new Redactor({ paths: rules.paths, spotters });
  const queries = new Redactor({ paths: rules.queryPaths, spotters });
  const sides: Side[] = [];
  if (rules.sides.request) sides.push(requestSide(call, asked, { exchange, queries }));
  if (rules.sides.response && call.replyLines !== '') sides.push(responseSide(call, told, outcome));
  return sides
    .filter(({ passed, cut }) => rules.headers || passed > 0 || cut)
    .map((side) => {
      const { cut, text, ...head } = shownOf(side, { rules, redactor });
      const headers = rules.headers ? { headers: side.fields.redacted(rules.maskedFields, queries) } : {};
      const { side: name, passed } = side;
      const type = typeOf(side.fields);
      return { exchange, side: name, type, bytes: passed, cut, text, head: { why, ...side.head, ...head, ...headers } };
    });
}

function requestSide(
  call: CapturedCall,
  fields: HeadFields,
  { exchange, queries }: { readonly exchange: Exchange; readonly queries: Redactor },
): Side {
  const { method, query } = exchange.request;
  const { bytes, passed, cut } = call.request;
  const told =
    query.length > 1 ? { query: `?${applyEdits(query.slice(1), formEdits(query.slice(1), false, queries))}` } : {};
  const missing = !call.requestEnded && call.contentLength !== 0;
  return { side: 'request', fields, bytes, passed, cut: cut || missing, head: { method, ...told } };
}

function responseSide(call: CapturedCall, fields: HeadFields, { code }: Outcome): Side {
  const { bytes, passed, cut } = call.response;
  const status = Number(call.replyLines.slice(9, 12));
  return { side: 'response', fields, bytes, passed, cut: cut || (code !== undefined && !call.whole), head: { status } };
}

interface Shown {
  readonly text: string;
  readonly cut: boolean;
  readonly shown?: Reading;
  readonly hidden?: string;
}

function shownOf({ fields, bytes, cut }: Side, by: { rules: CaptureRules; redactor: Redactor }): Shown {
  if (bytes.length === 0) return { text: '', cut };
  const type = typeOf(fields);
  // Of what names no type, only JSON is told from anything else.
  const sniffed =
    type === '' &&
    by.rules.isShown('application/json') &&
    fields.value('content-type') === '' &&
    /^\s*[[{]/.test(bytes.toString('latin1', 0, 64));
  if (!sniffed && !by.rules.isShown(type)) return { text: '', cut, hidden: 'bodies of this media type are not kept' };
  const coding = fields.value('content-encoding');
  const { bytesMax } = by.rules;
  const body = bodyText({ bytes, goesOn: cut, type: fields.value('content-type'), coding }, bytesMax);
  if ('hidden' in body) return { text: '', cut, hidden: body.hidden };
  const reading = sniffed ? 'json' : readingOf(type);
  const text = redactedBody(body.text, body.goesOn, { reading, redactor: by.redactor });
  return { ...bounded(text, 2 * bytesMax), shown: reading, cut: body.goesOn };
}

/** What stands in the place of something may be longer than that was. */
function bounded(text: string, bytesMax: number): { readonly text: string } {
  const bytes = Buffer.from(text);
  return { text: bytes.length <= bytesMax ? text : bytes.toString('utf8', 0, bytesMax).replace(/\ufffd$/, '') };
}

function typeOf(fields: HeadFields): string {
  return MEDIA_TYPE.exec(fields.value('content-type').toLowerCase())?.[0] ?? '';
}
