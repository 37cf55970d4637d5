/** What a call costs its worker to be recorded: its line, and the batcher. Run: `taskset -c 0 node bench/recording.ts`. */
import { RecordBatcher, recordLine } from '../packages/record/src/index.ts';
import { sampleCalls } from '../packages/analytics/src/testing/sample-calls.ts';

const AT_MS = 1_795_764_183_861;
const CALLS = 1_000_000;
/** As in a configuration: a route is of one version of one api, a key of one application and one plan. */
const records = sampleCalls({ count: 300, fromMs: AT_MS, toMs: AT_MS + 20 })
  .filter(({ aiModel }) => aiModel === undefined)
  .map((record) => ({
    ...record,
    route: `${record.api}-${record.version} ${record.method} /v1/${record.route}`,
    credential: record.application && `${record.application} ${record.plan}`,
    guardMs: 0.01,
    identifyMs: 0.02,
    admitMs: 0.004,
    connectMs: 0.2,
    firstByteMs: 1.5,
    bodyMs: 0.1,
    upstream: 'http://127.0.0.1:9000',
    traceId: '4bf92f3577b34da6a3ce929d0e0e4736',
    spanId: '00f067aa0ba902b7',
    userAgent: 'node/26',
  }));
const batcher: RecordBatcher = new RecordBatcher((bytes) => batcher.acknowledge(bytes.length), {
  worker: 0,
  now: () => AT_MS,
});

for (let round = 0; round < 4; round++) {
  const before = process.threadCpuUsage();
  for (let call = 0; call < CALLS; call++) {
    const record = records[call % records.length];
    if (record !== undefined) batcher.add(recordLine(record));
  }
  const { user, system } = process.threadCpuUsage(before);
  if (round > 0) console.log(`${((user + system) / CALLS).toFixed(2)} µs of CPU a call`);
}
