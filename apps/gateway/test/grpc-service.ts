import grpc from '@grpc/grpc-js';
import { onTestFinished } from 'vitest';

const text = {
  requestSerialize: (value: string): Buffer => Buffer.from(value),
  requestDeserialize: (bytes: Buffer): string => String(bytes),
  responseSerialize: (value: string): Buffer => Buffer.from(value),
  responseDeserialize: (bytes: Buffer): string => String(bytes),
};

const method = (
  path: string,
  requestStream: boolean,
  responseStream: boolean,
): grpc.MethodDefinition<string, string> => ({
  path: `/demo.Echo/${path}`,
  requestStream,
  responseStream,
  ...text,
});

/** Messages are text: the gate never looks into them. */
export const ECHO = {
  unary: method('Unary', false, false),
  collect: method('Collect', true, false),
  expand: method('Expand', false, true),
  chat: method('Chat', true, true),
};

export interface EchoService {
  readonly port: number;
  /** Metadata of all calls. */
  readonly seen: grpc.Metadata[];
  /** Calls that their callers have given up. */
  cancelled: number;
}

/** The official server, as people write services. */
export async function echoService(): Promise<EchoService> {
  const own = { port: 0, seen: [] as grpc.Metadata[], cancelled: 0 };
  const server = new grpc.Server();
  server.addService(ECHO, {
    unary: (call: grpc.ServerUnaryCall<string, string>, answer: grpc.sendUnaryData<string>) => {
      own.seen.push(call.metadata);
      call.on('cancelled', () => own.cancelled++);
      if (call.request === 'wait') return;
      const trailers = new grpc.Metadata();
      trailers.set('x-cost', '7');
      trailers.set('x-raw-bin', Buffer.from([0, 255, 1]));
      if (call.request === 'fail') {
        answer({ code: grpc.status.FAILED_PRECONDITION, details: 'nicht möglich: 100%', metadata: trailers });
      } else answer(null, `<${call.request}>`, trailers);
    },
    collect: (call: grpc.ServerReadableStream<string, string>, answer: grpc.sendUnaryData<string>) => {
      const all: string[] = [];
      call.on('data', (message: string) => all.push(message));
      call.on('end', () => answer(null, all.join('+')));
    },
    expand: (call: grpc.ServerWritableStream<string, string>) => {
      for (let i = 0; i < Number(call.request); i++) call.write(`message ${i}`);
      call.end();
    },
    chat: (call: grpc.ServerDuplexStream<string, string>) => {
      call.on('cancelled', () => own.cancelled++);
      call.on('data', (message: string) => call.write(`<${message}>`));
      call.on('end', () => call.end());
    },
  });
  own.port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', grpc.ServerCredentials.createInsecure(), (error, port) => {
      if (error === null) resolve(port);
      else reject(error);
    });
  });
  onTestFinished(() => server.forceShutdown());
  return own;
}

/** What the official client calls. */
export interface EchoClient extends grpc.Client {
  unary(
    message: string,
    metadata: grpc.Metadata,
    options: grpc.CallOptions,
    answer: grpc.requestCallback<string>,
  ): grpc.ClientUnaryCall;
  collect(answer: grpc.requestCallback<string>): grpc.ClientWritableStream<string>;
  expand(message: string): grpc.ClientReadableStream<string>;
  chat(): grpc.ClientDuplexStream<string, string>;
}

export function echoClient(port: number): EchoClient {
  const Client = grpc.makeGenericClientConstructor(ECHO, 'Echo');
  const client: unknown = new Client(`127.0.0.1:${port}`, grpc.credentials.createInsecure());
  onTestFinished(() => {
    if (client instanceof grpc.Client) client.close();
  });
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- made of ECHO, whose methods these are
  return client as EchoClient;
}

export interface Answer {
  readonly value: string | undefined;
  readonly code: number;
  readonly details: string;
  readonly trailers: grpc.Metadata;
}

export async function unary(
  client: EchoClient,
  message: string,
  { metadata = new grpc.Metadata(), ...options }: grpc.CallOptions & { readonly metadata?: grpc.Metadata } = {},
): Promise<Answer> {
  const { promise, resolve } = Promise.withResolvers<Answer>();
  let value: string | undefined;
  const call = client.unary(message, metadata, options, (_error, answer) => (value = answer));
  call.on('status', ({ code, details, metadata: trailers }: grpc.StatusObject) => {
    setImmediate(() => resolve({ value, code, details, trailers }));
  });
  return promise;
}
