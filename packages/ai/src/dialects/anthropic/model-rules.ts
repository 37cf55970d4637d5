import type { Effort } from '../../canonical/chat-request.ts';

/** What a model takes of the dialect; what it does not take it answers with 400. */
export interface ModelRules {
  /** `one`: temperature or top_p, not both. */
  readonly sampling: 'yes' | 'one' | 'no';
  /** How thinking can be forbidden; `not_when_high`: not together with an effort of xhigh or max. */
  readonly thinkingOff: 'disabled' | 'not_when_high' | 'between_tools' | 'never';
  /** `thinking.enabled` with a budget. */
  readonly budgets: boolean;
  readonly adaptive: boolean;
  /** Of `output_config.effort`, rising; empty: the member is unknown to it. */
  readonly efforts: readonly Effort[];
  readonly forcedTool: 'yes' | 'unless_thinking' | 'no';
  /** The last message may be the assistant's, to be continued. */
  readonly prefill: boolean;
  /** Messages of the role `system`. */
  readonly systemTurns: boolean;
  /** `output_config.format` and strict tools. */
  readonly schemas: boolean;
  readonly outputTokensMax: number | undefined;
  readonly toolNameCharsMax: number;
  /** Knows the version 2026-10-21 of the API, wherever it is served. */
  readonly newVersion: boolean;
}

/** The first row that the model's name belongs to counts, however a vendor spells it. */
export function modelRules(model: string): ModelRules {
  const name = model.toLowerCase().replace(/[._@:/ ]/g, '-');
  return MODELS.find(({ pattern }) => pattern.test(name))?.rules ?? OTHER_VENDORS;
}

interface ModelRow {
  readonly pattern: RegExp;
  readonly rules: ModelRules;
}

const ALL_EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/** The strictest of all: a Claude that came after this table is not asked for what its elders have lost. */
const NEWEST: ModelRules = {
  sampling: 'no',
  thinkingOff: 'never',
  budgets: false,
  adaptive: true,
  efforts: ALL_EFFORTS,
  forcedTool: 'no',
  prefill: false,
  systemTurns: true,
  schemas: true,
  outputTokensMax: 128_000,
  toolNameCharsMax: 128,
  newVersion: true,
};

const OPUS_4_8: ModelRules = { ...NEWEST, thinkingOff: 'disabled', forcedTool: 'yes' };

const OPUS_4_6: ModelRules = {
  ...OPUS_4_8,
  sampling: 'one',
  budgets: true,
  efforts: ['low', 'medium', 'high', 'max'],
  forcedTool: 'unless_thinking',
  systemTurns: false,
};

const CLAUDE_4_5: ModelRules = {
  ...OPUS_4_6,
  adaptive: false,
  efforts: [],
  prefill: true,
  outputTokensMax: 64_000,
  toolNameCharsMax: 64,
};

const SONNET_4: ModelRules = { ...CLAUDE_4_5, sampling: 'yes', schemas: false };

const CLAUDE_3: ModelRules = { ...SONNET_4, budgets: false, outputTokensMax: 4096 };

/** Vendors that serve models of their own in this dialect, as it was when they copied it. */
const OTHER_VENDORS: ModelRules = { ...SONNET_4, forcedTool: 'yes', outputTokensMax: undefined, newVersion: false };

/** Rows of single models come before those of families. */
const MODELS: readonly ModelRow[] = [
  row('sonnet-5-5', { ...NEWEST, thinkingOff: 'between_tools' }),
  row('opus-5-5', NEWEST),
  row('haiku-5-5', { ...OPUS_4_8, thinkingOff: 'not_when_high' }),
  row('opus-5', { ...OPUS_4_8, thinkingOff: 'not_when_high', budgets: true }),
  row('fable-5-[1-9] mythos-5-[1-9]', NEWEST),
  row('fable-5 mythos-5', { ...NEWEST, forcedTool: 'yes' }),
  row('opus-4-8', OPUS_4_8),
  // Whether Sonnet 5 takes messages of the role system is told both ways.
  row('opus-4-7 sonnet-5', { ...OPUS_4_8, systemTurns: false }),
  row('opus-4-6 sonnet-4-6', OPUS_4_6),
  row('opus-4-5', { ...CLAUDE_4_5, efforts: ['low', 'medium', 'high'] }),
  row('sonnet-4-5 haiku-4-5', CLAUDE_4_5),
  row('opus-4-1', { ...SONNET_4, sampling: 'one', outputTokensMax: 32_000 }),
  row('opus-4', { ...SONNET_4, outputTokensMax: 32_000 }),
  row('sonnet-4 sonnet-3-7', SONNET_4),
  row('sonnet-3-5 haiku-3-5', { ...CLAUDE_3, outputTokensMax: 8192 }),
  { pattern: /claude-(?:v?[123]|instant)(?!\d)/, rules: CLAUDE_3 },
  { pattern: /claude/, rules: NEWEST },
];

/** Vendors write the family before the version or behind it, and a date behind both. */
function row(models: string, rules: ModelRules): ModelRow {
  const either = models.split(' ').map((model) => {
    const dash = model.indexOf('-');
    const [family, version] = [model.slice(0, dash), model.slice(dash + 1)];
    return `${family}-${version}(?!\\d)|(?<!\\d|\\d-)${version}-${family}`;
  });
  return { pattern: new RegExp(either.join('|')), rules };
}
