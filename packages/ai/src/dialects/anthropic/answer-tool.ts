import type { ChatRequest } from '../../canonical/chat-request.ts';
import type { Target } from '../../canonical/dialect.ts';
import type { JsonFields } from '../../canonical/json.ts';
import { modelRules } from './model-rules.ts';

/**
 * For models that cannot be bound to a schema: a tool whose arguments are the answer. The reader of the answer turns its
 * call into the text that it stands for.
 */
export interface AnswerTool {
  readonly name: string;
  readonly description: string;
  readonly schema: JsonFields;
}

export function answerTool({ output, tools }: ChatRequest, target: Pick<Target, 'model'>): AnswerTool | undefined {
  const { format } = output;
  if (format?.kind !== 'schema' || modelRules(target.model).schemas) return undefined;
  const taken = new Set(tools.map(({ name }) => name));
  const name = NAMES.find((one) => !taken.has(one)) ?? `${NAMES[0]}_${tools.length}`;
  const purpose =
    'Gives the answer. Call it exactly once, with the whole answer as its arguments, and say nothing else.';
  const description = format.description === undefined ? purpose : `${purpose} ${format.description}`;
  return { name, description, schema: format.schema };
}

const NAMES = ['json_answer', 'json_answer_2', 'json_answer_3'] as const;
