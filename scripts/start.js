// `npm start`: installs what is missing, then hands over to the gatehouse program under the Node that was installed.
import { install } from './install.js';

install({ development: false });
process.argv.splice(2, 0, 'start');
await import('../apps/cli/bin/gatehouse.js');
