// `npm start`: installs what is missing, then hands over to the gatehouse program under the Node that was installed.
import { install } from './install.js';

const WATCH_MS = 500;

install({ development: false });
process.argv.splice(2, 0, 'start');
await import('../apps/cli/bin/gatehouse.js');

// npm ends at SIGTERM without passing it on: once it is gone, nobody waits for us any more, and we end as it was asked to.
const parent = process.ppid;
const watch = setInterval(() => {
  if (process.ppid === parent) return;
  clearInterval(watch);
  process.kill(process.pid, 'SIGTERM');
}, WATCH_MS);
watch.unref();
