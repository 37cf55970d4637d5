import http from 'node:http';
import net from 'node:net';
import { asPlainText } from '@gatehouse/telemetry/exposition';
import { describe, expect, it, onTestFinished } from 'vitest';
import { freePort, listenSomewhere } from '../../test/stub-upstream.ts';
import { temporaryFolder } from '../../test/temporary-folder.ts';
import { lockHolder, takeDataLock } from '../data-lock.ts';
import { allMetrics } from '../metrics/gate-metrics.ts';
import { sceneWith, told } from './__fixtures__/scene.ts';
import { gateVerdicts } from './gate-check.ts';
import { listensOn, portVerdicts } from './port-check.ts';

const at = (port: number) => ({ host: '127.0.0.1', port, option: '--status' });

interface Told {
  readonly phase?: string;
  readonly code?: number;
  readonly restarts?: number;
  readonly lost?: number;
  readonly waitingBytes?: number;
}

/** The status port of a gate in that state. */
async function statusPort({
  phase = 'ready',
  code = 200,
  restarts = 0,
  lost = 0,
  waitingBytes = 0,
}: Told): Promise<number> {
  const recorder = { frames: 0, lines: 0, payloadBytes: 0, failedAppends: 0, failedSyncs: 0, lastError: undefined };
  const spool = { segments: 0, bytes: 0, deletedSegments: 0, deletedBytes: 0, batches: 0, refusedBatches: 0 };
  const status = {
    version: 'abc',
    workers: [{ worker: 0, version: 'abc', stats: { active: 0, connections: 0, requests: 0 } }],
    restarts,
    recorder: { ...recorder, ...spool, waitingBytes, lost },
    cache: { entries: 0, bytes: 0, bytesMax: 0 },
  };
  const server = http.createServer(({ url }, response) => {
    if (url === '/readyz') response.writeHead(code).end(`${phase}\n`);
    else response.end(asPlainText(allMetrics({ status }, undefined)));
  });
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return listenSomewhere(server);
}

async function verdictsAt(port: number, pid: number | undefined): Promise<readonly string[]> {
  return told(await gateVerdicts(sceneWith({ holder: { pid }, options: { status: at(port), nowMs: Date.now } })));
}

describe('the gate that runs in the data folder', () => {
  it.each<[string, Told, RegExp]>([
    [
      'is ready',
      {},
      /^ok: the gate that runs here \(process 7\) has been ready for .*, with 1 worker; none was replaced, no records wait$/,
    ],
    ['is starting', { phase: 'starting', code: 503 }, /^warning: .* is starting; ask again when it is ready$/],
    ['is ending', { phase: 'draining', code: 503 }, /^warning: .* is draining; ask again/],
    [
      'has lost workers',
      { restarts: 2 },
      /^warning: .*, with 1 worker; 2 workers had to be replaced, see its log for why$/,
    ],
    [
      'has records that wait',
      { waitingBytes: 50_000_000 },
      /^warning: .*, but 47\.7 MiB of records wait for the disk; see `disk`$/,
    ],
    ['has a few that wait for a moment', { waitingBytes: 2048 }, /^ok: .*; none was replaced, 2 KiB of records wait$/],
    ['has lost records', { lost: 3 }, /^failed: .*, but 3 records could not be written; see `disk`$/],
    ['is none, by what it answers', { phase: 'hello', code: 404 }, /^failed: .* answers 404 to \/readyz; see its log$/],
  ])('%s', async (_, state, expected) => {
    expect(await verdictsAt(await statusPort(state), 7)).toEqual([expect.stringMatching(expected)]);
  });

  it('may have its status elsewhere', async () => {
    const port = await freePort();
    expect(await verdictsAt(port, undefined)).toEqual([
      `warning: the gate that runs here does not answer at 127.0.0.1:${port} (ECONNREFUSED); give the --status that it was started with, or see its log`,
    ]);
  });

  it('is known by the lock of its folder', () => {
    const folder = temporaryFolder();
    expect(lockHolder(folder)).toBeUndefined();
    const lock = takeDataLock(folder);
    expect(lockHolder(folder)).toEqual({ pid: process.pid });
    lock.release();
    expect(lockHolder(folder)).toBeUndefined();
  });

  it('is none where none runs', async () => {
    expect(await gateVerdicts(sceneWith())).toEqual([]);
  });
});

describe('a port', () => {
  async function taken(): Promise<number> {
    const server = net.createServer();
    onTestFinished(() => void server.close());
    return listenSomewhere(server);
  }
  const verdictsOn = async (port: number, pid?: number): Promise<readonly string[]> =>
    told(
      await portVerdicts(
        sceneWith({ holder: pid === undefined ? undefined : { pid }, options: { status: at(port) } }),
        'status',
      ),
    );

  it('that is in use is wrong where no gate runs', async () => {
    const port = await taken();
    expect(await verdictsOn(port)).toEqual([`failed: 127.0.0.1:${port} is in use; choose another with --status`]);
  });

  it('that the gate has which runs here is fine', async () => {
    const port = await taken();
    expect(await verdictsOn(port, process.pid)).toEqual([`ok: 127.0.0.1:${port} is in use by the gate that runs here`]);
  });

  it('that is free while a gate runs was not given to that gate', async () => {
    const port = await freePort();
    expect(await verdictsOn(port, process.pid)).toEqual([
      `warning: 127.0.0.1:${port} is free: the gate that runs here listens elsewhere; give the --status that it was started with`,
    ]);
  });

  it.runIf(process.platform === 'linux')('that somebody else has is wrong also while a gate runs', async () => {
    const port = await taken();
    expect(await verdictsOn(port, process.ppid)).toEqual([
      `failed: 127.0.0.1:${port} is in use; choose another with --status`,
    ]);
  });

  it.runIf(process.platform === 'linux')('is told by whose process it is, where that can be seen', async () => {
    const port = await taken();
    expect([listensOn(process.pid, port), listensOn(process.ppid, port), listensOn(2 ** 30, port)]).toEqual([
      true,
      false,
      undefined,
    ]);
  });
});
