/**
 * What we value about the tree and can be checked by reading it: walls between rooms, names, sizes, who reads the
 * environment, which dependencies are accounted for. Prints every finding and ends with exit code 1 if there is one.
 */
import { readFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { loadedModules } from './loaded-modules.ts';

/** Who may import whom. A room that is not named here may not exist. */
const WALLS: Readonly<Record<string, readonly string[]>> = {
  'packages/kernel': [],
  'packages/http': ['kernel'],
  'packages/config': ['kernel', 'http'],
  'packages/router': ['kernel', 'config', 'http'],
  'packages/upstream': ['kernel', 'config'],
  'packages/counters': ['kernel'],
  'packages/record': ['kernel'],
  'packages/analytics': ['kernel', 'record'],
  'packages/telemetry': ['kernel', 'config', 'record'],
  'packages/directory': ['kernel'],
  'packages/cache': ['kernel', 'counters'],
  'packages/schema': ['kernel'],
  'packages/policies': ['kernel', 'config', 'http', 'counters', 'cache', 'schema'],
  'packages/plugin': ['kernel', 'policies'],
  'packages/ai': ['kernel', 'config'],
  'packages/governance': ['kernel', 'config', 'schema'],
  'packages/store': ['kernel'],
  'packages/services': ['kernel', 'config', 'governance', 'store', 'directory', 'analytics'],
  'apps/observer': ['kernel', 'config', 'record', 'analytics', 'telemetry'],
  'apps/control': ['kernel', 'config', 'governance', 'store', 'services', 'directory', 'record', 'analytics', 'ai'],
  'apps/gateway': [
    'kernel',
    'config',
    'http',
    'router',
    'upstream',
    'counters',
    'policies',
    'ai',
    'record',
    'cache',
    'directory',
  ],
  'apps/cli': [
    'kernel',
    'config',
    'gateway',
    'record',
    'directory',
    'ai',
    'policies',
    'plugin',
    'governance',
    'control',
    'observer',
    'analytics',
    'telemetry',
  ],
  'examples/users': [],
  'examples/plugins': ['plugin'],
  'examples/sinks': ['telemetry'],
};
/** Doors beside the main one, through which others may come. Those named `testing` are for tests only, of any room. */
const SIDE_DOORS: ReadonlySet<string> = new Set([
  '@gatehouse/ai/answer-schemas',
  '@gatehouse/analytics/store',
  '@gatehouse/analytics/testing',
  '@gatehouse/ai/demo',
  '@gatehouse/ai/prices',
  '@gatehouse/ai/prompts',
  '@gatehouse/ai/providers',
  '@gatehouse/ai/testing',
  '@gatehouse/config/log-fields',
  '@gatehouse/config/meaning',
  '@gatehouse/config/merging',
  '@gatehouse/control/audit',
  '@gatehouse/control/backup',
  '@gatehouse/control/store',
  '@gatehouse/counters/testing',
  '@gatehouse/kernel/fetching',
  '@gatehouse/kernel/testing',
  '@gatehouse/plugin/checking',
  '@gatehouse/plugin/testing',
  '@gatehouse/policies/fakes',
  '@gatehouse/policies/schemas',
  '@gatehouse/policies/testing',
  '@gatehouse/record/spool',
  '@gatehouse/services/judging',
  '@gatehouse/services/testing',
  '@gatehouse/store/testing',
  '@gatehouse/telemetry/exposition',
  '@gatehouse/telemetry/testing',
  '@gatehouse/upstream/probing',
  '@gatehouse/upstream/testing',
]);
/** Who tests, and so may use doors named `testing`. */
const TESTS = /\.test\.ts$|\/testing\/|\/test\/|__fixtures__/;
/** What each thread may load besides Node and the main doors of rooms. Every thread pays its memory anew. */
const THREADS: Readonly<Record<string, readonly string[]>> = {
  'apps/cli/src/main.ts': [
    'commander',
    '@gatehouse/ai/providers',
    '@gatehouse/config/log-fields',
    '@gatehouse/config/meaning',
    '@gatehouse/config/merging',
    '@gatehouse/telemetry/exposition',
    '@gatehouse/upstream/probing',
  ],
  'apps/gateway/src/worker.ts': [],
  'packages/record/src/recorder/recorder-thread.ts': [],
};
/** The only files of the policies' room that may load the schema language: what runs a policy does without. */
const POLICY_SCHEMA_FILES = /\/schema\.ts$|\/schema-parts\.ts$|\/policy-schemas?\.ts$/;
/** Siblings inside a room that know nothing of each other: a policy never imports a policy. */
const APART = ['packages/policies/src', 'packages/ai/src/providers'];
/** Folders among them that are for all of them. */
const SHARED: ReadonlySet<string> = new Set(['testing', 'contract']);
const FORBIDDEN_NAMES = /(?:^|[-/])(?:utils?|helpers?|common|misc|manager|v2)(?:[-./]|$)/;
const LINES_MAX = 400;
/** Files that may be longer; the list may only shrink. */
const LONG_FILES: ReadonlySet<string> = new Set([
  'packages/http/src/forward.ts',
  'packages/http/src/server-connection.ts',
]);
/** Files that may read the environment. */
const READS_ENVIRONMENT =
  /^(?:apps|examples)\/[^/]+\/src\/main\.ts$|^scripts\/|\.test\.ts$|^bench\/|\/testing\/|__fixtures__/;

const findings: string[] = [];

function tracked(): string[] {
  const listed = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { encoding: 'utf8' });
  return listed.split('\n').filter((file) => file !== '');
}

function read(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined; // deleted, and not yet committed
  }
}

