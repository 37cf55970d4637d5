import { asFields, asList, parseJson } from '../loose-json.ts';
import type { ModerationAnswer } from './moderator.ts';

/** What a provider says in the form that OpenAI gave `/moderations`, of all texts together; undefined without a judgement of each. */
export function readModeration(body: Buffer, texts: number): ModerationAnswer | undefined {
  const results = asList(asFields(parseJson(body.toString('utf8')))?.['results']);
  if (results?.length !== texts) return undefined;
  const scores = new Map<string, number>();
  let flagged = false;
  for (const answer of results.map(readResult)) {
    if (answer === undefined) return undefined;
    flagged ||= answer.flagged;
    for (const [name, score] of Object.entries(answer.scores)) scores.set(name, Math.max(score, scores.get(name) ?? 0));
  }
  return { flagged, scores: Object.fromEntries(scores) };
}

/** Mistral's say nothing of the whole, only of each category. */
function readResult(result: unknown): ModerationAnswer | undefined {
  const fields = asFields(result);
  const categories = asFields(fields?.['categories']);
  const said = fields?.['flagged'];
  const flagged = typeof said === 'boolean' ? said : categories && Object.values(categories).includes(true);
  if (flagged === undefined) return undefined;
  const scores = Object.entries(asFields(fields?.['category_scores']) ?? {});
  return {
    flagged,
    scores: Object.fromEntries(scores.filter((entry): entry is [string, number] => typeof entry[1] === 'number')),
  };
}
