import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { AdminClient, AdminReply } from '../admin-client.ts';
import { diff, exportConfig } from './commands.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gatehouse-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const notes: string[] = [];
const common = {
  workspace: 'default',
  json: false,
  print: () => undefined,
  note: (line: string) => void notes.push(line),
};

/** Answers an export with this, and plans with none; remembers what it was sent. */
function clientOf(exported: object, sent: unknown[] = []): AdminClient {
  const reply = async (body: unknown): Promise<AdminReply> => Promise.resolve({ status: 200, etag: undefined, body });
  const never = async (): Promise<AdminReply> => Promise.reject(new Error('nobody asks for this'));
  return {
    server: 'http://127.0.0.1:1',
    pieces: () => expect.fail('nobody asks for this'),
    get: async () => reply({ source: { gatehouse: 1 }, documents: {}, left: [], ofFile: [], ...exported }),
    post: async (_, body) => {
      sent.push(body);
      return reply({ name: 'x', plan: '', changes: [], problems: [] });
    },
    patch: never,
    delete: never,
  };
}

describe('an export to a file', () => {
  const out = (): string => path.join(folder, 'gatehouse.yaml');

  it('writes over no document either, and then nothing', async () => {
    const document = path.join(folder, 'users.openapi.yaml');
    writeFileSync(document, 'mine');
    const client = clientOf({ documents: { './a.openapi.yaml': 'a', './users.openapi.yaml': 'theirs' } });
    await expect(exportConfig({ ...common, client, out: out() })).rejects.toThrow(
      `${document}: there is such a file, name another`,
    );
    expect(readFileSync(document, 'utf8')).toBe('mine');
    expect([out(), path.join(folder, 'a.openapi.yaml')].filter((file) => existsSync(file))).toEqual([]);
  });

  it.each(['../out.yaml', '/tmp/gatehouse-elsewhere.yaml', './sub/x.yaml', '..', './gatehouse.yaml', 'a\\b.yaml'])(
    'writes nothing anywhere else, whatever a gate calls it: %s',
    async (name) => {
      const client = clientOf({ documents: { [name]: 'theirs' } });
      await expect(exportConfig({ ...common, client, out: out() })).rejects.toThrow('this is no name of a document');
      expect(existsSync(out())).toBe(false);
    },
  );

  it('writes documents beside it', async () => {
    await exportConfig({
      ...common,
      client: clientOf({ documents: { './users.openapi.yaml': 'theirs' } }),
      out: out(),
    });
    expect(readFileSync(path.join(folder, 'users.openapi.yaml'), 'utf8')).toBe('theirs');
  });
});

describe('a file that is compared', () => {
  const compared = async (name: string, text: string, exported: object = {}): Promise<readonly unknown[]> => {
    const file = path.join(folder, name);
    writeFileSync(file, text);
    const sent: unknown[] = [];
    await diff({ ...common, client: clientOf(exported, sent), name: undefined, file, env: {} });
    return sent;
  };

  it.each([
    ['gatehouse.yaml', 'gatehouse.yaml'],
    ['team a+b.yaml', 'team-a-b.yaml'],
  ])('is one of a source that is called like it: %s', async (file, name) => {
    expect(await compared(file, 'gatehouse: 1\n')).toMatchObject([{ name }]);
  });

  it.each(['.gatehouse.yaml', 'шлюз.yaml', 'größe.yaml', `${'long'.repeat(20)}.yaml`])(
    'asks for a name where its own cannot be one, and could be another’s: %s',
    async (file) => {
      await expect(compared(file, 'gatehouse: 1\n')).rejects.toThrow('say by --name under which name it owns');
    },
  );

  it('may refer to apis of which nothing is served yet, where plans and subscriptions do', async () => {
    const plans = { gold: { apis: ['draft'] } };
    const applications = { mobile: { keys: [], subscriptions: [{ api: 'other', plan: 'gold' }] } };
    const text =
      'gatehouse: 1\nplans: { gold: { apis: [draft, other] } }\napplications: { mobile: { subscriptions: [ { api: other, plan: gold } ] } }\n';
    expect(await compared('a.yaml', text, { source: { gatehouse: 1, plans, applications } })).toHaveLength(1);
  });
});