function roomOf(file: string): string {
  return file.split('/').slice(0, 2).join('/');
}

function importsOf(text: string): string[] {
  return [...text.matchAll(/(?:from|import)\s+'([^']+)'/g)].map((match) => match[1] ?? '');
}

function checkWalls(file: string, text: string): void {
  const room = roomOf(file);
  const allowed = WALLS[room];
  if (allowed === undefined) {
    findings.push(`${file}: the room ${room} is not in the plan (scripts/tidy.ts, WALLS)`);
    return;
  }
  for (const specifier of importsOf(text)) {
    const target = /^@gatehouse\/([^/]+)/.exec(specifier)?.[1];
    const forTests = specifier.endsWith('/testing') && TESTS.test(file);
    if (target !== undefined && !allowed.includes(target) && !forTests)
      findings.push(`${file}: ${room} may not import ${specifier}`);
    if (/^@gatehouse\/[^/]+\//.test(specifier)) checkDoor(file, specifier);
    if (specifier.startsWith('.')) checkApart(file, specifier);
  }
}

function checkDoor(file: string, specifier: string): void {
  if (!SIDE_DOORS.has(specifier)) findings.push(`${file}: ${specifier} goes past the room's door`);
  else if (specifier.endsWith('/testing') && !TESTS.test(file)) findings.push(`${file}: ${specifier} is for tests`);
}

function checkPolicyRuntime(file: string, text: string): void {
  if (!file.startsWith('packages/policies/src/') || TESTS.test(file) || POLICY_SCHEMA_FILES.test(file)) return;
  for (const specifier of importsOf(text)) {
    if (/^typebox\b/.test(specifier)) findings.push(`${file}: runs in workers, which load no ${specifier}`);
  }
}

function checkThread(entry: string, allowed: readonly string[]): void {
  for (const { specifier, from } of loadedModules(entry)) {
    const plain = /^(?:node:|\.|@gatehouse\/[^/]+$)/.test(specifier);
    if (!plain && !allowed.includes(specifier)) findings.push(`${from}: ${specifier} would be loaded by ${entry}`);
  }
}

function checkApart(file: string, specifier: string): void {
  const target = path.posix.join(path.posix.dirname(file), specifier);
  if (roomOf(target) !== roomOf(file)) findings.push(`${file}: ${specifier} reaches into another room`);
  for (const parent of APART) {
    const own = siblingIn(parent, file);
    const other = siblingIn(parent, target);
    if (own !== undefined && other !== undefined && own !== other && !SHARED.has(other)) {
      findings.push(`${file}: ${own} may not import ${other}`);
    }
  }
}

/** The folder directly below `parent` that holds `file`, if any. */
function siblingIn(parent: string, file: string): string | undefined {
  if (!file.startsWith(`${parent}/`)) return undefined;
  const [first, ...rest] = file.slice(parent.length + 1).split('/');
  return rest.length === 0 ? undefined : first;
}

function checkFile(file: string, text: string): void {
  if (FORBIDDEN_NAMES.test(file)) findings.push(`${file}: the name says nothing; name it after what it does`);
  const lines = text.split('\n').length;
  const long = LONG_FILES.has(file);
  if (lines > LINES_MAX && !long && !file.endsWith('.test.ts'))
    findings.push(`${file}: ${lines} lines, more than ${LINES_MAX}`);
  if (lines <= LINES_MAX && long) findings.push(`${file}: is short now; take it off LONG_FILES`);
  if (
    /process\.env\b|\{ env \} = process/.test(text) &&
    !READS_ENVIRONMENT.test(file) &&
    file !== 'apps/cli/src/demo/demo-users.ts'
  ) {
    findings.push(`${file}: only a main.ts reads the environment`);
  }
  if (/@ts-(?:ignore|expect-error|nocheck)/.test(text) && file !== 'scripts/tidy.ts')
    findings.push(`${file}: silences the compiler`);
}

/** Every dependency has its line in docs/dependencies.md, and every line its dependency. */
function checkDependencies(files: readonly string[]): void {
  const names = new Set(files.filter((file) => path.basename(file) === 'package.json').flatMap(dependenciesOf));
  const listed = new Set(
    [...(read('docs/dependencies.md') ?? '').matchAll(/^\| `([^`]+)` \|/gm)].map((match) => match[1] ?? ''),
  );
  for (const name of names) if (!listed.has(name)) findings.push(`docs/dependencies.md: ${name} has no line`);
  for (const name of listed)
    if (!names.has(name)) findings.push(`docs/dependencies.md: ${name} is not a dependency any more`);
}

function dependenciesOf(file: string): string[] {
  const manifest: unknown = JSON.parse(read(file) ?? '{}');
  if (typeof manifest !== 'object' || manifest === null) return [];
  return Object.entries(manifest)
    .filter(([key]) => /^(?:dev|optional|peer)?dependencies$/i.test(key))
    .flatMap(([, value]) => Object.keys(typeof value === 'object' && value !== null ? value : {}))
    .filter((name) => !name.startsWith('@gatehouse/'));
}

const files = tracked();
for (const file of files) {
  if (!file.endsWith('.ts')) continue;
  const text = read(file);
  if (text === undefined) continue;
  checkFile(file, text);
  if (/^(?:packages|apps|examples)\//.test(file)) checkWalls(file, text);
  checkPolicyRuntime(file, text);
}
for (const [entry, allowed] of Object.entries(THREADS)) checkThread(entry, allowed);
checkDependencies(files);

for (const finding of findings) process.stdout.write(`${finding}\n`);
process.stdout.write(findings.length === 0 ? 'tidy\n' : `${findings.length} findings\n`);
process.exitCode = findings.length === 0 ? 0 : 1;
