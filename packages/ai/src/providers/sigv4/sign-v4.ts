import { createHash, createHmac } from 'node:crypto';
import { canonicalHeaders, canonicalPath, canonicalQuery } from './canonical-request.ts';

export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** Of temporary credentials. */
  readonly sessionToken?: string | undefined;
}

/** A request as it goes out on the wire. */
export interface V4Request {
  readonly method: string;
  /** With the port when it is not the scheme's own, as the `host` header says it. */
  readonly host: string;
  /** Percent-encoded, from the first slash. */
  readonly path: string;
  /** Percent-encoded, without the question mark. */
  readonly query?: string;
  /** All of them are signed, so leave out what a proxy may change; `host` need not be among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
  readonly service: string;
  readonly region: string;
  readonly credentials: AwsCredentials;
  /** Since the epoch; AWS refuses what is off by more than five minutes. */
  readonly nowMs: number;
  /** `false` leaves `x-amz-content-sha256` out, as services before S3 did; the body is signed either way. */
  readonly bodyHashHeader?: boolean;
}

/** Signs with AWS Signature Version 4; answers the headers to add. */
export function signV4(request: V4Request): Record<string, string> {
  const time = amzTime(request.nowMs);
  const bodyHash = sha256(request.body);
  const { sessionToken } = request.credentials;
  const added: Record<string, string> = {
    'x-amz-date': time,
    ...(request.bodyHashHeader !== false && { 'x-amz-content-sha256': bodyHash }),
    ...(sessionToken !== undefined && { 'x-amz-security-token': sessionToken }),
  };
  const { lines, names } = canonicalHeaders({ host: request.host, ...request.headers, ...added });
  const canonical = [
    request.method,
    canonicalPath(request.path),
    canonicalQuery(request.query ?? ''),
    ...lines,
    '',
    names,
    bodyHash,
  ].join('\n');
  const scope = `${time.slice(0, 8)}/${request.region}/${request.service}/aws4_request`;
  const toSign = `${ALGORITHM}\n${time}\n${scope}\n${sha256(canonical)}`;
  const signature = hmac(signingKey(request, time.slice(0, 8)), toSign).toString('hex');
  const credential = `${request.credentials.accessKeyId}/${scope}`;
  added['authorization'] = `${ALGORITHM} Credential=${credential}, SignedHeaders=${names}, Signature=${signature}`;
  return added;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';

/** `20150830T123600Z` */
function amzTime(nowMs: number): string {
  return new Date(nowMs).toISOString().replace(/[-:]|\.\d{3}/g, '');
}

function signingKey({ credentials, region, service }: V4Request, day: string): Buffer {
  const dayKey = hmac(`AWS4${credentials.secretAccessKey}`, day);
  return hmac(hmac(hmac(dayKey, region), service), 'aws4_request');
}

function sha256(data: Uint8Array | string): string {
  return createHash('sha256').update(data).digest('hex');
}

function hmac(key: Uint8Array | string, data: string): Buffer {
  return createHmac('sha256', key).update(data).digest();
}
