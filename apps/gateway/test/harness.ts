import { mkdtempSync, rmSync } from 'node:fs';
import http from 'node:http';
import type net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { schemaProblems } from '@gatehouse/ai/answer-schemas';
import { PROMPT_LANGUAGE } from '@gatehouse/ai/prompts';
import { PROVIDERS } from '@gatehouse/ai/providers';
import { compileConfig, formatProblem, type Snapshot } from '@gatehouse/config';
import { createLogger, systemClock } from '@gatehouse/kernel';
import { POLICY_SCHEMAS } from '@gatehouse/policies/schemas';
import type { ExchangeRecord } from '@gatehouse/record';
import { tailRecords } from '@gatehouse/record/spool';
import { dnsResolver } from '@gatehouse/upstream/probing';
import { Gateway } from '../src/index.ts';

type Files = Readonly<Record<string, string>>;

/** `files`: what the configuration may refer to. */
export function compile(text: string, files: Files = {}): Snapshot {
  const result = compileConfig(`gatehouse: 1\n${text}`, {
    file: 'test.yaml',
    env: {},
    readText: (file) => {
      const found = files[path.basename(file)];
      if (found === undefined) throw new Error(`this test has no file ${file}`);
      return found;
    },
    policies: POLICY_SCHEMAS,
    providers: PROVIDERS,
    prompts: PROMPT_LANGUAGE,
    answerSchemaProblems: schemaProblems,
  });
  if ('problems' in result) throw new Error(result.problems.map(formatProblem).join('\n'));
  return result.snapshot;
}

export interface Running {
  readonly gateway: Gateway;
  readonly url: string;
  readonly port: number;
  readonly dataDir: string;
  readonly publish: (text: string) => Promise<void>;
  /** All records so far; stops the gate first, so that they are all there. */
  readonly records: () => Promise<ExchangeRecord[]>;
  readonly stop: () => Promise<void>;
}

export interface GateOptions {
  readonly workers: number;
  /** A folder of a gate before; a new one when left out. */
  readonly dataDir?: string;
  /** Servers of DNS that are asked in place of the system's, such as `127.0.0.1:5353`. */
  readonly dns?: readonly string[];
  /** By their names. */
  readonly files?: Files;
}

export async function startGate(text: string, options: number | GateOptions = 1): Promise<Running> {
  const given: GateOptions = typeof options === 'number' ? { workers: options } : options;
  const { workers, dns, dataDir = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-')) } = given;
  const snapshot = compile(text, given.files);
  const gateway = await Gateway.start(
    {
      listen: { host: '127.0.0.1', port: 0 },
      workers,
      dataDir,
      log: createLogger({ level: 'error', write: (line) => process.stderr.write(line), now: Date.now }),
      logLevel: 'error',
      clock: systemClock,
      pseudonym: 'gatehouse-test',
      ...(dns !== undefined && { resolver: dnsResolver(dns) }),
      ...(snapshot.gateway?.tls !== undefined && { listenTls: { host: '127.0.0.1', port: 0 } }),
    },
    snapshot,
  );
  let stopped: Promise<void> | undefined;
  const stop = async (): Promise<void> => (stopped ??= gateway.stop(5000));
  return {
    gateway,
    url: `http://127.0.0.1:${gateway.port}`,
    port: gateway.port,
    dataDir,
    publish: async (next) => {
      await gateway.publish(compile(next, given.files));
    },
    records: async () => {
      await stop();
      const records: ExchangeRecord[] = [];
      for await (const item of tailRecords(path.join(dataDir, 'records')))
        if (item.kind === 'record') records.push(item.record);
      return records;
    },
    stop: async () => {
      await stop();
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

export interface Upstream {
  readonly port: number;
  readonly server: http.Server;
  /** Heads of all requests, oldest first. */
  readonly seen: http.IncomingMessage[];
  close(): Promise<void>;
}

export async function startUpstream(
  handle: http.RequestListener = (_request, response) => response.end('ok'),
): Promise<Upstream> {
  const seen: http.IncomingMessage[] = [];
  const server = http.createServer((request, response) => {
    seen.push(request);
    handle(request, response);
  });
  const port = await listen(server);
  return {
    port,
    server,
    seen,
    close: async () => {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

export async function listen(server: net.Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('no port');
  return address.port;
}
