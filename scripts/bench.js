// `npm run bench`: installs what is missing, then measures us and others; bench/README.md says how.
import { spawnSync } from 'node:child_process';
import path from 'node:path';
import { environment, install, ROOT } from './install.js';

install({ development: true });

const args = [path.join(ROOT, 'bench', 'run.ts'), ...process.argv.slice(2)];
const run = spawnSync('node', args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: environment() });
if (run.error !== undefined) process.stderr.write(`bench cannot run: ${run.error.message}\n`);
process.exit(run.status ?? 1);
