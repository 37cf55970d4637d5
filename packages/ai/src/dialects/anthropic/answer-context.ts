import type { ReadContext } from '../../canonical/dialect.ts';
import type { WireNames } from '../../canonical/wire-names.ts';
import { answerTool } from './answer-tool.ts';
import { toolNames } from './call-plan.ts';

/** What of the call has to be undone in its answer. */
export interface AnswerContext {
  readonly names: WireNames;
  /** Caller's names of the tools that take free text. */
  readonly custom: ReadonlySet<string>;
  /** The tool whose arguments are the answer. */
  readonly answer: string | undefined;
}

export function answerContext({ request, target }: ReadContext): AnswerContext {
  return {
    names: toolNames(request, target),
    custom: new Set(request.tools.flatMap(({ kind, name }) => (kind === 'custom' ? name : []))),
    answer: answerTool(request, target)?.name,
  };
}
