import type { Effort } from '../../canonical/chat-request.ts';
import type { ProviderRules } from '../../canonical/dialect.ts';
import type { SchemaRule } from '../../canonical/fit-schema.ts';
import type { NameRule } from '../../canonical/wire-names.ts';

/** What vendors of this dialect differ in beyond `ProviderRules`. A rule that is absent means: as OpenAI does it. */
export interface ChatRules extends ProviderRules {
  /** Where the end user is named; absent: `user`, which all vendors know, OpenAI too. */
  readonly endUserField?: 'safety_identifier' | 'user';
  /** Request members that have another name here, such as `seed: 'random_seed'`. */
  readonly renames?: Readonly<Record<string, string>>;
  /** What the vendor takes beyond OpenAI: `top_k`, `min_p`, `video_url`, `extra_content`. */
  readonly takes?: readonly string[];
  /** False: images are taken inside the request only. */
  readonly mediaUrls?: boolean;
  /** Of reasoning, those that it knows: others become the nearest. */
  readonly efforts?: readonly Effort[];
  /** The member of `chat_template_kwargs` that turns reasoning on and off, where servers know only that. */
  readonly templateSwitch?: string;
  /** Where reasoning of earlier turns is sent back; `reasoning_content` where `replaysReasoning` is set. */
  readonly reasoningReplay?: 'reasoning_content' | 'reasoning' | 'reasoning_details';
  /** How a prompt that is worth caching is marked; absent: not at all. */
  readonly cacheMarks?: 'prompt_cache_breakpoint' | 'cache_control';
  /** `json_object`: schemas of answers are unknown, so the schema goes into the instructions. */
  readonly schemaOutput?: 'json_schema' | 'json_object';
  /** What schemas must be like. */
  readonly schemas?: SchemaRule;
  /** False: tools that take free text are unknown, and become functions of one string. */
  readonly customTools?: boolean;
  /** False: a choice among some of the tools is unknown, and the others are left out instead. */
  readonly allowedTools?: boolean;
  /** One system message in front, then user and assistant in turns. */
  readonly strictTurns?: boolean;
  /** Content that is text only must be one string. */
  readonly stringContent?: boolean;
  readonly toolCallIds?: NameRule;
  readonly stopMax?: number;
  /** Reasoning comes inside the content, between `<think>` and `</think>`. */
  readonly thinkTags?: boolean;
}
