import { asFields, asList, asText, parseJson } from '../../loose-json.ts';
import type { DemoProblem } from './demo-request.ts';

export interface DemoModerationRequest {
  readonly model: string;
  readonly texts: readonly string[];
}

const TEXTS_MAX = 2048;

export function readDemoModeration(body: string): DemoModerationRequest | DemoProblem {
  const request = asFields(parseJson(body));
  if (request === undefined) return { problem: 'The body is not a JSON object.' };
  const model = asText(request['model']);
  if (model === undefined) return { problem: 'The request names no model.', param: 'model' };
  const { input } = request;
  const texts = typeof input === 'string' ? [input] : (asList(input) ?? []).map(textOf);
  const whole = texts.filter((text) => text !== undefined);
  if (whole.length === 0 || whole.length < texts.length || whole.length > TEXTS_MAX) {
    return { problem: 'Input must be a text or texts.', param: 'input' };
  }
  return { model, texts: whole };
}

/** A text, also as a part of OpenAI's list of parts. */
function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : asText(asFields(value)?.['text']);
}

/** Objects to texts that name violence, and to nothing else. */
export function moderationOf({ model, texts }: DemoModerationRequest): object {
  const results = texts.map((text) => {
    const violence = /\bviolence\b/i.test(text);
    return { flagged: violence, categories: { violence }, category_scores: { violence: violence ? 1 : 0 } };
  });
  return { id: 'modr-demo', model, results };
}
