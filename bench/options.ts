import { parseArgs } from 'node:util';

export const STANDARD = ['bare', 'governed', 'latency', 'chat', 'routes', 'workers'] as const;
export const SPECIAL = ['against', 'policies', 'ai-streams', 'reload', 'slow-sockets', 'kill-worker'] as const;
export type ScenarioName = (typeof STANDARD)[number] | (typeof SPECIAL)[number];

export interface Options {
  readonly scenarios: readonly ScenarioName[];
  readonly rounds: number;
  readonly warmUpSeconds: number;
  readonly seconds: number;
  /** How long the reload scenario goes on. */
  readonly reloadSeconds: number;
  /** Another checkout, for the scenario of that name. */
  readonly against: string | undefined;
  readonly quick: boolean;
  readonly out: string | undefined;
  readonly command: string;
}

export const USAGE = `npm run bench -- [options]
  --only NAMES     some of ${[...STANDARD, ...SPECIAL].filter((name) => name !== 'against').join(',')}
  --policies, --ai-streams, --reload, --slow-sockets, --kill-worker   the same as --only with that name; not run unless asked for
  --against DIR    this tree beside another checkout of it, in which npm test has run
  --all            every scenario but that one
  --rounds N       default 3
  --quick          1 s a run and one round: a smoke test, not figures to quote
  --out FILE       default docs/benchmarks.md; with --quick default is no file`;

export function readOptions(args: readonly string[]): Options {
  const { values } = parsed(args);
  if (values.help) throw new UsageProblem(USAGE);
  const { quick } = values;
  const rounds = Number(values.rounds ?? (quick ? 1 : 3));
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new UsageProblem('--rounds: write a whole number from 1');
  const asked = [
    ...(values.only?.split(',').map(scenarioName) ?? []),
    ...SPECIAL.filter((name) => values[name]),
    ...(values.all ? [...STANDARD, ...SPECIAL].filter((name) => name !== 'against') : []),
  ];
  return {
    // whatever the order asked for: latency takes its rate from the scenarios before it
    scenarios: asked.length > 0 ? [...STANDARD, ...SPECIAL].filter((name) => asked.includes(name)) : STANDARD,
    rounds,
    warmUpSeconds: quick ? 1 : 2,
    seconds: quick ? 1 : 6,
    reloadSeconds: quick ? 5 : 60,
    against: values.against,
    quick,
    out: values.out ?? (quick ? undefined : 'docs/benchmarks.md'),
    command: ['npm run bench', ...(args.length > 0 ? ['--', ...args] : [])].join(' '),
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({
      args: [...args],
      options: {
        only: { type: 'string' },
        against: { type: 'string' },
        policies: { type: 'boolean', default: false },
        'ai-streams': { type: 'boolean', default: false },
        reload: { type: 'boolean', default: false },
        'slow-sockets': { type: 'boolean', default: false },
        'kill-worker': { type: 'boolean', default: false },
        all: { type: 'boolean', default: false },
        rounds: { type: 'string' },
        quick: { type: 'boolean', default: false },
        out: { type: 'string' },
        help: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    throw new UsageProblem(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  }
}

/** What is shown to whoever typed the command, instead of a stack. */
export class UsageProblem extends Error {}

function scenarioName(text: string): ScenarioName {
  const name = [...STANDARD, ...SPECIAL].find((known) => known === text.trim());
  if (name === undefined) throw new UsageProblem(`--only: there is no ${text}\n${USAGE}`);
  return name;
}
