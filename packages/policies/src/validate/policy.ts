import { definePolicy } from '../define-policy.ts';
import { bytes, fraction } from '../parsed-units.ts';
import type { Exchange, Refusal, Reply } from '../policy.ts';
import { PlanChecks, type BodyPlan } from '../contract/plan-checks.ts';
import type { OperationPlan } from '../contract/plan.ts';
import { ReplyWatch, type WatchRules } from './reply-watch.ts';
import type { Config } from './schema.ts';
import { violationNote, type Violation } from '../contract/violation.ts';

export const validate = definePolicy({
  name: 'validate',
  stage: 'admit',
  build(config: Config, { route, runtime }) {
    const checks = new PlanChecks(config.plan, route, {
      refusesUnknownQuery: config.unknownQuery === 'refuse',
      allowsReadOnly: config.readOnly === 'allow',
    });
    const requests = new RequestRules(config, checks);
    const rules: WatchRules = {
      enforces: config.responses === 'enforce',
      bytesMax: bytes(config.responseMax),
      log: runtime.log,
    };
    const share = config.responses === 'report' ? fraction(config.sample) : 1;
    const watched = new WeakSet<Exchange>();
    const watch = (exchange: Exchange): void => {
      if (share < 1 && runtime.random() >= share) return;
      watched.add(exchange);
      // What is compressed cannot be looked at.
      exchange.upstreamHeaders.set('accept-encoding', 'identity');
    };
    return {
      onRequest(exchange) {
        if (config.responses !== 'off') watch(exchange);
        return config.requests === 'off' ? undefined : requests.check(exchange);
      },
      ...(config.responses !== 'off' && {
        wantsReply: (exchange) => watched.has(exchange),
        onReply(exchange, draft, sink) {
          if (!watched.has(exchange)) return undefined;
          const { method, path } = exchange.request;
          const operation = checks.find(method, path)?.operation;
          const plan = operation && checks.reply(operation, draft.status, draft.header('content-type'));
          return plan && ReplyWatch.of({ exchange, draft, sink }, plan, rules);
        },
      }),
    };
  },
});

const CODED: Violation = { in: 'header', path: '/content-encoding', message: 'hides the body, send it without' };
const UNKNOWN: Violation = { in: 'path', path: '', message: 'is no operation that is described' };
const MISSING: Violation = { in: 'body', path: '', message: 'is missing' };
const VIOLATIONS_MAX = 20;

class RequestRules {
  readonly #checks: PlanChecks;
  readonly #enforces: boolean;
  readonly #bytesMax: number;

  constructor(config: Config, checks: PlanChecks) {
    this.#checks = checks;
    this.#enforces = config.requests === 'enforce';
    this.#bytesMax = bytes(config.bodyMax);
  }

  check(exchange: Exchange): Reply | undefined | Promise<Reply | undefined> {
    const { request } = exchange;
    const found = this.#checks.find(request.method, request.path);
    if (found === undefined) return this.#said(exchange, [UNKNOWN]);
    const violations = this.#checks.parameters(found.operation).violations(request, found.params);
    if (request.contentLength === 0) {
      return this.#said(exchange, found.operation.body?.required === true ? [...violations, MISSING] : violations);
    }
    return this.#withBody(exchange, found.operation, violations);
  }

  #withBody(
    exchange: Exchange,
    operation: OperationPlan,
    violations: readonly Violation[],
  ): Reply | undefined | Promise<Reply | undefined> {
    const { request } = exchange;
    const coding = request.header('content-encoding')?.trim().toLowerCase() ?? 'identity';
    const plan = this.#checks.requestBody(operation, request.header('content-type'));
    if (coding !== 'identity' && coding !== '' && plan.kind === 'read')
      return this.#said(exchange, [...violations, CODED]);
    if (!this.#enforces && (request.contentLength ?? Infinity) > this.#bytesMax)
      return this.#said(exchange, violations);
    if (plan.kind === 'settled' && request.contentLength !== undefined) {
      return this.#said(exchange, [...violations, ...plan.violations]);
    }
    return this.#read(exchange, { operation, plan, violations });
  }

  async #read(
    exchange: Exchange,
    {
      operation,
      plan,
      violations,
    }: { readonly operation: OperationPlan; readonly plan: BodyPlan; readonly violations: readonly Violation[] },
  ): Promise<Reply | undefined> {
    const body = await exchange.requestBody(this.#bytesMax);
    // Chunks may be no body after all.
    if (body.length === 0) {
      return this.#said(exchange, operation.body?.required === true ? [...violations, MISSING] : violations);
    }
    const more = plan.kind === 'read' ? plan.violationsOf(body) : plan.violations;
    return this.#said(exchange, [...violations, ...more]);
  }

  #said(exchange: Exchange, violations: readonly Violation[]): Refusal | undefined {
    const [first] = violations;
    if (first === undefined) return undefined;
    (exchange.notes.policies ??= {})['validate'] = violationNote('request', violations);
    if (!this.#enforces) {
      exchange.replyHeaders.add('x-gatehouse-validation', `request;violations=${violations.length}`);
      return undefined;
    }
    const where = `${first.in}${first.path === '' ? '' : ` ${first.path}`}`;
    return {
      code: 'request.invalid',
      detail: `${where} ${first.message}`,
      violations: violations.slice(0, VIOLATIONS_MAX),
    };
  }
}
