import { aiContenders, startFakeProvider, type AiContender } from '../ai-contenders.ts';
import type { Bench, Section } from '../bench.ts';
import { failures, loadTable } from '../figures.ts';
import { interleaved, measure, using, type Outcome, type Sample } from '../measure.ts';
import { probe } from '../probe.ts';
import type { Service } from '../service.ts';
import type { Load } from '../wrk.ts';

/** Calls that are cut off at the end of a run are paid for and not counted: few, so that this says little of slow gateways. */
const CONNECTIONS = 16;
const KINDS = ['plain', 'streamed'] as const;
type Kind = (typeof KINDS)[number];
type Samples = Readonly<Record<Kind, Sample>>;

export async function chat(bench: Bench): Promise<Section> {
  const contenders = aiContenders(bench);
  return using(await startFakeProvider(bench), async ({ port: provider }) => {
    const runners = contenders.map((contender) => ({
      name: contender.name,
      needs: [],
      run: async () => one(bench, contender, provider),
    }));
    const outcome = await interleaved(bench, runners);
    const kinds = KINDS.map((kind) => ({ kind, outcome: pick(outcome, kind) }));
    const absent = ['Portkey', 'LiteLLM'].filter((name) => !contenders.some((contender) => contender.name === name));
    return {
      method:
        'One fake provider in OpenAI’s format behind each gateway; streamed replies come in 20 chunks. Gatehouse checks a key and the models that it may call, counts against a limit and records every call with its tokens. Portkey and LiteLLM run as they come, one process, without keys of their own and with nothing recorded. 16 connections. By its own design Portkey waits 25 ms before the first chunk of a stream, which bounds its streams a second but costs no CPU.',
      tables: kinds.map((of) => {
        const { head, rows } = loadTable(of.outcome, 'Portkey', 'call');
        return { head: [`gateway, ${of.kind}`, ...head.slice(1)], rows };
      }),
      notes: [
        ...kinds.flatMap((of) => failures(of.outcome).map((line) => `${of.kind}: ${line}`)),
        ...outcome.skipped,
        ...absent.map((name) => `${name} could not be installed here and is left out.`),
      ],
    };
  });
}

async function one(bench: Bench, contender: AiContender, provider: number): Promise<Samples> {
  return using(await contender.start(bench, provider), async (service) => {
    const load = (kind: Kind): Load => callOf(kind, contender.headers(provider));
    await probe(service, load('plain'), { status: 200, holds: 'whoever holds a key' });
    await probe(service, load('streamed'), { status: 200, holds: '[DONE]' });
    const named = (kind: Kind): Service => ({ ...service, name: `${service.name}, ${kind}` });
    const plain = await measure(bench, named('plain'), load('plain'));
    return { plain, streamed: await measure(bench, named('streamed'), load('streamed')) };
  });
}

function callOf(kind: Kind, headers: Readonly<Record<string, string>>): Load {
  const messages = [
    { role: 'system', content: 'You are terse.' },
    { role: 'user', content: 'Who may pass through the gate?' },
  ];
  const body = JSON.stringify({ model: 'bench', messages, ...(kind === 'streamed' ? { stream: true } : {}) });
  return { method: 'POST', paths: ['/v1/chat/completions'], headers, body, connections: CONNECTIONS };
}

function pick(outcome: Outcome<Samples>, kind: Kind): Outcome<Sample> {
  const samples = [...outcome.samples].map(([name, runs]) => [name, runs.map((run) => run[kind])] as const);
  return { samples: new Map(samples), skipped: outcome.skipped };
}
