import { scanObject, type Member, type Members } from '../../json-scan.ts';
import { parseJson } from '../../loose-json.ts';

/** Why a request is refused before any provider sees it. `param` is the member at fault, as OpenAI names it. */
export interface RequestProblem {
  readonly problem: string;
  readonly param: string | undefined;
  /** Where several members are at fault, and the caller is told of each. */
  readonly errors?: readonly FieldProblem[] | undefined;
}

/** What is wrong with one member of a body. */
export interface FieldProblem {
  readonly field: string;
  readonly message: string;
}

/** A body whose members have been found, so that each attempt can patch it without reading it again. */
export interface ScannedRequest {
  readonly body: Buffer;
  readonly members: Members;
  readonly model: string;
}

export const MODEL_NAME_CHARS_MAX = 512;

/**
 * Finds the members of a request and reads the model, which decides who may call and where it goes. `modelUnsaid` is
 * meant by a request that names none, where there may be such.
 */
export function scanRequest(
  body: Buffer,
  guarded: readonly string[],
  modelUnsaid?: string,
): ScannedRequest | RequestProblem {
  const scan = scanObject(body);
  if ('problem' in scan) return { problem: `The request body ${scan.problem}.`, param: undefined };
  const respelt = findRespelt(scan.members, guarded);
  if (respelt !== undefined) return { problem: `Write '${respelt}' in lower case.`, param: respelt };
  const member = scan.members.get('model');
  const model = member === undefined && modelUnsaid !== undefined ? modelUnsaid : readModel(body, member);
  return typeof model === 'string' ? { body, members: scan.members, model } : model;
}

/**
 * Which of the members that the gate reads or edits is there in another case as well or instead? Parsers that match
 * names without case, as Go's does, would let it override what the gate has checked. Upper case comes first because it
 * maps the long s and the Kelvin sign, which without case equal s and k, to ASCII.
 */
export function findRespelt(members: Members, guarded: readonly string[]): string | undefined {
  for (const name of members.keys()) {
    const folded = name.toUpperCase().toLowerCase();
    if (folded !== name && guarded.includes(folded)) return folded;
  }
  return undefined;
}

function readModel(body: Buffer, member: Member | undefined): string | RequestProblem {
  if (member === undefined) return modelProblem("The request names no 'model'.");
  if (member.valueEnd - member.valueStart > MODEL_BYTES_MAX) return modelProblem("'model' is too long.");
  return checkModel(parseJson(body.toString('utf8', member.valueStart, member.valueEnd)));
}

/** The name of a model as a caller wrote it, or what is wrong with it. */
export function checkModel(model: unknown): string | RequestProblem {
  if (typeof model !== 'string' || model.trim() === '') return modelProblem("'model' must be a non-empty string.");
  if (model.length > MODEL_NAME_CHARS_MAX) return modelProblem("'model' is too long.");
  // The name travels in headers and logs.
  if (/\p{Cc}/u.test(model) || !model.isWellFormed()) return modelProblem("'model' must not hold control characters.");
  return model;
}

function modelProblem(problem: string): RequestProblem {
  return { problem, param: 'model' };
}

/** Every character spelt as an escape, and the quotes. */
const MODEL_BYTES_MAX = 6 * MODEL_NAME_CHARS_MAX + 2;

/** What every chat says: its messages, and whether it wants a stream. */
export function readChatMembers({ body, members }: ScannedRequest): { readonly stream: boolean } | RequestProblem {
  const messages = members.get('messages');
  if (messages === undefined) return { problem: "The request has no 'messages'.", param: 'messages' };
  if (body[messages.valueStart] !== BRACKET_OPEN) return { problem: "'messages' must be an array.", param: 'messages' };
  const stream = readBoolean(body, members.get('stream'));
  return stream === undefined ? { problem: "'stream' must be true or false.", param: 'stream' } : { stream };
}

/** `null` means absent, as callers' SDKs use it; anything but a boolean is `undefined`. */
export function readBoolean(body: Buffer, member: Member | undefined): boolean | undefined {
  // The scan has checked the literals, so that their first letter tells them apart.
  const first = member === undefined ? LETTER_N : body[member.valueStart];
  if (first === LETTER_T) return true;
  return first === LETTER_F || first === LETTER_N ? false : undefined;
}

export function isNull(body: Buffer, member: Member): boolean {
  return body[member.valueStart] === LETTER_N;
}

const BRACKET_OPEN = 0x5b;
const LETTER_F = 0x66;
const LETTER_N = 0x6e;
const LETTER_T = 0x74;
