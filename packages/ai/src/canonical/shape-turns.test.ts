import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Block, MediaBlock, TextBlock, ToolResultBlock, Turn } from './chat-request.ts';
import { Losses, Untranslatable } from './loss.ts';
import { dropEmptyText, mediaOutOfResults, mergeRoles, pairToolResults, systemTurnsAsUser } from './shape-turns.ts';

const text = (words: string): TextBlock => ({ type: 'text', text: words });
const call = (id: string): Block => ({ type: 'tool_call', id, name: `tool of ${id}`, input: '{}' });
const result = (callId: string, words = callId): ToolResultBlock => ({
  type: 'tool_result',
  callId,
  content: [text(words)],
});
const missing = (callId: string): ToolResultBlock => ({
  ...result(callId, 'no result provided'),
  name: `tool of ${callId}`,
  isError: true,
});
const user = (...blocks: readonly Block[]): Turn => ({ role: 'user', blocks });
const assistant = (...blocks: readonly Block[]): Turn => ({ role: 'assistant', blocks });

describe('pairToolResults', () => {
  const cases: Readonly<Record<string, readonly [readonly Turn[], readonly Turn[], readonly string[]]>> = {
    'leaves what is right': [
      [user(text('q')), assistant(call('a')), user(result('a'), text('t'))],
      [user(text('q')), assistant(call('a')), user(result('a'), text('t'))],
      [],
    ],
    'brings results to the order of their calls (T12)': [
      [assistant(call('a'), call('b')), user(result('b'), result('a'))],
      [assistant(call('a'), call('b')), user(result('a'), result('b'))],
      [],
    ],
    'puts results in front of text': [
      [assistant(call('a')), user(text('t'), result('a'))],
      [assistant(call('a')), user(result('a'), text('t'))],
      [],
    ],
    'gathers results from several turns, and drops the turns that held nothing else': [
      [assistant(call('a'), call('b')), user(result('a')), user(result('b'), text('t')), user(text('u'))],
      [assistant(call('a'), call('b')), user(result('a'), result('b')), user(text('t')), user(text('u'))],
      [],
    ],
    'brings a late result forward': [
      [assistant(call('a')), user(text('t')), assistant(text('s')), user(result('a'))],
      [assistant(call('a')), user(result('a'), text('t')), assistant(text('s'))],
      [],
    ],
    'passes turns that are not the user’s': [
      [
        assistant(call('a')),
        { role: 'system', blocks: [text('s')] },
        assistant(call('b')),
        user(result('b'), result('a')),
      ],
      [
        assistant(call('a')),
        { role: 'system', blocks: [text('s')] },
        assistant(call('b')),
        user(result('a'), result('b')),
      ],
      [],
    ],
    'tells the model of a result that is missing': [
      [assistant(call('a'), call('b')), user(result('b'))],
      [assistant(call('a'), call('b')), user(missing('a'), result('b'))],
      ['emulated:tool_result'],
    ],
    'makes a turn for missing results where no user turn follows': [
      [assistant(call('a')), assistant(text('t'))],
      [assistant(call('a')), user(missing('a')), assistant(text('t'))],
      ['emulated:tool_result'],
    ],
    'leaves the calls of the last turn open': [
      [user(text('q')), assistant(call('a'))],
      [user(text('q')), assistant(call('a'))],
      [],
    ],
    'matches ids that come again to the nearest calls': [
      [
        assistant(call('0')),
        user(result('0', 'x')),
        assistant(call('0'), call('0')),
        user(result('0', 'y'), result('0', 'z')),
      ],
      [
        assistant(call('0')),
        user(result('0', 'x')),
        assistant(call('0'), call('0')),
        user(result('0', 'y'), result('0', 'z')),
      ],
      [],
    ],
    'gives the nearer of two calls with one id its result': [
      [assistant(call('0')), user(text('t')), assistant(call('0')), user(result('0', 'x'))],
      [assistant(call('0')), user(missing('0'), text('t')), assistant(call('0')), user(result('0', 'x'))],
      ['emulated:tool_result'],
    ],
  };
  it.each(Object.entries(cases))('%s', (_, [turns, paired, lost]) => {
    const losses = new Losses();
    expect(pairToolResults(turns, losses)).toEqual(paired);
    expect(losses.codes).toEqual(lost);
  });

  it('says of a custom tool’s missing result that it is custom', () => {
    const custom: Block = { type: 'tool_call', id: 'a', name: 'f', input: 'x', custom: true };
    const [, turn] = pairToolResults([assistant(custom), user(text('t'))], new Losses());
    expect(turn?.blocks[0]).toMatchObject({ custom: true, isError: true });
  });

  it.each([
    ['without any call', [user(result('a'))]],
    ['in front of its call', [user(result('a')), assistant(call('a'))]],
    ['for a call that has one', [assistant(call('a')), user(result('a'), result('a'))]],
  ] as const)('refuses a result %s', (_, turns) => {
    const pair = (): unknown => pairToolResults(turns, new Losses());
    expect(pair).toThrow(Untranslatable);
    expect(pair).toThrow(expect.objectContaining({ param: 'messages' }));
  });

  it('takes a hundred thousand turns in its stride', () => {
    const turns = Array.from({ length: 50_000 }, (_, at) => [assistant(call(`${at % 7}`)), user(text('t'))]).flat();
    expect(pairToolResults(turns, new Losses())).toHaveLength(100_000);
  });

  it('gives every call one result in the next user turn, whatever the order was', () => {
    const block = fc.oneof(
      fc.constantFrom('a', 'b', 'c').map(call),
      fc.constantFrom('a', 'b', 'c').map((id) => result(id)),
      fc.constant(text('t')),
    );
    const turn = fc.record({
      role: fc.constantFrom('user' as const, 'assistant' as const, 'system' as const),
      blocks: fc.array(block, { maxLength: 4 }),
    });
    const turns = fc.array(turn, { maxLength: 8 }).map((drawn) =>
      drawn.map(({ role, blocks }): Turn => ({
        role,
        blocks: blocks.filter(({ type }) => type !== (role === 'assistant' ? 'tool_result' : 'tool_call')),
      })),
    );
    fc.assert(
      fc.property(turns, (drawn) => {
        let paired: readonly Turn[];
        try {
          paired = pairToolResults(drawn, new Losses());
        } catch (error) {
          expect(error).toBeInstanceOf(Untranslatable);
          return;
        }
        expect(unpaired(paired)).toEqual([]);
        expect(kept(paired)).toEqual(kept(drawn));
      }),
      { numRuns: 500 },
    );
  });
});

