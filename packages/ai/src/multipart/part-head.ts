/** What the head of a part says. */
export interface PartHead {
  readonly name: string;
  /** Undefined for a plain field. */
  readonly filename: string | undefined;
  readonly contentType: string | undefined;
  /** As it says itself: its digits, and where in the head they stand. */
  readonly length: { readonly digits: string; readonly at: number } | undefined;
}

/** Fields of the known endpoints are called `timestamp_granularities[]` and `chunking_strategy[type]` at the oddest. */
const NAME = /^[\w.[\]-]{1,100}$/;
// oxlint-disable-next-line eslint/no-control-regex -- they are what a head must not hold
const LINE = /^([!#$%&'*+.^_`|~0-9A-Za-z-]{1,64}):([^\0-\x08\x0a-\x1f\x7f]*)$/;
/** A backslash before a quote ends the text for some parsers and goes on for others. */
const PARAMETER = /^;[\t ]*(name|filename|filename\*)=(?:"((?:[^"\\]|\\(?!"))*)"|([!#$%&'*+.^_`|~0-9A-Za-z-]+))[\t ]*/;
const LENGTH = /^content-length:[\t ]*/im;
const LINES_MAX = 8;

/** Reads the lines of a head, in latin1, without the blank line that ends it. */
export function readPartHead(text: string): PartHead | { readonly problem: string } {
  const fields = new Map<string, string>();
  const lines = text.split('\r\n');
  if (lines.length > LINES_MAX) return { problem: `has a part with more than ${LINES_MAX} lines of head` };
  for (const line of lines) {
    const [, name, value] = LINE.exec(line) ?? [];
    if (name === undefined || value === undefined) return { problem: 'has a part with a malformed head' };
    const key = name.toLowerCase();
    if (fields.has(key)) return { problem: `has a part with two lines '${key}'` };
    fields.set(key, value.trim());
  }
  const coding = fields.get('content-transfer-encoding') ?? 'binary';
  // Some parsers decode the others, and none must (RFC 7578 §4.7).
  if (!/^(?:binary|7bit|8bit)$/i.test(coding)) return { problem: "has a part with a 'content-transfer-encoding'" };
  if (fields.has('content-encoding')) return { problem: "has a part with a 'content-encoding'" };
  const contentType = fields.get('content-type');
  if (contentType !== undefined && /^multipart\//i.test(contentType)) return { problem: 'has a form inside a part' };
  const named = readDisposition(fields.get('content-disposition') ?? '');
  return 'problem' in named ? named : { ...named, contentType, length: lengthOf(text, fields) };
}

function lengthOf(text: string, fields: ReadonlyMap<string, string>): PartHead['length'] {
  const digits = fields.get('content-length');
  if (digits === undefined) return undefined;
  const { index = 0, 0: name = '' } = LENGTH.exec(text) ?? {};
  const at = index + name.length;
  return { digits: text.startsWith(digits, at) ? digits : '', at };
}

function readDisposition(value: string): Pick<PartHead, 'name' | 'filename'> | { readonly problem: string } {
  const type = /^form-data[\t ]*(?=;|$)/i.exec(value)?.[0];
  if (type === undefined) return { problem: "has a part without 'content-disposition: form-data'" };
  const parameters = new Map<string, string>();
  let rest = value.slice(type.length);
  while (rest !== '') {
    const [whole, key, quoted, token] = PARAMETER.exec(rest) ?? [];
    if (whole === undefined || key === undefined) return { problem: 'has a part with a malformed name' };
    if (parameters.has(key)) return { problem: `has a part with two parameters '${key}'` };
    parameters.set(key, quoted ?? token ?? '');
    rest = rest.slice(whole.length);
  }
  const name = parameters.get('name');
  if (name === undefined) return { problem: 'has a part without a name' };
  if (!NAME.test(name)) return { problem: 'has a part whose name holds more than letters, digits, and _ - . [ ]' };
  return { name, filename: parameters.get('filename') ?? parameters.get('filename*') };
}
