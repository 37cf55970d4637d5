import { GatehouseError } from '@gatehouse/kernel';
import {
  STAGES,
  type Exchange,
  type PolicyDefinition,
  type PolicyHooks,
  type PolicyTools,
  type Reply,
  type Stage,
} from '@gatehouse/policies';

/** What the file of a plugin gave, which the configuration process has looked at before. */
interface PluginModule {
  readonly stage: Stage;
  build(config: unknown, tools: PolicyTools): PolicyHooks;
}

/** A hook that took longer shows in the record. */
const SHOWN_MS = 1;

/** A policy that somebody else wrote, with what it may break held together: what it throws or keeps waiting ends the call. */
export function pluginPolicy(name: string, exported: unknown, timeoutMs: number): PolicyDefinition {
  const plugin = moduleOf(name, exported);
  return {
    name,
    stage: plugin.stage,
    build: (config, tools) => contained(hooksOf(name, plugin.build(config, tools)), { name, timeoutMs, tools }),
  };
}

/** Of the very text that the configuration process has checked; a module may still give something else each time. */
function moduleOf(name: string, exported: unknown): PluginModule {
  const sound =
    typeof exported === 'object' &&
    exported !== null &&
    'build' in exported &&
    typeof exported.build === 'function' &&
    'stage' in exported &&
    STAGES.some((stage) => stage === exported.stage);
  if (!sound) throw new GatehouseError('config.invalid', `the plugin \`${name}\` is none any more`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion
  return exported as PluginModule;
}

function hooksOf(name: string, hooks: unknown): PolicyHooks {
  if (typeof hooks !== 'object' || hooks === null) {
    throw new GatehouseError('config.invalid', `\`build\` of the plugin \`${name}\` gives no hooks`);
  }
  for (const [hook, value] of Object.entries(hooks)) {
    const known = HOOKS.has(hook);
    if (!known) throw new GatehouseError('config.invalid', `the plugin \`${name}\` has an unknown hook \`${hook}\``);
    if (hook !== 'challenge' && typeof value !== 'function') {
      throw new GatehouseError('config.invalid', `the hook \`${hook}\` of the plugin \`${name}\` is no function`);
    }
  }
  return hooks;
}

const HOOKS: ReadonlySet<string> = new Set([
  'onIdentify',
  'onIdentified',
  'onRequest',
  'onReplyHead',
  'onReply',
  'onFailure',
  'onEnd',
  'challenge',
]);

interface Container {
  readonly name: string;
  readonly timeoutMs: number;
  readonly tools: PolicyTools;
}

/** Each hook that there is, guarded; those that there are not stay away, so that they cost nothing. */
function contained(hooks: PolicyHooks, container: Container): PolicyHooks {
  const { challenge } = hooks;
  const onRequest = hooks.onRequest?.bind(hooks);
  const onIdentify = hooks.onIdentify?.bind(hooks);
  const onIdentified = hooks.onIdentified?.bind(hooks);
  const onReplyHead = hooks.onReplyHead?.bind(hooks);
  const onReply = hooks.onReply?.bind(hooks);
  const onFailure = hooks.onFailure?.bind(hooks);
  const onEnd = hooks.onEnd?.bind(hooks);
  return {
    ...(challenge !== undefined && { challenge }),
    ...(onRequest && { onRequest: (exchange) => guarded(container, exchange, () => onRequest(exchange)) }),
    ...(onIdentify && { onIdentify: (exchange) => guarded(container, exchange, () => onIdentify(exchange)) }),
    ...(onIdentified && { onIdentified: (exchange) => decided(container, exchange, () => onIdentified(exchange)) }),
    ...(onReplyHead && {
      onReplyHead: (exchange, head) => timed(container, exchange, () => onReplyHead(exchange, head)),
    }),
    ...(onReply && {
      onReply: (exchange, reply, sink) => timed(container, exchange, () => onReply(exchange, reply, sink)),
    }),
    ...(onFailure && {
      onFailure: (exchange, problem) => timed(container, exchange, () => onFailure(exchange, problem)),
    }),
    ...(onEnd && { onEnd: (exchange, outcome) => timed(container, exchange, () => onEnd(exchange, outcome)) }),
  };
}

/** Answers a failure with a refusal: a rule that cannot be asked is no rule that has agreed. */
function guarded<T>(
  container: Container,
  exchange: Exchange,
  run: () => T | Promise<T>,
): T | Reply | Promise<T | Reply> {
  try {
    const answer = timed(container, exchange, run);
    if (!(answer instanceof Promise)) return answer;
    return inTime(container, answer).catch((error: unknown) => failed(container, exchange, error));
  } catch (error) {
    return failed(container, exchange, error);
  }
}

/** The same for a hook that has to answer at once. */
function decided(container: Container, exchange: Exchange, run: () => unknown): Reply | undefined {
  try {
    const answer: unknown = timed(container, exchange, run);
    if (answer instanceof Promise) {
      answer.catch(() => {});
      throw new Error(`\`onIdentified\` of the plugin \`${container.name}\` answered with a promise`);
    }
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what the hook is to answer with
    return answer as Reply | undefined;
  } catch (error) {
    return failed(container, exchange, error);
  }
}

/** What a plugin throws on purpose, as a `GatehouseError`, is its answer. */
function failed({ name, tools }: Container, exchange: Exchange, error: unknown): Reply {
  if (error instanceof GatehouseError && error.code !== 'gateway.internal') {
    return { code: error.code, detail: error.detail };
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  tools.runtime.log.error('a plugin failed', { plugin: name, requestId: exchange.id, error: text });
  return { code: 'policy.failed', detail: `the policy \`${name}\` failed` };
}

async function inTime<T>({ name, timeoutMs, tools }: Container, answer: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = tools.runtime.later(timeoutMs, () =>
      reject(new Error(`the plugin \`${name}\` did not answer within ${timeoutMs} ms`)),
    );
    answer.then(resolve, reject).finally(late);
  });
}

/** Only the time in which nothing else could be done: what it waits for costs the worker nothing. */
function timed<T>({ name, tools }: Container, { notes }: Exchange, run: () => T): T {
  const { clock } = tools.runtime;
  const begunMs = clock.monotonic();
  try {
    return run();
  } finally {
    const tookMs = clock.monotonic() - begunMs;
    if (tookMs > SHOWN_MS) (notes.policies ??= {})[name] = `${tookMs.toFixed(1)} ms`;
  }
}
