import { Readable } from 'node:stream';
import { BedrockRuntimeClient, type ConverseStreamOutput } from '@aws-sdk/client-bedrock-runtime';
import { isJsonFields, parseExact, type JsonFields } from '../../../canonical/json.ts';

export interface Served {
  readonly status?: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string | Buffer;
}

export interface SentBySdk {
  readonly path: string;
  readonly body: JsonFields;
  readonly headers: Readonly<Record<string, string>>;
}

/** AWS's own client, with what it sends and what it gets in our hands. */
export function sdkClient(served: Served): { readonly client: BedrockRuntimeClient; readonly sent: SentBySdk[] } {
  const sent: SentBySdk[] = [];
  const client = new BedrockRuntimeClient({
    region: 'eu-central-1',
    credentials: { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret' },
    maxAttempts: 1,
    requestHandler: {
      handle: (request: { path: string; body: unknown; headers: Record<string, string> }) => {
        sent.push({ path: request.path, body: bodyOf(request.body), headers: request.headers });
        return Promise.resolve({
          response: {
            statusCode: served.status ?? 200,
            headers: { 'content-type': 'application/json', ...served.headers },
            body: Readable.from([Buffer.from(served.body)]),
          },
        });
      },
    },
  });
  return { client, sent };
}

function bodyOf(body: unknown): JsonFields {
  const text = typeof body === 'string' ? body : body instanceof Uint8Array ? new TextDecoder().decode(body) : '';
  const fields = parseExact(text);
  if (!isJsonFields(fields)) throw new Error('the SDK sent no JSON object');
  return fields;
}

export async function eventsOf(
  stream: AsyncIterable<ConverseStreamOutput> | undefined,
): Promise<ConverseStreamOutput[]> {
  const events: ConverseStreamOutput[] = [];
  for await (const event of stream ?? []) events.push(event);
  return events;
}
