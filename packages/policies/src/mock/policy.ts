import { definePolicy } from '../define-policy.ts';
import { OperationFinder } from '../operation-finder.ts';
import { milliseconds } from '../parsed-units.ts';
import type { Exchange, OwnReply, PolicyTools, Reply } from '../policy.ts';
import { chosenMedia } from './accepted-media.ts';
import type { Mock, MockAnswer } from './mocked.ts';
import { preferences } from './preferences.ts';
import type { Config } from './schema.ts';

export const mock = definePolicy({
  name: 'mock',
  stage: 'shape',
  build(config: Config, { route, runtime }: PolicyTools) {
    const waitMs = config.delay === undefined ? 0 : milliseconds(config.delay);
    const answer = 'body' in config || config.mocks.length === 0 ? fixed(config) : new Examples(config, route).answer;
    return {
      onRequest(exchange): Reply | Promise<Reply> {
        const reply = answer(exchange);
        (exchange.notes.policies ??= {})['mock'] = 'status' in reply ? `${reply.status}` : reply.code;
        if (waitMs === 0) return reply;
        return new Promise((resolve) => runtime.later(waitMs, () => resolve(reply)));
      },
    };
  },
});

type Answering = (exchange: Exchange) => Reply;

function fixed({ status = 200, body, headers }: Config): Answering {
  const isText = typeof body === 'string' || body === undefined;
  const named = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  const typed = named.some(([name]) => name === 'content-type') || body === undefined;
  const type = isText ? 'text/plain; charset=utf-8' : 'application/json';
  const reply: OwnReply = {
    status,
    headers: typed ? named : [['content-type', type], ...named],
    body: typeof body === 'string' ? body : body === undefined ? '' : JSON.stringify(body),
  };
  return () => reply;
}

const UNKNOWN: Reply = { code: 'route.not_found', detail: 'the document has no such operation' };
const NO_STATUS: Reply = { code: 'request.malformed', detail: 'the document has no answer of that status' };
const NO_EXAMPLE: Reply = { code: 'request.malformed', detail: 'the document has no example of that name' };
const NOT_ACCEPTABLE: OwnReply = {
  status: 406,
  headers: [['content-type', 'application/problem+json']],
  body: JSON.stringify({ type: 'about:blank', title: 'Not Acceptable', status: 406 }),
};

/** Answers by the examples of a document. */
class Examples {
  readonly #finder: OperationFinder<Mock>;
  readonly #status: number | undefined;
  readonly #own: readonly (readonly [string, string])[];

  constructor({ mocks, status, headers }: Config, route: PolicyTools['route']) {
    this.#finder = new OperationFinder(mocks, route);
    this.#status = status;
    this.#own = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value] as const);
  }

  readonly answer = ({ request }: Exchange): Reply => {
    const { method, path } = request;
    const found = this.#finder.find(method, path) ?? (method === 'HEAD' ? this.#finder.find('GET', path) : undefined);
    if (found === undefined) return UNKNOWN;
    const { code, example, applied } = preferences(request.header('prefer'));
    const answer = answerFor(found.operation.answers, code ?? this.#status);
    if (answer === undefined) return NO_STATUS;
    const { media, status, headers } = answer;
    const shown = [...headers.filter(([name]) => !this.#own.some(([own]) => own === name)), ...this.#own, ...applied];
    if (media.length === 0) return { status: statusOf(status, code ?? this.#status), headers: shown, body: '' };
    const chosen = chosenMedia(media, request.header('accept'));
    if (chosen === undefined) return NOT_ACCEPTABLE;
    const one = example === undefined ? chosen.examples[0] : chosen.examples.find(({ name }) => name === example);
    if (one === undefined && example !== undefined) return NO_EXAMPLE;
    return {
      status: statusOf(status, code ?? this.#status),
      headers: [['content-type', chosen.type], ...shown],
      body: one?.body ?? '',
    };
  };
}

/** The one that is asked for, else the first success, else the first of all. */
function answerFor(answers: readonly MockAnswer[], status: number | undefined): MockAnswer | undefined {
  if (status !== undefined) {
    const names = [String(status), `${Math.floor(status / 100)}XX`, 'DEFAULT'];
    return names.map((name) => answers.find((each) => each.status === name)).find((each) => each !== undefined);
  }
  return answers.find((each) => each.status.startsWith('2')) ?? answers[0];
}

function statusOf(written: string, asked: number | undefined): number {
  if (asked !== undefined) return asked;
  const exact = Number(written);
  if (Number.isInteger(exact) && exact >= 200 && exact <= 599) return exact;
  return /^[2-5]XX$/.test(written) ? Number(written[0]) * 100 : 200;
}
