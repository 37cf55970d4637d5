import { asFields, asList, parseJson } from '../../loose-json.ts';
import { vectorFromBase64, vectorToBase64 } from './vector-encoding.ts';

export type VectorEncoding = 'float' | 'base64';

/**
 * Servers of OpenAI's shape do not all know `encoding_format`, and official SDKs, which ask for base64 unless told
 * otherwise, read a list of numbers as an empty vector (reference §2.3). Answers the body as it is when its vectors are
 * written as asked, and undefined when they cannot be.
 */
export function fitEncoding(body: Buffer, asked: VectorEncoding): Buffer | undefined {
  const found = encodingOf(body);
  if (found === asked || found === undefined) return body;
  const reply = asFields(parseJson(body.toString('utf8')));
  const rows = asList(reply?.['data'])?.map((row) => {
    const fields = asFields(row);
    return fields && { ...fields, embedding: recoded(fields['embedding']) };
  });
  if (rows === undefined || rows.some((row) => row?.embedding === undefined)) return undefined;
  return Buffer.from(JSON.stringify({ ...reply, data: rows }));
}

function recoded(vector: unknown): unknown {
  if (typeof vector === 'string') return vectorFromBase64(vector);
  const numbers = asList(vector);
  return numbers?.every((one) => typeof one === 'number') === true ? vectorToBase64(numbers) : undefined;
}

const KEY = Buffer.from('"embedding"');

/** By the first vector. Quotes inside strings are escaped, so that a key with its colon stands nowhere else. */
export function encodingOf(body: Buffer): VectorEncoding | undefined {
  for (let at = body.indexOf(KEY); at >= 0; at = body.indexOf(KEY, at + 1)) {
    const behind = /^\s{0,64}:\s{0,64}(["[])/.exec(body.toString('latin1', at + KEY.length, at + KEY.length + 160));
    if (behind !== null) return behind[1] === '[' ? 'float' : 'base64';
  }
  return undefined;
}
