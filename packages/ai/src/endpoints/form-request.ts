import { isUtf8 } from 'node:buffer';
import { checkModel, type RequestProblem } from '../dialects/openai-chat/request-members.ts';
import { formBoundary } from '../multipart/form-boundary.ts';
import { scanForm, type FormPart } from '../multipart/scan-form.ts';
import { BYTES_PER_TOKEN_MIN } from '../pricing/text-tokens.ts';
import { spliced, type Splice } from '../splice.ts';
import { choicesOf, type SideRequest } from './side-request.ts';
import type { SideRow } from './side-rows.ts';

/** Reads a call whose body is a form; it goes on with the boundary that it came with. */
export function readFormCall(row: SideRow, body: Buffer, contentType: string): SideRequest | RequestProblem {
  const boundary = formBoundary(contentType);
  if (boundary === undefined) return problem("The body must be 'multipart/form-data' with a plain boundary.");
  const scanned = scanForm(body, boundary);
  if ('problem' in scanned) return problem(`The form ${scanned.problem}.`);
  const fields = new Fields(body, scanned.parts);
  const odd = fields.problemOf(['model', 'stream', 'n', ...row.texts]);
  if (odd !== undefined) return odd;
  const model = checkModel(fields.text('model'));
  if (typeof model !== 'string') return model;
  if (!fields.has(row.needs)) return problem(`The request has no '${row.needs}'.`, row.needs);
  const stream = row.streams === 'asked' ? fields.flag('stream') : false;
  if (stream === undefined) return problem("'stream' must be true or false.", 'stream');
  const texts = row.texts.flatMap((name) => fields.part(name) ?? []);
  return {
    model,
    stream,
    // Written anew, so that a provider cannot read another boundary in it than the gate did.
    contentType: `multipart/form-data; boundary=${/^[\w.+-]+$/.test(boundary) ? boundary : `"${boundary}"`}`,
    get texts() {
      return texts.map((part) => fields.valueOf(part));
    },
    inputTokens: tokensOf(row, scanned.parts),
    choices: choicesOf(fields.text('n') ?? 1),
    body: (edits) => {
      const said = edits.texts?.flatMap((text, at) => spliceOf(texts[at], text)) ?? [];
      const named = edits.model === model ? [] : spliceOf(fields.part('model'), edits.model);
      return spliced(body, [...named, ...said]);
    },
  };
}

function problem(text: string, param?: string): RequestProblem {
  return { problem: text, param };
}

function spliceOf(part: FormPart | undefined, text: string): Splice[] {
  if (part === undefined) return [];
  const value = { start: part.valueStart, end: part.valueEnd, text };
  const { length } = part;
  if (length === undefined) return [value];
  const told = { start: length.at, end: length.at + length.digits.length, text: String(Buffer.byteLength(text)) };
  return [told, value];
}

function tokensOf({ fileTokens }: SideRow, parts: readonly FormPart[]): number {
  const { each, bytesPerToken } = fileTokens ?? { each: 0, bytesPerToken: BYTES_PER_TOKEN_MIN };
  const tokens = parts.map(({ filename, valueStart, valueEnd }) => {
    const bytes = valueEnd - valueStart;
    return filename === undefined ? bytes / BYTES_PER_TOKEN_MIN : each + bytes / bytesPerToken;
  });
  return Math.ceil(tokens.reduce((sum, one) => sum + one, 0));
}

const TEXT_TYPE = /^text\/plain(?:[\t ]*;[\t ]*charset="?(?:utf-8|us-ascii)"?)?$/i;

/** The fields of a form by name. */
class Fields {
  readonly #body: Buffer;
  readonly #parts: readonly FormPart[];

  constructor(body: Buffer, parts: readonly FormPart[]) {
    this.#body = body;
    this.#parts = parts;
  }

  /** What a provider could read otherwise than the gate does, in fields that the gate goes by. */
  problemOf(names: readonly string[]): RequestProblem | undefined {
    const seen = new Set<string>();
    for (const part of this.#parts) {
      if (part.name === '_charset_') return problem('A form is in UTF-8, without a charset of its own.', part.name);
      // Some parsers take `[model]` and `model]` for `model`.
      const plain = /[^.[\]]+/.exec(part.name)?.[0] ?? '';
      const name = names.find((one) => one === plain.toLowerCase());
      if (name === undefined) continue;
      if (part.name !== name) return problem(`Write '${name}' as it is, not as '${part.name}'.`, name);
      if (seen.has(name)) return problem(`The form has '${name}' twice.`, name);
      seen.add(name);
      if (part.filename !== undefined) return problem(`'${name}' must be a field, not a file.`, name);
      if (!TEXT_TYPE.test(part.contentType ?? 'text/plain')) return problem(`'${name}' must be plain text.`, name);
      if (!isUtf8(this.#bytesOf(part))) return problem(`'${name}' is not UTF-8.`, name);
    }
    return seen.has('model') ? undefined : problem("The request names no 'model'.", 'model');
  }

  /** Also as a list: `image[]`. */
  has(name: string): boolean {
    return this.#parts.some((part) => part.name === name || part.name === `${name}[]`);
  }

  part(name: string): FormPart | undefined {
    return this.#parts.find((part) => part.name === name);
  }

  valueOf(part: FormPart): string {
    return this.#bytesOf(part).toString('utf8');
  }

  text(name: string): string | undefined {
    const part = this.part(name);
    return part && this.valueOf(part);
  }

  /** As SDKs write it: Python's capitalise it. */
  flag(name: string): boolean | undefined {
    const text = this.text(name)?.toLowerCase() ?? 'false';
    return text === 'true' || text === 'false' ? text === 'true' : undefined;
  }

  #bytesOf({ valueStart, valueEnd }: FormPart): Buffer {
    return this.#body.subarray(valueStart, valueEnd);
  }
}
