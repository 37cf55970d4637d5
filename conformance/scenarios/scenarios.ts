import type { Answer, Part, Say, Scenario } from '../scenario.ts';
import { BOOK, CLOCK, PDF, PNG, TOKENS, WEATHER } from './samples.ts';

const OUTSIDE: Say = user('How is the weather in Zürich?');
const CALLS_WEATHER = [{ name: 'get_weather', args: { city: 'Zürich' } }];
const THOUGHT = 'The question needs a look outside.\nSo ask the tool. ';
const REASONED = { input: 45, cached: 0, output: 20, reasoning: 64 };

function user(...parts: readonly (Part | string)[]): Say {
  return { user: parts.map((part) => (typeof part === 'string' ? { text: part } : part)) };
}

function text(said: string, more: Partial<Answer> = {}): Answer {
  return { text: said, stop: 'end', usage: TOKENS, ...more };
}

function calling(calls: Answer['calls'], more: Partial<Answer> = {}): Answer {
  return { ...(calls !== undefined && { calls }), stop: 'tool_calls', usage: TOKENS, ...more };
}

export const SCENARIOS: readonly Scenario[] = [
  {
    name: 'text',
    title: 'A question and its answer, with emoji and umlauts',
    ask: {},
    steps: [{ say: [user('Hello?')], answer: text('Grüezi 👋🏽 from “the model”.\n\n  Done.') }],
  },
  {
    name: 'cached-usage',
    title: 'A prompt that the vendor had in its cache',
    ask: { system: 'Be brief.' },
    steps: [
      { say: [user('Hello?')], answer: text('Hi.', { usage: { input: 40, cached: 1024, output: 3, reasoning: 0 } }) },
    ],
  },
  {
    name: 'system',
    title: 'Instructions, temperature and a limit of tokens',
    ask: { system: 'Answer as a pirate.', temperature: 0.5, maxTokens: 512 },
    steps: [{ say: [user('Hello?')], answer: text('Ahoy!') }],
  },
  {
    name: 'multi-turn',
    title: 'Earlier turns, and then one more',
    ask: { maxTokens: 2000, system: 'Be brief.' },
    steps: [
      { say: [user('My name is Ada.'), { assistant: 'Hello Ada.' }, user('And my name?')], answer: text('Ada.') },
      { say: [user('Spell it.')], answer: text('A, d, a.') },
    ],
  },
  {
    name: 'tool-call',
    title: 'One call, after some text, and its result',
    ask: { maxTokens: 2000, tools: [WEATHER, CLOCK] },
    steps: [
      { say: [OUTSIDE], answer: calling(CALLS_WEATHER, { text: 'Let me look.' }) },
      { say: [{ results: [{ text: '{"celsius":21}' }] }], answer: text('It is 21 °C in Zürich.') },
    ],
  },
  {
    name: 'tools-parallel',
    title: 'Two calls in one turn, and both results',
    ask: { maxTokens: 2000, tools: [WEATHER, CLOCK] },
    steps: [
      {
        say: [user('Weather and time in Zürich?')],
        answer: calling([...CALLS_WEATHER, { name: 'get_time', args: { zone: 'Europe/Zurich' } }]),
      },
      { say: [{ results: [{ text: 'sunny' }, { text: '14:13' }] }], answer: text('Sunny, a quarter past two.') },
    ],
  },
  {
    name: 'tools-same-name',
    title: 'Two calls of one tool, and both results in their order',
    ask: { maxTokens: 2000, tools: [WEATHER] },
    steps: [
      {
        say: [user('Weather in Zürich and Bern?')],
        answer: calling([...CALLS_WEATHER, { name: 'get_weather', args: { city: 'Bern' } }]),
      },
      { say: [{ results: [{ text: 'sunny' }, { text: 'rain' }] }], answer: text('Sunny there, rain here.') },
    ],
  },
  {
    name: 'tool-without-arguments',
    title: 'A call of a tool that takes nothing',
    ask: { maxTokens: 2000, tools: [{ ...CLOCK, schema: { type: 'object', properties: {} } }] },
    steps: [
      { say: [user('What time is it?')], answer: calling([{ name: 'get_time', args: {} }]) },
      { say: [{ results: [{ text: '14:13' }] }], answer: text('A quarter past two.') },
    ],
  },
  {
    name: 'tool-required',
    title: 'Some tool must be called',
    ask: { maxTokens: 2000, tools: [WEATHER, CLOCK], choice: 'required' },
    steps: [{ say: [OUTSIDE], answer: calling(CALLS_WEATHER) }],
  },
  {
    name: 'tool-named',
    title: 'This tool must be called',
    ask: { maxTokens: 2000, tools: [WEATHER, CLOCK], choice: { name: 'get_weather' } },
    steps: [{ say: [OUTSIDE], answer: calling(CALLS_WEATHER) }],
  },
  {
    name: 'tool-none',
    title: 'No tool may be called',
    ask: { maxTokens: 2000, tools: [WEATHER], choice: 'none' },
    steps: [{ say: [OUTSIDE], answer: text('I may not look.') }],
  },
  {
    name: 'tool-one-at-a-time',
    title: 'At most one call a turn',
    ask: { maxTokens: 2000, tools: [WEATHER, CLOCK], parallel: false },
    steps: [{ say: [OUTSIDE], answer: calling(CALLS_WEATHER) }],
  },
  {
    name: 'tool-error',
    title: 'A tool that failed',
    ask: { maxTokens: 2000, tools: [WEATHER] },
    steps: [
      { say: [OUTSIDE], answer: calling(CALLS_WEATHER) },
      { say: [{ results: [{ text: 'no such city', isError: true }] }], answer: text('I cannot tell.') },
    ],
  },
  {
    name: 'image',
    title: 'A picture, as bytes',
    ask: { maxTokens: 2000 },
    steps: [{ say: [user('What is this?', { image: PNG, mime: 'image/png' })], answer: text('A red dot.') }],
  },
  {
    name: 'document',
    title: 'A PDF, as bytes',
    ask: { maxTokens: 2000 },
    steps: [
      {
        say: [user({ document: PDF, mime: 'application/pdf', name: 'report.pdf' }, 'Sum it up.')],
        answer: text('It is empty.'),
      },
    ],
  },
  {
    name: 'json-schema',
    title: 'An answer in JSON of a schema',
    ask: { maxTokens: 2000, schema: BOOK },
    steps: [{ say: [user('A book?')], answer: text('{"title":"Heidi","pages":352}') }],
  },
  {
    name: 'reasoning',
    title: 'Thoughts, and the next turn with their signature',
    ask: { effort: 'high', maxTokens: 20_000 },
    steps: [
      { say: [user('Think.')], answer: text('Forty-two.', { reasoning: THOUGHT, usage: REASONED }) },
      { say: [user('Again.')], answer: text('Still forty-two.', { reasoning: THOUGHT, usage: REASONED }) },
    ],
  },
  {
    name: 'reasoning-with-tools',
    title: 'Thoughts before a call, sent back with its result',
    ask: { effort: 'high', maxTokens: 20_000, tools: [WEATHER] },
    steps: [
      { say: [OUTSIDE], answer: calling(CALLS_WEATHER, { reasoning: THOUGHT, usage: REASONED }) },
      { say: [{ results: [{ text: 'sunny' }] }], answer: text('Sunny.') },
    ],
  },
  {
    name: 'switch-from-signed',
    title: 'Thoughts and a call of a vendor who signs them; the result goes to another vendor',
    ask: { effort: 'high', maxTokens: 20_000, tools: [WEATHER] },
    steps: [
      {
        elsewhere: 'signed',
        say: [OUTSIDE],
        answer: calling(CALLS_WEATHER, { text: 'Let me look.', reasoning: THOUGHT, usage: REASONED }),
      },
      { say: [{ results: [{ text: 'sunny' }] }], answer: text('Sunny.') },
    ],
  },
  {
    name: 'switch-from-unsigned',
    title: 'The same after a vendor who signs nothing',
    ask: { effort: 'high', maxTokens: 20_000, tools: [WEATHER] },
    steps: [
      {
        elsewhere: 'unsigned',
        say: [OUTSIDE],
        answer: calling(CALLS_WEATHER, { text: 'Let me look.', reasoning: THOUGHT, usage: REASONED }),
      },
      { say: [{ results: [{ text: 'sunny' }] }], answer: text('Sunny.') },
    ],
  },
  {
    name: 'stop-sequence',
    title: 'A stop sequence that was met',
    ask: { maxTokens: 2000, stop: ['END', '###'] },
    steps: [{ say: [user('Count.')], answer: text('1, 2, ', { stop: 'stop_sequence', sequence: 'END' }) }],
  },
  {
    name: 'length',
    title: 'The limit of tokens, met in the middle of a word',
    ask: { maxTokens: 16 },
    steps: [{ say: [user('Tell me everything.')], answer: text('Everything began wi', { stop: 'length' }) }],
  },
  {
    name: 'refusal',
    title: 'A model that does not want to',
    ask: {},
    steps: [
      {
        say: [user('Something bad.')],
        answer: { refusal: 'I will not help with that.', stop: 'refusal', usage: TOKENS },
      },
    ],
  },
  {
    name: 'content-filter',
    title: 'A filter that cut the answer off',
    ask: {},
    steps: [{ say: [user('Something odd.')], answer: text('It began when', { stop: 'content_filter' }) }],
  },
];
