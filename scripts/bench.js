// `npm run bench`: installs what is missing, then measures us and others; bench/README.md says how.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { environment, install, ROOT } from './install.js';

install({ development: true });

const args = [path.join(ROOT, 'bench', 'run.ts'), ...process.argv.slice(2)];
const child = spawn('node', args, { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: environment() });
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal));
child.on('error', (error) => {
  process.stderr.write(`bench cannot run: ${error.message}\n`);
  process.exit(2);
});
child.on('exit', (code) => process.exit(code ?? 1));
