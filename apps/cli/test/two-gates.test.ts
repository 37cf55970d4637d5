import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, it } from 'vitest';
import { launch, type Exit, type SpawnedProgram } from './spawned-program.ts';
import { freePort } from './stub-upstream.ts';
import { temporaryFolder } from './temporary-folder.ts';

const CONFIG = 'gatehouse: 1\napis: { all: { access: open, upstream: "http://127.0.0.1:1" } }\n';

interface Place {
  readonly data: string;
  readonly listen?: string;
}

function gate({ data, listen = '127.0.0.1:0' }: Place): SpawnedProgram {
  const file = path.join(temporaryFolder(), 'gatehouse.yaml');
  writeFileSync(file, CONFIG);
  const places = ['--data', data, '--listen', listen, '--status', '127.0.0.1:0'];
  return launch(['start', '--config', file, '--workers', '1', ...places]);
}

const newFolder = (): string => path.join(temporaryFolder(), 'data');

/** How each start went: it serves, or it has ended. */
async function outcomes(programs: readonly SpawnedProgram[]): Promise<readonly ('serves' | Exit)[]> {
  return Promise.all(
    programs.map(async (program) => {
      const serves = program.ready().then(() => 'serves' as const);
      return Promise.race([program.closed, serves.catch(() => program.closed)]);
    }),
  );
}

describe('of two gates that are started at once', () => {
  it.each([1, 2, 3])('exactly one has the port (%i)', async () => {
    const listen = `127.0.0.1:${await freePort()}`;
    const ends = await outcomes([gate({ data: newFolder(), listen }), gate({ data: newFolder(), listen })]);
    expect(ends.filter((end) => end === 'serves')).toHaveLength(1);
    expect(ends.find((end) => end !== 'serves')).toEqual({
      code: 2,
      signal: null,
      out: '',
      err: `${listen} is in use; choose another with --listen\n`,
    });
  });

  it('exactly one has the port also where their addresses overlap', async () => {
    const port = await freePort();
    const listen = [`127.0.0.1:${port}`, `0.0.0.0:${port}`];
    const ends = await outcomes(listen.map((address) => gate({ data: newFolder(), listen: address })));
    expect(ends.filter((end) => end === 'serves')).toHaveLength(1);
    expect(ends.find((end) => end !== 'serves')).toMatchObject({ code: 2, err: expect.stringContaining('is in use') });
  });

  it('both serve where only their port is the same', async ({ skip }) => {
    skip(process.platform !== 'linux', 'only Linux has all of 127.0.0.0/8 without asking');
    const port = await freePort();
    const listen = [`127.0.0.1:${port}`, `127.0.0.2:${port}`];
    const ends = await outcomes(listen.map((address) => gate({ data: newFolder(), listen: address })));
    expect(ends).toEqual(['serves', 'serves']);
  });

  it('exactly one has the data folder, and the other says which', async () => {
    const data = newFolder();
    const programs = [gate({ data }), gate({ data })];
    const ends = await outcomes(programs);
    expect(ends.filter((end) => end === 'serves')).toHaveLength(1);
    const { pid } = programs[ends.indexOf('serves')] ?? expect.fail('none serves');
    expect(ends.find((end) => end !== 'serves')).toMatchObject({
      code: 2,
      out: '',
      err: `the data folder ${data} is in use by another gatehouse (process ${pid}); stop that one, or choose another with --data\n`,
    });
  });
});

describe('a gate', () => {
  it.each(['SIGKILL', 'SIGTERM'] as const)('takes the place of one that was ended by %s', async (signal) => {
    const data = newFolder();
    const listen = `127.0.0.1:${await freePort()}`;
    const first = gate({ data, listen });
    await first.ready();
    await first.stop(signal);
    const { gateway } = await gate({ data, listen }).ready();
    expect((await fetch(gateway)).status).toBe(502);
  });
});
