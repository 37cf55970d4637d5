import { Worker } from 'node:worker_threads';
import { compare, judge, ServiceError, type ServiceContext } from '@gatehouse/services';
import { asJudgement, type Judgement, type Order, type Verdicts } from './judgement.ts';

const ENTRY = new URL('judge-thread.ts', import.meta.url);
/** What takes less than a thread takes to start: some 50 ms. */
const AT_ONCE_CHARS_MAX = 200_000;
/** Some ten times what 10 MB take. */
const TIME_MAX_MS = 45_000;
const HEAP_MAX_MB = 1024;
/** So many wait for the one that is judged; whoever comes then comes again. */
const WAITING_MAX = 8;

const AT_ONCE: { readonly [Kind in keyof Verdicts]: (ctx: ServiceContext, input: unknown) => Verdicts[Kind] } = {
  lint: judge,
  compare,
};

let last: Promise<unknown> = Promise.resolve();
let waiting = 0;

/**
 * Lints or compares what anybody may send, in a thread of its own where it is large: one after another, so that many large
 * documents at once neither hold up the admin API nor take its memory.
 */
export async function judgeAside<Kind extends keyof Verdicts>(
  ctx: ServiceContext,
  kind: Kind,
  { body: input, chars }: { readonly body: unknown; readonly chars: number },
): Promise<Verdicts[Kind]> {
  if (chars <= AT_ONCE_CHARS_MAX) return AT_ONCE[kind](ctx, input);
  if (waiting >= WAITING_MAX) {
    const busy = 'many large documents are being judged, try again';
    throw new ServiceError('admin.throttled', busy, { retryAfterS: 5 });
  }
  waiting++;
  const turn = last.then(async () => judgedBy<Kind>({ kind, input, nowMs: ctx.clock.now() }));
  last = turn.catch(() => undefined);
  try {
    const judgement = await turn;
    if ('refusal' in judgement) throw new ServiceError('admin.invalid', judgement.refusal, judgement.facts);
    return judgement.body;
  } finally {
    waiting--;
  }
}

async function judgedBy<Kind extends keyof Verdicts>(order: Order): Promise<Judgement<Kind>> {
  const resourceLimits = { maxOldGenerationSizeMb: HEAP_MAX_MB };
  const thread = new Worker(ENTRY, { workerData: order, resourceLimits, name: 'judge' });
  let timer: NodeJS.Timeout | undefined;
  try {
    return await new Promise<Judgement<Kind>>((resolve, reject) => {
      thread.once('message', (message: unknown) => resolve(asJudgement<Kind>(message)));
      thread.once('error', (error: unknown) => {
        const isTooLarge = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
        if (isTooLarge) resolve({ refusal: `it takes more than ${HEAP_MAX_MB} MB to judge` });
        else reject(error instanceof Error ? error : new Error(String(error)));
      });
      thread.once('exit', (code) => reject(new Error(`the thread that judges ended with ${code}`)));
      timer = setTimeout(
        () => resolve({ refusal: `it takes more than ${TIME_MAX_MS / 1000} s to judge` }),
        TIME_MAX_MS,
      );
    });
  } finally {
    clearTimeout(timer);
    await thread.terminate();
  }
}
