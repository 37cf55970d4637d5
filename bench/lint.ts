/**
 * What `gatehouse lint` takes for documents of 0.75, 1.5 and 3 MB, in YAML and JSON: `node bench/lint.ts`. Prints a table
 * of wall time and the largest resident memory of the process; linear work has times in proportion to sizes.
 */
import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { stringify } from 'yaml';

const SIZES_MB = [0.75, 1.5, 3];
const ROUNDS = 3;
const CLI = path.join(import.meta.dirname, '../apps/cli/src/main.ts');

/** A document of many resources, each with four operations and three schemas, about as large as asked. */
function documentOf(megabytes: number, write: (document: object) => string): string {
  const perResource = write({ ...resource(0).paths, ...resource(0).schemas }).length;
  const count = Math.ceil((megabytes * 1e6) / perResource);
  const all = Array.from({ length: count }, (_, i) => resource(i));
  return write({
    openapi: '3.1.0',
    info: {
      title: 'Many things',
      version: '1.0.0',
      'x-api-id': 'many-things',
      'x-audience': 'company-internal',
      'x-stability-level': 'stable',
    },
    servers: [{ url: 'https://api.acme.dev/v1' }],
    paths: Object.assign({}, ...all.map(({ paths }) => paths)),
    components: { schemas: Object.assign({ Problem: PROBLEM }, ...all.map(({ schemas }) => schemas)) },
  });
}

const PROBLEM = {
  type: 'object',
  properties: { type: text('The kind'), title: text('In words'), detail: text('More') },
};

function text(description: string): object {
  return { type: 'string', description, maxLength: 200 };
}

function resource(i: number): { readonly paths: object; readonly schemas: object } {
  const [name, schema] = [`things-${i}`, `Thing${i}`];
  const json = (type: string): object => ({ content: { 'application/json': { schema: ref(type) } } });
  const problem = { description: 'Wrong', content: { 'application/problem+json': { schema: ref('Problem') } } };
  const responses = (type: string): object => ({
    200: { description: 'Fine', ...json(type) },
    400: problem,
    500: problem,
  });
  const id = { name: 'id', in: 'path', required: true, description: 'Which', schema: text('An id') };
  const query = ['limit', 'cursor', 'sortBy'].map((each) => ({
    name: each,
    in: 'query',
    description: 'How',
    schema: text(each),
  }));
  return {
    paths: {
      [`/${name}`]: {
        get: {
          operationId: `list${schema}`,
          summary: 'List',
          parameters: query,
          responses: responses(`${schema}Page`),
        },
        post: {
          operationId: `create${schema}`,
          summary: 'Create',
          requestBody: json(schema),
          responses: responses(schema),
        },
      },
      [`/${name}/{id}`]: {
        parameters: [id],
        get: { operationId: `get${schema}`, summary: 'Get', responses: responses(schema) },
        delete: { operationId: `delete${schema}`, summary: 'Delete', responses: responses(schema) },
      },
    },
    schemas: {
      [schema]: {
        type: 'object',
        properties: Object.fromEntries(
          ['id', 'name', 'createdAt', 'state', 'owner', 'size'].map((each) => [each, text(`The ${each} of the thing`)]),
        ),
      },
      [`${schema}Page`]: {
        type: 'object',
        properties: { items: { type: 'array', maxItems: 100, items: ref(schema) }, next: text('The next page') },
      },
      [`${schema}Parts`]: {
        allOf: [ref(schema), { properties: { parts: { type: 'array', items: ref(`${schema}Parts`) } } }],
      },
    },
  };
}

function ref(name: string): object {
  return { $ref: `#/components/schemas/${name}` };
}

interface Figures {
  readonly seconds: number;
  readonly megabytes: number;
}

async function measured(file: string): Promise<Figures> {
  const started = performance.now();
  const child = spawn(process.execPath, [CLI, 'lint', file, '--json'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let kilobytes = 0;
  const watch = setInterval(() => (kilobytes = Math.max(kilobytes, residentPeak(child.pid ?? 0))), 10);
  child.stdout.resume();
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  clearInterval(watch);
  if (code !== 0 && code !== 1) throw new Error(`gatehouse lint ended with ${String(code)}`);
  return { seconds: (performance.now() - started) / 1000, megabytes: kilobytes / 1000 };
}

/** In kilobytes; 0 where the system does not tell. */
function residentPeak(pid: number): number {
  try {
    return Number(/^VmHWM:\s*(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

const WRITERS: readonly (readonly [name: string, (document: object) => string])[] = [
  ['yaml', (document) => stringify(document, { aliasDuplicateObjects: false })],
  ['json', (document) => JSON.stringify(document, null, 2)],
];

const folder = mkdtempSync(path.join(os.tmpdir(), 'gatehouse-lint-'));
try {
  process.stdout.write('| document | time | memory |\n| --- | ---: | ---: |\n');
  for (const [name, write] of WRITERS) {
    for (const size of SIZES_MB) {
      const file = path.join(folder, `${size}.${name}`);
      writeFileSync(file, documentOf(size, write));
      const rounds: Figures[] = [];
      for (let i = 0; i < ROUNDS; i++) rounds.push(await measured(file));
      const best = rounds.toSorted((a, b) => a.seconds - b.seconds)[1] ?? { seconds: 0, megabytes: 0 };
      const bytes = readFileSync(file).length / 1e6;
      process.stdout.write(
        `| ${bytes.toFixed(2)} MB ${name} | ${best.seconds.toFixed(2)} s | ${best.megabytes.toFixed(0)} MB |\n`,
      );
    }
  }
} finally {
  rmSync(folder, { recursive: true });
}
