import { LOG_FIELDS } from '@gatehouse/config/log-fields';
import { RECORD_FIELDS } from '@gatehouse/record/spool';
import * as official from '@opentelemetry/semantic-conventions/incubating';
import { describe, expect, it } from 'vitest';
import { itemOf, leastRecord, modelRecord, plainRecord } from '../__fixtures__/records.ts';
import { ATTRIBUTES, attributesOf } from './attribute-table.ts';
import { itemLog } from './item-log.ts';
import { recordSpans } from './record-spans.ts';

/** Names of attributes in the official list, less those that it calls deprecated by giving them another. */
const OFFICIAL: ReadonlySet<unknown> = new Set(
  Object.entries(official)
    .filter(([name]) => name.startsWith('ATTR_'))
    .map(([, value]) => value),
);
const SOMETIMES = { code: 'upstream.timeout', cacheStatus: 'hit', limit: 'users#0', policies: 'a: b', status: 504 };

describe('names of attributes', () => {
  it('are the official ones, or begin with ours', () => {
    const full = { ...plainRecord, ...modelRecord, ...SOMETIMES };
    const records = [plainRecord, modelRecord, full, { ...leastRecord, method: 'BREW' }];
    const keys = records.flatMap((record) => [
      ...recordSpans({ ...record, traceId: 'a'.repeat(32), spanId: 'b'.repeat(16) }).flatMap(
        ({ attributes }) => attributes,
      ),
      ...itemLog(itemOf(record), undefined, 0).attributes,
    ]);
    const unknown = keys.map(({ key }) => key).filter((key) => !key.startsWith('gatehouse.') && !OFFICIAL.has(key));
    expect([...new Set(unknown)]).toEqual([]);
    expect(keys.length).toBeGreaterThan(60);
  });

  it('are there for every field of a record, and each once', () => {
    expect(Object.keys(ATTRIBUTES)).toEqual(Object.keys(RECORD_FIELDS));
    const names = Object.values(ATTRIBUTES).map(({ name }) => name);
    expect(new Set(names).size).toBe(names.length);
  });

  it('can be chosen in the configuration by the fields that there are', () => {
    expect(LOG_FIELDS).toEqual(Object.keys(RECORD_FIELDS));
  });
});

describe('values of attributes', () => {
  it.each([
    ['openai', 'openai'],
    ['google', 'gcp.gemini'],
    ['bedrock', 'aws.bedrock'],
    ['xai', 'x_ai'],
    ['our-own', 'our-own'],
    ['constructor', 'constructor'],
  ])('call the provider %s %s', (aiProvider, stringValue) => {
    expect(attributesOf({ ...modelRecord, aiProvider }, 'model')).toContainEqual({
      key: 'gen_ai.provider.name',
      value: { stringValue },
    });
  });

  it('have the units and types of the conventions', () => {
    const { aiFinishReason: _reason, ...unfinished } = modelRecord;
    const attributes = attributesOf({ ...modelRecord, aiFirstTokenMs: 2000 }, 'model');
    expect(attributes).toEqual(
      expect.arrayContaining([
        { key: 'gen_ai.response.time_to_first_chunk', value: { doubleValue: 2 } },
        { key: 'gen_ai.usage.input_tokens', value: { intValue: '1204' } },
        { key: 'gen_ai.request.stream', value: { boolValue: true } },
        { key: 'gen_ai.response.finish_reasons', value: { arrayValue: { values: [{ stringValue: 'stop' }] } } },
      ]),
    );
    expect(attributesOf(unfinished, 'model').map(({ key }) => key)).not.toContain('gen_ai.response.finish_reasons');
  });
});
