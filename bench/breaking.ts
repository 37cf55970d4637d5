/**
 * How long two large OpenAPI documents take to be compared: `node bench/breaking.ts [megabytes]`. Prints one line a
 * size, for the comparison alone and with JSON.parse, the best of three, and the memory that it took.
 */
import { performance } from 'node:perf_hooks';
import { compareDocuments } from '@gatehouse/governance';

const RUNS = 3;
const PROPERTIES = 12;
/** So many schemas refer to each other in a circle. */
const CIRCLE = 20;

/** A document of about so many bytes; `edition` 1 differs from 0 in one property of every tenth schema. */
function documentText(bytes: number, edition: 0 | 1): string {
  const schemas: Record<string, unknown> = {};
  const paths: Record<string, unknown> = {};
  const count = Math.ceil(bytes / 2420);
  for (let index = 0; index < count; index += 1) {
    schemas[`Thing${index}`] = thing(index, { count, edition });
    paths[`/things${index}/{id}`] = { get: reading(index), put: writing(index) };
  }
  return JSON.stringify({
    openapi: '3.1.0',
    info: { title: 'large', version: '1.0.0' },
    paths,
    components: { schemas },
  });
}

function thing(index: number, { count, edition }: Readonly<{ count: number; edition: 0 | 1 }>): object {
  const properties: Record<string, unknown> = {};
  for (let field = 0; field < PROPERTIES; field += 1) {
    const maxLength = 40 + field + (index % 10 === 0 && field === 3 ? edition : 0);
    properties[`field_${field}`] = { type: 'string', maxLength, description: 'What this field holds, in a few words.' };
  }
  properties['next'] = {
    $ref: `#/components/schemas/Thing${index % CIRCLE === CIRCLE - 1 || index + 1 === count ? index - (index % CIRCLE) : index + 1}`,
  };
  properties['kind'] = { type: 'string', enum: ['small', 'medium', 'large'] };
  return { type: 'object', required: ['field_0', 'field_1'], properties };
}

function content(index: number): object {
  return { 'application/json': { schema: { $ref: `#/components/schemas/Thing${index}` } } };
}

function reading(index: number): object {
  const parameters = [{ name: 'id', in: 'path', required: true, schema: { type: 'string' } }];
  const inline = { type: 'object', properties: { code: { type: 'string' }, detail: { type: 'string' } } };
  const refused = { description: 'Refused.', content: { 'application/problem+json': { schema: inline } } };
  const responses = { '200': { description: 'It.', content: content(index) }, default: refused };
  return { operationId: `getThing${index}`, summary: 'One thing.', parameters, responses };
}

function writing(index: number): object {
  const requestBody = { required: true, content: content(index) };
  return { ...reading(index), operationId: `putThing${index}`, requestBody };
}

function best(work: () => void): number {
  let least = Number.POSITIVE_INFINITY;
  for (let run = 0; run < RUNS; run += 1) {
    const start = performance.now();
    work();
    least = Math.min(least, performance.now() - start);
  }
  return least;
}

function measure(megabytes: number): void {
  const [old, newer] = [documentText(megabytes * 1e6, 0), documentText(megabytes * 1e6, 1)];
  const roots: readonly unknown[] = [JSON.parse(old), JSON.parse(newer)];
  const before = process.memoryUsage().heapUsed;
  const { changes, leftOut } = compareDocuments(roots[0], roots[1], { now: 0 });
  const heapMb = Math.round((process.memoryUsage().heapUsed - before) / 1e6);
  const aloneMs = best(() => void compareDocuments(roots[0], roots[1], { now: 0 }));
  const parsedMs = best(() => void compareDocuments(JSON.parse(old), JSON.parse(newer), { now: 0 }));
  const size = (old.length / 1e6).toFixed(1);
  const times = `${aloneMs.toFixed(0)} ms alone, ${parsedMs.toFixed(0)} ms with JSON.parse`;
  process.stdout.write(`2 × ${size} MB: ${times}, ${heapMb} MB of heap, ${changes.length + leftOut} changes\n`);
}

const [asked] = process.argv.slice(2).map(Number);
for (const megabytes of asked === undefined ? [0.75, 1.5, 3, 6] : [asked]) measure(megabytes);
