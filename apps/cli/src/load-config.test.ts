import { describe, expect, it } from 'vitest';
import { CommandFailure } from './failure.ts';
import { compileText, outcomeOf } from './load-config.ts';
import { requireLoaded } from './loaded.ts';

const inputs = { file: 'conf/gatehouse.yaml', env: { TOKEN: 'secret-in-clear' } };
const GOOD = 'gatehouse: 1\napis: { a: { upstream: "http://h", policies: [ { cache: { ttl: 1m } } ] } }\n';
const BAD = 'gatehouse: 1\napis: { a: { upstream: "http://h", acess: open } }\napi: {}\n';

describe('compileText', () => {
  it('knows the policies and vendors of this program', () => {
    const text = `gatehouse: 1
apis: { a: { upstream: "http://h", policies: [ { rate-limit: { limit: 1, window: 1m } } ] } }
ai: { providers: { a: { kind: groq, apiKey: "\${TOKEN}" } } }
`;
    expect(compileText(text, inputs)).toMatchObject({
      snapshot: {
        routes: expect.arrayContaining([
          expect.objectContaining({ policies: [expect.objectContaining({ name: 'rate-limit' })] }),
        ]),
        ai: { providers: { a: {} } },
      },
    });
  });

  it('looks for documents beside the file', () => {
    const asked: string[] = [];
    const readText = (path: string): string => {
      asked.push(path);
      return 'openapi: 3.1.0\npaths: { /a: { get: {} } }\n';
    };
    compileText('gatehouse: 1\napis: { a: { upstream: "http://h", openapi: ./a.yaml } }\n', { ...inputs, readText });
    expect(asked).toEqual(['conf/a.yaml']);
  });
});

describe('what became of a file', () => {
  it('is something to serve', () => {
    const { snapshot, warnings } = requireLoaded(outcomeOf(compileText(GOOD, inputs)));
    expect(snapshot.routes).toHaveLength(1);
    expect(warnings).toEqual([]);
  });

  it('is a failure of the command with one line a problem, as the file cannot be served', () => {
    const lines = ['conf/gatehouse.yaml:2:36: unknown field `acess`, did you mean `access`?'];
    const outcome = outcomeOf(compileText(BAD, inputs));
    expect(() => requireLoaded(outcome)).toThrow(
      new CommandFailure(
        [...lines, 'conf/gatehouse.yaml:3:1: unknown field `api`, did you mean `apis`?'].join('\n'),
        2,
      ),
    );
  });
});
