import { markChanged, weakenTag } from '../changed-body.ts';
import { definePolicy } from '../define-policy.ts';
import { unambiguousJson } from '../json-scan.ts';
import { bytes } from '../parsed-units.ts';
import type { Exchange, Reply } from '../policy.ts';
import type { ReplyDraft } from '../reply-draft.ts';
import { JsonEdits } from './json-edits.ts';
import { parseKeeping } from '../json-text.ts';
import { ReplyChange } from './reply-change.ts';
import type { Config } from './schema.ts';
import { valueFor } from './value-template.ts';

/** Of requests and replies alike. */
const JSON_TYPE = /^[^;,]*[/+]json\s*(?:;|$)/i;
/** Of the bytes that were sent, which go no further. */
const OF_THE_BYTES = ['content-digest', 'repr-digest', 'digest', 'content-md5'];

const CODED: Reply = {
  code: 'request.body_invalid',
  detail: 'JSON in a content coding cannot be changed here, send it without Content-Encoding',
};

export const transform = definePolicy({
  name: 'transform',
  stage: 'shape',
  build({ request, response, bodyMax }: Config) {
    const bytesMax = bytes(bodyMax);
    const requests = request && new JsonEdits(request);
    const replies = response && new JsonEdits(response);
    const isMeant = statusTest(response?.statuses ?? []);
    return {
      onRequest(exchange) {
        if (replies !== undefined) askWhole(exchange);
        return requests === undefined ? undefined : changedRequest(exchange, requests, bytesMax);
      },
      ...(replies !== undefined && {
        onReply(exchange, draft, sink) {
          // Tags were given to callers as weak ones, and come back so.
          if (draft.status === 304) weakenTag(draft);
          if (!isMeant(draft.status) || !mayHold(draft) || !JSON_TYPE.test(draft.header('content-type') ?? ''))
            return undefined;
          markChanged(draft);
          if (exchange.request.method === 'HEAD') return undefined;
          const isReadable = /^(?:identity)?$/i.test(draft.header('content-encoding') ?? '') && draft.status !== 206;
          const change = (body: Buffer): Buffer | undefined =>
            isReadable ? changed(body, replies, exchange) : undefined;
          return new ReplyChange({ bytesMax, change, sink });
        },
      }),
    };
  },
});

/** Parts and codings cannot be changed. */
function askWhole({ upstreamHeaders }: Exchange): void {
  upstreamHeaders.set('accept-encoding', 'identity');
  for (const name of ['range', 'if-range']) upstreamHeaders.remove(name);
}

function mayHold({ status }: ReplyDraft): boolean {
  return status !== 204 && status !== 205 && status !== 304;
}

function statusTest(written: readonly string[]): (status: number) => boolean {
  const exact = new Set(written);
  return (status) => exact.has(`${status}`) || exact.has(`${Math.floor(status / 100)}XX`);
}

function changedRequest(
  exchange: Exchange,
  edits: JsonEdits,
  bytesMax: number,
): Reply | undefined | Promise<Reply | undefined> {
  const { request } = exchange;
  if (request.contentLength === 0 || !JSON_TYPE.test(request.header('content-type') ?? '')) return undefined;
  if (!/^(?:identity)?$/i.test(request.header('content-encoding') ?? '')) return CODED;
  return changeRequest(exchange, edits, bytesMax);
}

async function changeRequest(exchange: Exchange, edits: JsonEdits, bytesMax: number): Promise<Reply | undefined> {
  const body = await exchange.requestBody(bytesMax);
  if (body.length === 0) return undefined;
  const problem = scan.scan(body);
  if (problem !== undefined)
    return { code: 'request.body_invalid', detail: `The body ${problem.what}, at byte ${problem.at}` };
  for (const name of OF_THE_BYTES) exchange.upstreamHeaders.remove(name);
  exchange.replaceRequestBody(edited(body, edits, exchange));
  return undefined;
}

/** Of a name that stands twice an upstream might read the one that was not changed. */
const scan = unambiguousJson();

function changed(body: Buffer, edits: JsonEdits, exchange: Exchange): Buffer | undefined {
  return scan.scan(body) === undefined ? edited(body, edits, exchange) : undefined;
}

function edited(body: Buffer, edits: JsonEdits, exchange: Exchange): Buffer {
  const value = edits.apply(parseKeeping(body.toString('utf8')), (written) => valueFor(written, exchange));
  return Buffer.from(JSON.stringify(value));
}
