import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { VENDOR_COLUMNS } from './vendor-columns.ts';
import { VendorExportError } from './vendor-table.ts';
import { readVendorUsage, type VendorUsage } from './vendor-usage.ts';

const DAY = Date.parse('2026-11-24T00:00:00Z');
const SECONDS = DAY / 1000;
const NOTHING = {
  inputTokens: undefined,
  cachedTokens: undefined,
  outputTokens: undefined,
  requests: undefined,
  costPicoUsd: undefined,
};

const openAiUsage = {
  object: 'page',
  data: [
    {
      object: 'bucket',
      start_time: SECONDS,
      end_time: SECONDS + 86_400,
      results: [
        {
          object: 'organization.usage.completions.result',
          input_tokens: 1000,
          output_tokens: 500,
          input_cached_tokens: 800,
          num_model_requests: 5,
          project_id: null,
          model: 'gpt-5-mini-2025-08-07',
          batch: null,
        },
      ],
    },
    { object: 'bucket', start_time: SECONDS + 86_400, end_time: SECONDS + 172_800, results: [] },
  ],
  has_more: false,
  next_page: null,
};
const ofOpenAi = { inputTokens: 1000n, cachedTokens: 800n, outputTokens: 500n, requests: 5n };
const mini = 'gpt-5-mini-2025-08-07';

const anthropicUsage = {
  data: [
    {
      starting_at: '2026-11-24T00:00:00Z',
      ending_at: '2026-11-25T00:00:00Z',
      results: [
        {
          uncached_input_tokens: 1500,
          cache_creation: { ephemeral_1h_input_tokens: 1000, ephemeral_5m_input_tokens: 500 },
          cache_read_input_tokens: 200,
          output_tokens: 500,
          server_tool_use: { web_search_requests: 10 },
          model: 'claude-haiku-5',
        },
      ],
    },
  ],
  has_more: false,
};
const ofAnthropic = { inputTokens: 3200n, cachedTokens: 200n, outputTokens: 500n };

const cases: readonly (readonly [string, string, Partial<VendorUsage>])[] = [
  ['OpenAI’s usage', JSON.stringify(openAiUsage), { model: mini, ...ofOpenAi }],
  ['several pages of it', JSON.stringify([openAiUsage, { data: [] }]), { model: mini, ...ofOpenAi }],
  [
    'pages a line each',
    `${JSON.stringify(openAiUsage)}\n${JSON.stringify({ data: [] })}\n`,
    { model: mini, ...ofOpenAi },
  ],
  [
    'OpenAI’s usage as CSV',
    `start_time,end_time,start_time_iso,end_time_iso,input_tokens,output_tokens,num_model_requests,model,input_cached_tokens\n${SECONDS},${SECONDS},2026-11-24T00:00:00+00:00,x,1000,500,5,${mini},800\n`,
    { model: mini, ...ofOpenAi },
  ],
  [
    'OpenAI’s older usage',
    JSON.stringify({
      data: [
        {
          aggregation_timestamp: SECONDS + 300,
          n_requests: 5,
          snapshot_id: 'gpt-4o',
          n_context_tokens_total: 7,
          n_generated_tokens_total: 9,
        },
      ],
    }),
    { model: 'gpt-4o', inputTokens: 7n, outputTokens: 9n, requests: 5n },
  ],
  [
    'OpenAI’s costs',
    JSON.stringify({
      data: [
        {
          start_time: SECONDS,
          results: [{ amount: { value: 0.06, currency: 'usd' }, line_item: 'gpt-5-mini, input' }],
        },
      ],
    }),
    { model: 'gpt-5-mini', costPicoUsd: 60_000_000_000n },
  ],
  [
    'OpenAI’s costs as CSV',
    `start_time_iso,amount_value,amount_currency,line_item\n2026-11-24T00:00:00+00:00,1e-7,usd,\n`,
    { model: '', costPicoUsd: 100_000n },
  ],
  ['Anthropic’s usage', JSON.stringify(anthropicUsage), { model: 'claude-haiku-5', ...ofAnthropic }],
  [
    'Anthropic’s usage as CSV',
    `usage_date_utc,model_version,api_key,workspace,usage_type,context_window,usage_input_tokens_no_cache,usage_input_tokens_cache_write_5m,usage_input_tokens_cache_write_1h,usage_input_tokens_cache_read,usage_output_tokens,web_search_count\n2026-11-24,claude-haiku-5,key,Default,standard,≤ 200k,1500,500,1000,200,500,0\n`,
    { model: 'claude-haiku-5', ...ofAnthropic },
  ],
  [
    'Anthropic’s costs, which are in cents',
    JSON.stringify({
      data: [
        {
          starting_at: '2026-11-24T00:00:00Z',
          results: [
            {
              currency: 'USD',
              amount: '123.78912',
              cost_type: 'tokens',
              model: 'claude-haiku-5',
              token_type: 'output_tokens',
            },
          ],
        },
      ],
    }),
    { model: 'claude-haiku-5', costPicoUsd: 1_237_891_200_000n },
  ],
  [
    'a table that somebody made',
    'Date;Model;Requests;Cost (USD)\n2026-11-24 13:00;m;"1,234";$1.50\n',
    { model: 'm', requests: 1234n, costPicoUsd: 1_500_000_000_000n },
  ],
];

