import type { PolicySpec } from '@gatehouse/config';
import { GatehouseError } from '@gatehouse/kernel';
import { STAGES, type PolicyDefinition, type PolicyHooks, type PolicyTools, type Stage } from './policy.ts';

/** One hook of one policy, bound to it. */
export interface Step<Hook extends keyof Hooks> {
  /** The policy's name, for the record and the inspector. */
  readonly name: string;
  /** The policy's place among those of its route: a reply that it gives passes the reply hooks of lower places only. */
  readonly place: number;
  readonly run: NonNullable<Hooks[Hook]>;
}

/** A policy that takes replies; `wants` where it takes some only. */
export interface ReplyStep extends Step<'onReply'> {
  readonly wants: NonNullable<Hooks['wantsReply']> | undefined;
}

type Hooks = Omit<PolicyHooks, 'challenge'>;

/** A policy that could not be built. */
export interface BrokenPolicy {
  readonly name: string;
  readonly reason: string;
}

/** The policies of one route, compiled: the request path loops over functions that exist. */
export interface Pipeline {
  /** Before anybody knows who calls. In stage order, inside a stage in the order written; so are the next two. */
  readonly guard: readonly Step<'onRequest'>[];
  /** Whether the call may go on, beginning with `onIdentified`; the limits of the caller's plan come after. */
  readonly admit: readonly Step<'onRequest'>[];
  /** How it goes on. */
  readonly shape: readonly Step<'onRequest'>[];
  /** Asked in the order written; empty where keys alone tell who calls. */
  readonly identify: readonly Step<'onIdentify'>[];
  /** What `WWW-Authenticate` offers, one a way to say who calls. */
  readonly challenges: readonly string[];
  /** In the same order as on the way in, so that what is written last has the last word. */
  readonly onReplyHead: readonly Step<'onReplyHead'>[];
  /** Backwards: what is nearest to the upstream comes first. */
  readonly onReply: readonly ReplyStep[];
  readonly onFailure: readonly Step<'onFailure'>[];
  readonly onEnd: readonly NonNullable<PolicyHooks['onEnd']>[];
  /** The first policy that could not be built: the route must answer 503 `route.unavailable` and nothing else. */
  readonly broken: BrokenPolicy | undefined;
}

export interface PipelineTools {
  /** What a policy's name stands for. */
  readonly find: (name: string) => PolicyDefinition | undefined;
  /** For the policy at that place in `specs`. */
  readonly toolsFor: (index: number) => PolicyTools;
}

/** Builds the policies of a route. Never throws. */
export function buildPipeline(specs: readonly PolicySpec[], { find, toolsFor }: PipelineTools): Pipeline {
  const outcomes = specs.map((spec, index) => build(spec, find, () => toolsFor(index)));
  const built = outcomes
    .filter((outcome) => 'hooks' in outcome)
    .toSorted((a, b) => STAGES.indexOf(a.policy.stage) - STAGES.indexOf(b.policy.stage));
  const requests = built.map((each, place) => ({ stage: each.policy.stage, steps: steps(each, place, 'onRequest') }));
  const among = (...stages: readonly Stage[]): readonly Step<'onRequest'>[] =>
    requests.filter(({ stage }) => stages.includes(stage)).flatMap((each) => each.steps);
  return {
    guard: among('encode', 'guard'),
    admit: [...built.flatMap((each, place) => identified(each, place)), ...among('identify', 'admit')],
    shape: among('shape', 'cache', 'observe'),
    identify: built.flatMap((each, place) => steps(each, place, 'onIdentify')),
    challenges: built.flatMap(({ hooks }) => hooks.challenge ?? []),
    onReplyHead: built.flatMap((each, place) => steps(each, place, 'onReplyHead')),
    onReply: built.flatMap((each, place) => replySteps(each, place)).toReversed(),
    onFailure: built.flatMap((each, place) => steps(each, place, 'onFailure')).toReversed(),
    onEnd: built.flatMap(({ hooks }) => hooks.onEnd?.bind(hooks) ?? []),
    broken: outcomes.find((outcome) => 'reason' in outcome),
  };
}

interface BuiltPolicy {
  readonly policy: PolicyDefinition;
  readonly hooks: PolicyHooks;
}

function steps<Hook extends keyof Hooks>({ policy, hooks }: BuiltPolicy, place: number, hook: Hook): Step<Hook>[] {
  const run: unknown = hooks[hook]?.bind(hooks);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- bound, it is still the hook of that name
  return run === undefined ? [] : [{ name: policy.name, place, run: run as NonNullable<Hooks[Hook]> }];
}

function replySteps(each: BuiltPolicy, place: number): ReplyStep[] {
  const wants = each.hooks.wantsReply?.bind(each.hooks);
  return steps(each, place, 'onReply').map((step) => ({ ...step, wants }));
}

/** A step of `admit` like the others, before them. */
function identified(each: BuiltPolicy, place: number): Step<'onRequest'>[] {
  return steps(each, place, 'onIdentified').map(({ name, run }) => ({ name, place, run }));
}

function build(spec: PolicySpec, find: PipelineTools['find'], tools: () => PolicyTools): BuiltPolicy | BrokenPolicy {
  const policy = find(spec.name);
  if (policy === undefined) return { name: spec.name, reason: 'there is no policy of this name' };
  try {
    return { policy, hooks: policy.build(spec.config, tools()) };
  } catch (error) {
    return { name: spec.name, reason: error instanceof GatehouseError ? error.detail : String(error) };
  }
}
