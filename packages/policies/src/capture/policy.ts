import { definePolicy } from '../define-policy.ts';
import type { Exchange, Outcome, PolicyHooks } from '../policy.ts';
import { captureRules, type CaptureRules } from './capture-rules.ts';
import { CapturedCall } from './captured-call.ts';
import { HoldingRoom } from './held-bytes.ts';
import { keptBodies } from './kept-call.ts';
import type { Config } from './schema.ts';
import { TimeShare } from './time-share.ts';

const CROWDED = 'not kept, too many';

export const capture = definePolicy({
  name: 'capture',
  // In front of all that may refuse a call, and behind all that changes a reply.
  stage: 'encode',
  build(config: Config, tools): PolicyHooks {
    const { runtime } = tools;
    const rules = captureRules(config, tools);
    const { sides, bytesMax } = rules;
    const bounds = {
      requestBytesMax: sides.request ? bytesMax : 0,
      responseBytesMax: sides.response ? bytesMax : 0,
      room: runtime.state('capture room', () => new HoldingRoom()),
    };
    const share = runtime.state('capture time', () => new TimeShare());
    const calls = new Map<Exchange, CapturedCall>();
    const keep = (call: CapturedCall, told: { exchange: Exchange; outcome: Outcome; why: string }): string => {
      const nowMs = runtime.clock.monotonic();
      if (!share.isLeft(nowMs)) return CROWDED;
      const kept = keptBodies(call, { ...told, rules }).map((body) => runtime.keepBody(body));
      share.spend(runtime.clock.monotonic() - nowMs);
      return kept.every(Boolean) ? told.why : CROWDED;
    };
    return {
      onRequest(exchange) {
        const sampled = runtime.random() < rules.sample;
        if (!sampled && rules.on.size === 0) return undefined;
        const { caller, request } = exchange;
        // Another one stands in front of it, and decides.
        if (caller.tap !== undefined) return undefined;
        const { contentLength } = request;
        const startedMs = runtime.clock.monotonic();
        const call = new CapturedCall({ sampled, startedMs, lines: caller.lines, contentLength }, bounds);
        caller.tap = call;
        calls.set(exchange, call);
        return undefined;
      },
      onEnd(exchange, outcome) {
        const call = calls.size === 0 ? undefined : calls.get(exchange);
        if (call === undefined) return;
        calls.delete(exchange);
        const why = whyKept(call, outcome, { rules, nowMs: runtime.clock.monotonic() });
        try {
          if (why !== undefined) (exchange.notes.policies ??= {})['capture'] = keep(call, { exchange, outcome, why });
        } finally {
          call.drop();
        }
      },
    };
  },
});

function whyKept(
  call: CapturedCall,
  { status, code }: Outcome,
  { rules: { on, slowerThanMs }, nowMs }: { readonly rules: CaptureRules; readonly nowMs: number },
): string | undefined {
  // Nobody is to blame for a caller that has left.
  const broken = code !== undefined && code !== 'request.cancelled';
  if (on.has('error') && (status >= 500 || (broken && !call.whole && call.replyLines !== ''))) return 'error';
  if (on.has('refusal') && broken) return 'refusal';
  if (on.has('slow') && nowMs - call.startedMs > slowerThanMs) return 'slow';
  return call.sampled ? 'sampled' : undefined;
}
