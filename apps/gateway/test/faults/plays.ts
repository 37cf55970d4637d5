import type http from 'node:http';

export interface Stage {
  readonly key: string;
  /** Which call of this vendor's it is, from 1. */
  readonly nth: number;
  readonly streamed: boolean;
  readonly response: http.ServerResponse;
  /** By the clock of the gate, which the test puts forward. */
  readonly after: (ms: number, run: () => void) => void;
}

/** What a vendor does with a call. */
export type Play = (stage: Stage) => void;

const EVENTS = { 'content-type': 'text/event-stream' };
const JSON_TYPE = { 'content-type': 'application/json' };
/** Four characters each, which is what a token is estimated at. */
const WORDS = 6;
const WORDS_BEFORE_FAULT = 4;
export const WHOLE_TOKENS = WORDS;
export const PART_TOKENS = WORDS_BEFORE_FAULT;

const USAGE = { prompt_tokens: 7, completion_tokens: WORDS, total_tokens: 7 + WORDS };

function event(data: object | string): string {
  return `data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}

function chunk(delta: object, finish: string | null = null): string {
  const choices = [{ index: 0, delta, finish_reason: finish }];
  return event({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'x', choices });
}

const ROLE = chunk({ role: 'assistant', content: '' });
const USED = event({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'x', choices: [], usage: USAGE });

function words(word: string, count: number): string {
  return chunk({ content: word }).repeat(count);
}

function rest(word: string): string {
  return words(word, WORDS - WORDS_BEFORE_FAULT) + chunk({}, 'stop') + USED + event('[DONE]');
}

function whole(word: string, finish: string): string {
  const message = { role: 'assistant', content: word.repeat(WORDS) };
  const choices = [{ index: 0, message, finish_reason: finish }];
  return JSON.stringify({ id: 'c', object: 'chat.completion', created: 1, model: 'x', choices, usage: USAGE });
}

/** Says so for so long and then what ends it. */
function begin({ response, streamed }: Stage, said: { readonly streamed: string; readonly plain: string }): void {
  response.writeHead(200, streamed ? EVENTS : JSON_TYPE);
  response.flushHeaders();
  const text = streamed ? said.streamed : said.plain;
  if (text !== '') response.write(text);
}

export function answers(word: string, finish = 'stop'): Play {
  return ({ response, streamed }) => {
    const stream = ROLE + words(word, WORDS) + chunk({}, finish) + USED + event('[DONE]');
    response.writeHead(200, streamed ? EVENTS : JSON_TYPE).end(streamed ? stream : whole(word, finish));
  };
}

export interface Refusal {
  readonly status: number;
  readonly code?: string;
  /** Shown to callers only where it is about their call. */
  readonly message?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export function refuses({ status, code = 'x', message = 'at 10.1.2.3: oops', headers = {} }: Refusal): Play {
  const body = JSON.stringify({ error: { message, type: 'x', code } });
  return ({ response }) => response.writeHead(status, { ...JSON_TYPE, ...headers }).end(body);
}

export const saysNothing: Play = () => {};

/** The head of a reply, and then nothing. */
export const stallsBeforeToken: Play = (stage) => begin(stage, { streamed: '', plain: '' });

/** What shows that a vendor lives, and then nothing. */
export const keepsAlive: Play = (stage) => begin(stage, { streamed: ': wait\n\n', plain: ' ' });

/** Bytes of a plain answer. */
const HALF = 90;

function part(stage: Stage, word: string): void {
  begin(stage, { streamed: ROLE + words(word, WORDS_BEFORE_FAULT), plain: whole(word, 'stop').slice(0, HALF) });
}

export function stallsInTheMiddle(word: string): Play {
  return (stage) => part(stage, word);
}

/** The connection is reset, once what came before has left. */
function cut(response: http.ServerResponse): void {
  response.write('', () => setImmediate(() => response.socket?.resetAndDestroy()));
}

export const isCutBeforeToken: Play = (stage) => {
  begin(stage, { streamed: ROLE, plain: '' });
  cut(stage.response);
};

export function isCutInTheMiddle(word: string): Play {
  return (stage) => {
    part(stage, word);
    cut(stage.response);
  };
}

/** HTTP says that this is all; the dialect does not. */
export function endsInTheMiddle(word: string): Play {
  return (stage) => {
    part(stage, word);
    stage.response.end();
  };
}

/** What came before has been heard by then. */
const A_WHILE_MS = 500;

/** A frame that lacks its second half, as of a buffer that was too small. */
const TORN = event('{"id":"c","choices":[{"index":0,"delta":{"content":"lo');

export const garblesTheFirstFrame: Play = (stage) => {
  begin(stage, { streamed: TORN, plain: '{"id":"c","choices":[{"index":0,"mess' });
  stage.response.end(stage.streamed ? words('lost', WORDS) + chunk({}, 'stop') + event('[DONE]') : '');
};

/** Of a stream. */
export function garblesAFrame(word: string): Play {
  return (stage) => {
    part(stage, word);
    stage.after(A_WHILE_MS, () => stage.response.end(TORN + words(word, 1) + chunk({}, 'stop') + event('[DONE]')));
  };
}

/** The frames of HTTP itself: a chunk whose length is none. */
export function garblesHttp(word: string): Play {
  return (stage) => {
    part(stage, word);
    stage.response.write('', () => setImmediate(() => stage.response.socket?.write('zz\r\nno chunk\r\n')));
  };
}

/** An answer with something else in it. */
export function sendsAFrame(word: string, data: string): Play {
  return ({ response }) => {
    response.writeHead(200, EVENTS);
    response.end(ROLE + words(word, WORDS_BEFORE_FAULT) + event(data) + rest(word));
  };
}

/** In Anthropic's dialect, whose streams count the prompt at their start and the answer at their end. */
export function isCutBehindACount(word: string): Play {
  const message = { id: 'm', type: 'message', role: 'assistant', model: 'x', content: [] };
  const events = [
    { type: 'message_start', message: { ...message, usage: { input_tokens: 7, output_tokens: 1 } } },
    { type: 'content_block_start', index: 0, content_block: { type: 'text', text: '' } },
    ...Array.from({ length: WORDS_BEFORE_FAULT }, () => ({
      type: 'content_block_delta',
      index: 0,
      delta: { type: 'text_delta', text: word },
    })),
  ];
  return ({ response }) => {
    response.writeHead(200, EVENTS);
    response.write(events.map((data) => `event: ${data.type}\n${event(data)}`).join(''));
    cut(response);
  };
}

const OVERLOADED = { error: { message: 'busy at 10.1.2.3', type: 'overloaded', code: 503 } };

/** A status of success, and an error in place of an answer. */
export const tellsAnError: Play = (stage) => {
  begin(stage, { streamed: event(OVERLOADED), plain: JSON.stringify(OVERLOADED) });
  stage.response.end();
};

/** Of a stream. */
export function tellsAnErrorInTheMiddle(word: string): Play {
  return (stage) => {
    part(stage, word);
    stage.after(A_WHILE_MS, () => stage.response.end(event(OVERLOADED)));
  };
}

export function answersAfter(ms: number, word: string): Play {
  return (stage) => stage.after(ms, () => answers(word)(stage));
}

export function pausesInTheMiddle(ms: number, word: string): Play {
  return (stage) => {
    part(stage, word);
    stage.after(ms, () => stage.response.end(stage.streamed ? rest(word) : whole(word, 'stop').slice(HALF)));
  };
}

/** So many calls go wrong, the others go well. */
export function times(count: number, fault: Play, well: Play): Play {
  return (stage) => (stage.nth <= count ? fault : well)(stage);
}

/** One key is refused. */
export function refusesKey(key: string, well: Play): Play {
  const refuse = refuses({ status: 401, code: 'invalid_api_key' });
  return (stage) => (stage.key === key ? refuse : well)(stage);
}
