import { createHash } from 'node:crypto';
import { registerHooks } from 'node:module';
import { pathToFileURL } from 'node:url';

const texts = new Map<string, string>();
let hooked = false;

/**
 * Loads a module from a text that is at hand, as if it stood in `file`: what it imports is looked up from there. A text
 * that was loaded before is the same module; a changed one is another.
 */
export async function importText(file: string, code: string): Promise<unknown> {
  const digest = createHash('sha256').update(code).digest('hex').slice(0, 16);
  const url = `${pathToFileURL(file).href}?gatehouse=${digest}`;
  texts.set(url, code);
  hook();
  const module: unknown = await import(url);
  return typeof module === 'object' && module !== null ? Reflect.get(module, 'default') : undefined;
}

/** Only in threads that have plugins. */
function hook(): void {
  if (hooked) return;
  hooked = true;
  registerHooks({
    // The file need not be there any more, nor hold the same.
    resolve: (specifier, context, next) =>
      texts.has(specifier) ? { url: specifier, format: 'module', shortCircuit: true } : next(specifier, context),
    load(url, context, next) {
      const source = texts.get(url);
      return source === undefined ? next(url, context) : { format: 'module', source, shortCircuit: true };
    },
  });
}
