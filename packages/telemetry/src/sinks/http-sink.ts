import type { IntakeSpec } from '@gatehouse/config';
import type { Clock } from '@gatehouse/kernel';
import type { Sink, SinkItem } from '../sink.ts';
import { answerProblem, HTTP_RULES } from './answer-problem.ts';
import { HttpPost } from './http-post.ts';
import type { LineText } from './line-text.ts';

export interface HttpSinkOptions extends IntakeSpec {
  readonly format: 'lines' | 'array';
}

/** Batches of JSON by POST, to any receiver. */
export function httpSink(options: HttpSinkOptions, text: LineText, clock: Clock): Sink {
  const post = new HttpPost(options);
  const lines = options.format === 'lines';
  const contentType = lines ? 'application/x-ndjson' : 'application/json';
  const bodyOf = (items: readonly SinkItem[]): string =>
    lines ? items.map((item) => `${text(item)}\n`).join('') : `[${items.map(text).join(',')}]`;
  return {
    async send(items, signal) {
      const answer = await post.send(Buffer.from(bodyOf(items), 'latin1'), contentType, signal);
      const problem = answerProblem(answer, HTTP_RULES, clock.now());
      if (problem !== undefined) throw problem;
      return undefined;
    },
    async close() {
      post.close();
    },
  };
}