describe('an export of a vendor', () => {
  it.each(cases)('is read: %s', (_, text, expected) => {
    expect(readVendorUsage(text).usage).toEqual([{ dayMs: DAY, ...NOTHING, ...expected }]);
  });

  it('is also about days of which it has nothing', () => {
    expect(readVendorUsage(JSON.stringify(openAiUsage)).daysMs).toEqual([DAY, DAY + 86_400_000]);
  });

  it.each([
    ['', 'the export is empty'],
    ['{"a":', 'the export is no JSON: '],
    ['[1]', 'holds something else than objects'],
    ['a,"b', 'the export is no CSV: record 1: a quote is not closed'],
    ['when,tokens\n1,2\n', 'none that says when, such as date or start_time. It has: when, tokens'],
    ['date,colour\n2026-11-24,red\n', 'none that counts tokens, requests or costs. It has: date, colour'],
    ['{"date":"2026-11-24","colour":"red"}', 'It has: date, colour'],
    ['date,requests\nyesterday,2\n', 'row 1: date says no day: "yesterday"'],
    ['date,requests\n2026-13-41,2\n', 'row 1: date says no day'],
    ['date,requests\n0026-11-24,2\n', 'row 1: date says no day: "0026-11-24"'],
    ['date,requests\n2026-11-24,2\n2026-11-24,many\n', 'row 2: requests is no number: "many"'],
    ['date,requests\n2026-11-24,-2\n', 'row 1: requests is no number: "-2"'],
    ['date,requests\n2026-11-24,2,3\n', 'record 2 has 3 fields, the head has 2'],
    [
      'date,cost,currency\n2026-11-24,2,EUR\n',
      'row 1: currency is another currency than USD, which is not compared: "EUR"',
    ],
    [`[${'['.repeat(9)}${']'.repeat(9)}]`, 'deeper than any that is known'],
  ])('is refused as %j, with the reason', (text, why) => {
    expect(() => readVendorUsage(text)).toThrow(VendorExportError);
    expect(() => readVendorUsage(text)).toThrow(why);
  });

  const names = [...Object.keys(VENDOR_COLUMNS), 'data', 'results', 'cache_creation', '__proto__', 'constructor'];
  const value = fc.oneof(
    fc.string(),
    fc.integer(),
    fc.double(),
    fc.constant(null),
    fc.constant('2026-11-24'),
    fc.constant('USD'),
  );
  const { tree } = fc.letrec((tie) => ({
    tree: fc.oneof(
      { maxDepth: 4 },
      value,
      fc.array(tie('tree'), { maxLength: 4 }),
      fc.dictionary(fc.constantFrom(...names), tie('tree'), { maxKeys: 6 }),
    ),
  }));
  const table = fc
    .array(
      fc.array(fc.oneof(fc.constantFrom(...names), fc.string(), fc.constant('2026-11-24'), fc.nat().map(String))),
      { maxLength: 5 },
    )
    .map((rows) => rows.map((row) => row.join(',')).join('\n'));
  it.each([
    ['JSON', tree.map((each) => JSON.stringify(each))],
    ['a table', table],
    ['text', fc.string()],
    [
      'a real one with a byte changed',
      fc
        .tuple(fc.constantFrom(...cases), fc.nat(), fc.string({ maxLength: 1 }))
        .map(([[, text], at, by]) => text.slice(0, at % text.length) + by + text.slice((at % text.length) + 1)),
    ],
  ])('is read or refused, whatever it is: %s', (_, texts) => {
    fc.assert(
      fc.property(texts, (text) => {
        try {
          for (const { dayMs } of readVendorUsage(text).usage) expect(dayMs % 86_400_000).toBe(0);
        } catch (error) {
          expect(error).toBeInstanceOf(VendorExportError);
        }
      }),
      { numRuns: 500 },
    );
  });
});
