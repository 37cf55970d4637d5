import { GatehouseError } from '@gatehouse/kernel';
import { definePolicy } from '../define-policy.ts';
import { bytes, milliseconds } from '../parsed-units.ts';
import type { Exchange, Reply } from '../policy.ts';
import { filledValue } from './call-template.ts';
import { Calls, type CallsRules } from './calls.ts';
import { CallFailure } from './call-failure.ts';
import { passedFields } from './passed-fields.ts';
import type { Config } from './schema.ts';

export const compose = definePolicy({
  name: 'compose',
  stage: 'shape',
  build(config: Config, { runtime }) {
    const timeoutMs = milliseconds(config.timeout);
    const forward = new Set(config.forward.map((name) => name.toLowerCase()));
    const rules: CallsRules = { calls: config.calls, bytesMax: bytes(config.answerMax), runtime };
    const merge = config.merge ?? Object.fromEntries(Object.keys(config.calls).map((name) => [name, `{${name}}`]));
    const underWay = new WeakMap<Exchange, AbortController>();
    const answer = async (exchange: Exchange): Promise<Reply> => {
      const controller = new AbortController();
      underWay.set(exchange, controller);
      const stop = runtime.later(timeoutMs, () => controller.abort(TIMEOUT));
      const calls = new Calls(exchange, rules, { fields: passedFields(exchange, forward), signal: controller.signal });
      try {
        const answers = await calls.all();
        return merged(
          calls,
          filledValue(merge, (name) => answers.get(name)),
        );
      } catch (error) {
        if (!(error instanceof CallFailure)) throw error;
        return { code: error.code, detail: error.message };
      } finally {
        stop();
        // Those that nobody waits for any more.
        controller.abort(LEFT);
        (exchange.notes.policies ??= {})['compose'] = calls.note;
      }
    };
    return {
      onRequest: answer,
      onEnd: (exchange) => underWay.get(exchange)?.abort(LEFT),
    };
  },
});

const TIMEOUT = new GatehouseError('upstream.timeout', 'the calls took too long');
const LEFT = new GatehouseError('request.cancelled', 'nobody waits for the calls');

function merged(calls: Calls, value: unknown): Reply {
  const { missing } = calls;
  const partial =
    missing.length === 0
      ? []
      : ([
          ['x-gatehouse-partial', missing.join(', ')],
          ['cache-control', 'no-store'],
        ] as const);
  return { status: 200, headers: [['content-type', 'application/json'], ...partial], body: JSON.stringify(value) };
}
