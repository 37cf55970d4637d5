export type { PromptMessage, PromptSpec, PromptVersionSpec, VariableSpec } from '@gatehouse/config';

/** Of a value whose variable says nothing else. */
export const MAX_CHARS_DEFAULT = 16_384;
