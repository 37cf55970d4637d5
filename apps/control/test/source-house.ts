import { createHash } from 'node:crypto';
import { openTestHouse, withoutStandards, type Json, type Reply, type TestHouse } from './house.ts';

export type File = Readonly<Record<string, unknown>>;
export const W = '/workspaces/default';

export const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A house that is kept as code, and verbs for it. */
export interface SourceHouse {
  readonly test: TestHouse;
  plan(source: File, more?: object, token?: string): Promise<Reply>;
  apply(source: File, more?: object, token?: string): Promise<Reply>;
  /** Throws where it is not applied. */
  applied(source: File, more?: object): Promise<Reply>;
  exported(): Promise<Json>;
  one(plural: string, name: string): Promise<Json>;
  make(path: string, body: object): Promise<Json>;
}

/** `place`: of its database; in memory, if left out. */
export async function openSourceHouse(place?: string): Promise<SourceHouse> {
  const test = await withoutStandards(await openTestHouse(place));
  const ask =
    (what: 'plan' | 'apply') =>
    async (source: File, more: object = {}, token?: string) =>
      test.call('POST', `${W}/configuration/${what}`, { body: { name: 'gate.yaml', source, ...more }, token });
  const apply = ask('apply');
  return {
    test,
    plan: ask('plan'),
    apply,
    applied: async (source, more) => {
      const reply = await apply(source, more);
      if (reply.status !== 200) throw new Error(JSON.stringify(reply.body));
      return reply;
    },
    exported: async () => (await test.call('GET', `${W}/configuration`)).body,
    one: async (plural, name) => {
      const [found] = (await test.call('GET', `${W}/${plural}?name=${name}`)).body.items;
      if (found === undefined) throw new Error(`there is no ${name} among ${plural}`);
      return found;
    },
    make: async (path, body) => {
      const reply = await test.call('POST', path, { body });
      if (reply.status >= 300) throw new Error(`${path}: ${JSON.stringify(reply.body)}`);
      return reply.body;
    },
  };
}

/** `create plan gold` */
export const told = ({ body }: Reply): readonly string[] =>
  body['changes'].map(({ action, kind, name, parent }: Json) =>
    [action, kind, ...(parent === undefined ? [] : [parent]), name].join(' '),
  );

/** `plans.gold: what is wrong` */
export const problemsOf = ({ body }: Reply): string =>
  (body['problems'] ?? []).map(({ at, message }: Json) => `${at}: ${message}`).join('\n');
