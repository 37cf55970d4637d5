import { Untranslatable } from '../canonical/loss.ts';
import type { Member } from '../json-scan.ts';
import { parseJson } from '../loose-json.ts';
import {
  isNull,
  readBoolean,
  scanRequest,
  type RequestProblem,
  type ScannedRequest,
} from '../dialects/openai-chat/request-members.ts';
import { nestedTexts, withNestedTexts } from './nested-texts.ts';
import { BYTES_PER_TOKEN_MIN } from '../pricing/text-tokens.ts';
import { spliced, type Splice } from '../splice.ts';
import { choicesOf, type SideRequest } from './side-request.ts';
import type { SideRow } from './side-rows.ts';

/** Reads a call whose body is JSON. */
export function readJsonCall(row: SideRow, body: Buffer): SideRequest | RequestProblem {
  const { needs } = row;
  const scanned = scanRequest(body, ['model', 'stream', 'n', needs, ...row.texts], row.defaultModel);
  if ('problem' in scanned) return scanned;
  const { members, model } = scanned;
  if (!members.has(needs)) return { problem: `The request has no '${needs}'.`, param: needs };
  const asked = row.streams === 'asked' ? readBoolean(body, members.get('stream')) : row.streams === 'always';
  if (asked === undefined) return { problem: "'stream' must be true or false.", param: 'stream' };
  // Guards look at texts: in another form they would not see what a lenient vendor reads.
  const odd = row.texts.find((name) => !mayBeText(scanned, name, name !== needs));
  if (odd !== undefined) return { problem: `'${odd}' must be a text.`, param: odd };
  const written = row.texts.filter((name) => isText(scanned, name));
  return {
    model,
    stream: asked,
    contentType: 'application/json',
    get texts() {
      return [...written.map((name) => textOf(scanned, name)), ...judgedTexts(scanned, row)];
    },
    inputTokens: Math.ceil(body.length / BYTES_PER_TOKEN_MIN),
    choices: choicesOf(valueOf(scanned, 'n') ?? 1),
    body: (edits) => {
      const said = edits.texts?.map((text, at) => spliceOf(members.get(written[at] ?? ''), text)) ?? [];
      const judged = judgedSplice(scanned, row, edits.texts?.slice(written.length) ?? []);
      const all = [...said, judged].flatMap((splice) => splice ?? []);
      return spliced(body, [...modelSplice(scanned, edits.model), ...all]);
    },
  };
}

function valueOf({ body, members }: ScannedRequest, name: string): unknown {
  const member = members.get(name);
  return member && parseJson(body.toString('utf8', member.valueStart, member.valueEnd));
}

function isText({ body, members }: ScannedRequest, name: string): boolean {
  const member = members.get(name);
  return member !== undefined && body[member.valueStart] === QUOTE;
}

function mayBeText(scanned: ScannedRequest, name: string, mayLack: boolean): boolean {
  const member = scanned.members.get(name);
  return isText(scanned, name) || (mayLack && (member === undefined || isNull(scanned.body, member)));
}

const QUOTE = 0x22;

/** Parsed when somebody looks at it: of most calls nobody does. */
function textOf(scanned: ScannedRequest, name: string): string {
  const text = valueOf(scanned, name);
  if (typeof text !== 'string') throw new Untranslatable(`'${name}' is not a valid JSON string.`, name);
  return text;
}

function judgedTexts(scanned: ScannedRequest, { judged }: SideRow): string[] {
  if (judged === undefined) return [];
  const value = valueOf(scanned, judged);
  if (value === undefined) throw new Untranslatable(`'${judged}' is not valid JSON.`, judged);
  return nestedTexts(value);
}

function judgedSplice(scanned: ScannedRequest, { judged }: SideRow, texts: readonly string[]): Splice | undefined {
  const member = judged === undefined ? undefined : scanned.members.get(judged);
  if (judged === undefined || member === undefined || texts.length === 0) return undefined;
  let next = 0;
  const edited = withNestedTexts(valueOf(scanned, judged), (text) => texts[next++] ?? text);
  return { start: member.valueStart, end: member.valueEnd, text: JSON.stringify(edited) };
}

function spliceOf(member: Member | undefined, value: string): Splice | undefined {
  return member && { start: member.valueStart, end: member.valueEnd, text: JSON.stringify(value) };
}

/** What was left to the gate is said: another provider may mean another model by saying nothing. */
function modelSplice({ body, members, model }: ScannedRequest, wanted: string): Splice[] {
  const member = members.get('model');
  if (member !== undefined) return wanted === model ? [] : [spliceOf(member, wanted)].flatMap((splice) => splice ?? []);
  const inside = body.indexOf('{') + 1;
  return [{ start: inside, end: inside, text: `"model":${JSON.stringify(wanted)},` }];
}
