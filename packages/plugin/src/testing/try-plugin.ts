import {
  fakeExchange,
  fakeTools,
  throughReply,
  type FakeExchange,
  type FakeExchangeOptions,
  type FakeReply,
  type FakeToolsOptions,
  type UpstreamReply,
} from '@gatehouse/policies/fakes';
import type { PolicyHooks, Reply } from '@gatehouse/policies';
import type { Plugin } from '../plugin.ts';
import { completeConfig, pluginIn } from '../plugin-problem.ts';

/** A call as a plugin left it. */
export interface TriedCall {
  readonly exchange: FakeExchange;
  /** What the plugin answered itself. */
  readonly answer: Reply | undefined;
  readonly refused: { readonly code: string; readonly detail: string } | undefined;
  /** Whom it found, for plugins that identify. */
  readonly caller: unknown;
  /** What would go upstream. */
  readonly toUpstream: {
    readonly target: string;
    /** Fields that the plugin adds, by name. */
    readonly headers: Readonly<Record<string, string>>;
    readonly removed: readonly string[];
    readonly body: Buffer | undefined;
  };
}

export interface TriedPlugin {
  readonly hooks: PolicyHooks;
  /** Sends a made-up request through the hooks of requests. */
  call(request?: FakeExchangeOptions): Promise<TriedCall>;
  /** Sends a made-up reply of the upstream back, and ends the call. */
  reply(call: TriedCall, upstream?: UpstreamReply): FakeReply;
}

/** Checks `config` as the gate does and builds the plugin. Throws what the gate would refuse. */
export function tryPlugin<Config>(
  plugin: Plugin<Config>,
  config: unknown = {},
  tools: FakeToolsOptions = {},
): TriedPlugin {
  const sound = pluginIn(plugin);
  if ('wrong' in sound) throw new TypeError(`the plugin ${sound.wrong}`);
  const complete = completeConfig(sound.schema, config);
  if ('wrong' in complete) throw new TypeError(`the config${complete.wrong}`);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- just checked against the plugin's own schema
  const hooks = plugin.build(complete.value as Config, fakeTools('test#plugin.0', tools));
  return {
    hooks,
    call: async (request = {}) => called(hooks, request),
    reply: (call, upstream = {}) => replied(hooks, call, upstream),
  };
}

async function called(hooks: PolicyHooks, request: FakeExchangeOptions): Promise<TriedCall> {
  const exchange = fakeExchange(request);
  const found = await hooks.onIdentify?.(exchange);
  const caller = found !== undefined && 'caller' in found ? found.caller : undefined;
  const shown = found !== undefined && !('caller' in found) ? found : undefined;
  const answer = shown ?? (await hooks.onRequest?.(exchange));
  return {
    exchange,
    answer,
    refused: answer !== undefined && 'code' in answer ? { code: answer.code, detail: answer.detail } : undefined,
    caller,
    toUpstream: {
      target: exchange.upstreamTarget,
      headers: fieldsIn(exchange.upstreamHeaders.lines),
      removed: exchange.upstreamHeaders.removed,
      body: exchange.sentBody,
    },
  };
}

function replied(hooks: PolicyHooks, { exchange }: TriedCall, upstream: UpstreamReply): FakeReply {
  const { status = 200, headers = [] } = upstream;
  const reply = throughReply(hooks, exchange, upstream);
  const header = (name: string): string | undefined => headers.find(([each]) => each === name)?.[1];
  hooks.onReplyHead?.(exchange, { status, header });
  hooks.onEnd?.(exchange, { status, code: undefined });
  return reply;
}

function fieldsIn(lines: string): Readonly<Record<string, string>> {
  const entries = lines
    .split('\r\n')
    .slice(0, -1)
    .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]);
  return Object.fromEntries(entries);
}
