import { describe, expect, it } from 'vitest';
import { modelRules, type ModelRules } from './model-rules.ts';

describe('the rules of models', () => {
  // Reference §2.4, and AWS's pages for what it leaves open.
  it.each<[string, Partial<ModelRules>]>([
    ['claude-sonnet-5-5', { sampling: 'no', thinkingOff: 'between_tools', budgets: false, forcedTool: 'no' }],
    ['claude-opus-5-5', { sampling: 'no', thinkingOff: 'never', budgets: false, forcedTool: 'no' }],
    ['claude-haiku-5-5', { sampling: 'no', thinkingOff: 'not_when_high', budgets: false, forcedTool: 'yes' }],
    ['claude-opus-5', { sampling: 'no', thinkingOff: 'not_when_high', budgets: true, forcedTool: 'yes' }],
    ['claude-fable-5-1', { sampling: 'no', thinkingOff: 'never', budgets: false, forcedTool: 'no' }],
    ['claude-fable-5', { sampling: 'no', thinkingOff: 'never', budgets: false, forcedTool: 'yes' }],
    ['claude-fable-5@20260801', { forcedTool: 'yes' }],
    ['claude-mythos-5-2', { forcedTool: 'no' }],
    ['claude-opus-4-7', { sampling: 'no', thinkingOff: 'disabled', forcedTool: 'yes', systemTurns: false }],
    ['claude-opus-4-8', { sampling: 'no', thinkingOff: 'disabled', systemTurns: true, prefill: false }],
    ['claude-sonnet-5', { sampling: 'no', thinkingOff: 'disabled', outputTokensMax: 128_000 }],
    [
      'claude-opus-4-6',
      { sampling: 'one', budgets: true, adaptive: true, forcedTool: 'unless_thinking', prefill: false },
    ],
    ['anthropic/claude-sonnet-4.6', { sampling: 'one', budgets: true, adaptive: true }],
    ['claude-haiku-4-5-20251001', { budgets: true, adaptive: false, prefill: true, outputTokensMax: 64_000 }],
    ['us.anthropic.claude-opus-4-5-20251101-v1:0', { efforts: ['low', 'medium', 'high'], schemas: true }],
    ['claude-4.5-sonnet', { adaptive: false, schemas: true }],
    ['claude-sonnet-4-20250514', { sampling: 'yes', schemas: false, outputTokensMax: 64_000 }],
    ['claude-sonnet-4@20250514', { sampling: 'yes' }],
    ['claude-opus-4-1-20250805', { outputTokensMax: 32_000 }],
    ['claude-opus-4-20250514', { outputTokensMax: 32_000 }],
    ['claude-3-7-sonnet-latest', { budgets: true, outputTokensMax: 64_000 }],
    ['claude-3-5-sonnet-20241022', { budgets: false, outputTokensMax: 8192 }],
    ['claude-3-haiku-20240307', { budgets: false, outputTokensMax: 4096 }],
    ['anthropic.claude-v2:1', { budgets: false, newVersion: true }],
    ['claude-opus-7', { sampling: 'no', thinkingOff: 'never', forcedTool: 'no' }],
    ['deepseek-chat', { newVersion: false, sampling: 'yes', outputTokensMax: undefined }],
  ])('finds those of %s', (model, rules) => {
    expect(modelRules(model)).toMatchObject(rules);
  });
});
