// Loaded with --import in front of the program, and so in each of its threads: gives our sources without their types.
import { registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';
import { strippedText } from './stripped-text.js';

registerHooks({
  load(url, context, next) {
    const source = url.startsWith('file:') && url.endsWith('.ts') ? strippedText(fileURLToPath(url)) : undefined;
    return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
  },
});
