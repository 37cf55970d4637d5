import type { OwnReply } from '../policy.ts';

type Head = readonly [status: number, headers: readonly (readonly [string, string])[]];

const LENGTH_BYTES = 4;

/** A reply as bytes: the length of its head, the head as JSON, the body. */
export function packReply({ status, headers, body }: OwnReply): Buffer {
  const head = Buffer.from(JSON.stringify([status, headers] satisfies Head));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(head.length);
  return Buffer.concat([length, head, typeof body === 'string' ? Buffer.from(body) : body]);
}

export function unpackReply(bytes: Buffer): OwnReply {
  const bodyAt = LENGTH_BYTES + bytes.readUInt32LE(0);
  const [status, headers] = headOf(bytes.toString('utf8', LENGTH_BYTES, bodyAt));
  return { status, headers, body: bytes.subarray(bodyAt) };
}

/** What `packReply` of this program wrote into memory that nobody else can reach. */
function headOf(text: string): Head {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return JSON.parse(text) as Head;
}