/** Calls and results that do not stand as they should. */
function unpaired(turns: readonly Turn[]): string[] {
  let due: string[] = [];
  const wrong: string[] = [];
  for (const [at, { role, blocks }] of turns.entries()) {
    const results = blocks.filter((block) => block.type === 'tool_result').map(({ callId }) => callId);
    const wanted = role === 'user' ? due.splice(0) : [];
    if (results.join() !== wanted.join()) wrong.push(`turn ${at} has ${results.join()}, not ${wanted.join()}`);
    due = [...due, ...blocks.filter((block) => block.type === 'tool_call').map(({ id }) => id)];
  }
  if (turns.at(-1)?.role !== 'assistant') wrong.push(...due);
  return wrong;
}

const kept = (turns: readonly Turn[]): readonly Block[] =>
  turns.flatMap(({ blocks }) => blocks.filter(({ type }) => type !== 'tool_result'));

describe('mergeRoles', () => {
  it('makes one turn of neighbours, results first', () => {
    const turns: readonly Turn[] = [
      { ...user(text('a')), name: 'first' },
      { ...user(result('r'), text('b')), name: 'second' },
      { ...assistant(text('c')), phase: 'commentary' },
      { ...assistant(call('d')), phase: 'final_answer' },
      user(text('e')),
    ];
    expect(mergeRoles(turns)).toEqual([
      { ...user(result('r'), text('a'), text('b')), name: 'first' },
      { ...assistant(text('c'), call('d')), phase: 'commentary' },
      user(text('e')),
    ]);
    expect(mergeRoles([])).toEqual([]);
  });
});

describe('dropEmptyText', () => {
  it('drops blank text and the turns that held nothing else, also inside results', () => {
    const signed: Block = { ...text(''), signature: { value: 's', dialect: 'gemini' } };
    const silent: Block = { type: 'reasoning', text: '', signature: { value: 's', dialect: 'anthropic' } };
    const turns = [
      user(text(' \n')),
      user(text(''), text(' a ')),
      assistant(signed, silent),
      user(result('r', ' ')),
      user(),
    ];
    expect(dropEmptyText(turns)).toEqual([
      user(text(' a ')),
      assistant(signed, silent),
      user({ ...result('r'), content: [] }),
    ]);
  });
});

describe('systemTurnsAsUser', () => {
  it('marks what was said by whom', () => {
    const losses = new Losses();
    const marked: TextBlock = { ...text('be brief'), cache: { ttl: '1h' } };
    const turns: readonly Turn[] = [
      user(text('a')),
      { role: 'system', blocks: [marked] },
      { role: 'developer', blocks: [text('b')] },
    ];
    expect(systemTurnsAsUser(turns, losses)).toEqual([
      user(text('a')),
      user({ ...marked, text: '<system-message>\nbe brief\n</system-message>' }),
      user(text('<developer-message>\nb\n</developer-message>')),
    ]);
    expect(losses.codes).toEqual(['emulated:system_message']);
  });

  it('loses nothing where nothing is to do', () => {
    const losses = new Losses();
    expect(systemTurnsAsUser([user(text('a')), assistant(text('b'))], losses)).toHaveLength(2);
    expect(losses.codes).toEqual([]);
  });
});

describe('mediaOutOfResults', () => {
  const image = (data: string): MediaBlock => ({ type: 'media', kind: 'image', source: { via: 'base64', data } });

  it('shows media behind the results, and says where they come from (T13)', () => {
    const losses = new Losses();
    const turns = [
      user({ ...result('a'), content: [text('see'), image('1')] }, result('b')),
      user({ ...result('c'), name: 'camera', content: [image('2')] }),
      assistant(text('ok')),
    ];
    expect(mediaOutOfResults(turns, losses)).toEqual([
      user({ ...result('a'), content: [text('see'), text('[image 1: shown behind the results]')] }, result('b')),
      user({ ...result('c'), name: 'camera', content: [text('[image 2: shown behind the results]')] }),
      user(
        text('[image 1, from the result of a]'),
        image('1'),
        text('[image 2, from the result of camera]'),
        image('2'),
      ),
      assistant(text('ok')),
    ]);
    expect(losses.codes).toEqual(['emulated:tool_result_media']);
  });

  it('leaves media that stand elsewhere', () => {
    const losses = new Losses();
    const turns = [user(image('1'), result('a'))];
    expect(mediaOutOfResults(turns, losses)).toEqual(turns);
    expect(losses.codes).toEqual([]);
  });
});
