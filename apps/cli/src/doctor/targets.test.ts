import { describe, expect, it } from 'vitest';
import { compileText } from '../load-config.ts';
import { targetsOf } from './targets.ts';

async function targetsIn(text: string): Promise<readonly string[]> {
  const compiled = compileText(`gatehouse: 1\n${text}`, { file: 'gatehouse.yaml', env: {} });
  if ('problems' in compiled) throw new Error(JSON.stringify(compiled.problems));
  return (await targetsOf(compiled.snapshot)).map(({ id, path, group }) => `${group} ${id}${path}`);
}

describe('whom the gate will ask', () => {
  it.each<[string, string, readonly string[]]>([
    ['nobody without a configuration of any', 'apis: {}', []],
    [
      'every endpoint, at its path of health checks',
      'upstreams: { u: { targets: ["http://a.test:1/base", "https://b.test"], health: { path: /up } } }\napis: { u: { upstream: u } }',
      ['upstream u http://a.test:1/base/up', 'upstream u https://b.test:443/up'],
    ],
    [
      'each address of a name',
      'upstreams: { u: { targets: [ { dns: { name: localhost, type: A, port: 81 } } ] } }\napis: { u: { upstream: u } }',
      ['upstream u http://127.0.0.1:81/'],
    ],
    [
      'the name itself where it leads nowhere',
      'upstreams: { u: { targets: [ { dns: { name: nowhere.invalid, type: A, port: 81 } } ] } }\napis: { u: { upstream: u } }',
      ['upstream u http://nowhere.invalid:81/'],
    ],
    [
      'providers, but not the demo',
      'ai: { providers: { d: { kind: demo }, o: { kind: openai, apiKey: k } }, models: { m: { targets: [ { provider: d, model: demo } ] } } }',
      [expect.stringMatching(/^provider o https:\/\/api\.openai\.com:443\//)],
    ],
  ])('is %s', async (_, text, expected) => {
    expect(await targetsIn(text)).toEqual(expected);
  });
});
