import { labelText } from '../forms/tokens.ts';
import { timeout } from '../forms/units.ts';
import { strictObject } from './strict-object.ts';

export const pluginSchema = strictObject(
  {
    file: labelText({
      title: 'a file',
      description: 'A TypeScript or JavaScript module, relative to this file, whose default export is a plugin.',
    }),
    timeout: timeout({
      description: 'How long a hook that waits may wait; then the call is refused.',
      default: '5s',
    }),
  },
  { description: 'A policy of your own: its name here is its name in lists of policies. See `docs/plugins.md`.' },
);
