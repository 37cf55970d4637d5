import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

export interface LoadedModule {
  /** As it is written: `node:http`, `typebox/value`, `@gatehouse/kernel`, `./policy.ts`. */
  readonly specifier: string;
  /** The file that imports it. */
  readonly from: string;
}

/**
 * All that a thread loads before its entry runs, found by reading: imports of types are gone by then, and what is imported
 * with `import()` comes later, if at all.
 */
export function loadedModules(entry: string): readonly LoadedModule[] {
  const found: LoadedModule[] = [];
  const seen = new Set([entry]);
  for (const file of seen) {
    for (const specifier of valueImports(readFileSync(file, 'utf8'))) {
      found.push({ specifier, from: file });
      const target = fileOf(specifier, file);
      if (target !== undefined) seen.add(target);
    }
  }
  return found;
}

/** An import without names too: it runs the module. */
export function valueImports(text: string): readonly string[] {
  const statements = text.matchAll(/^(?:import|export)\s+(?!type\b)(?:[\w*{][^;'"]*?\sfrom\s+)?'([^']+)'/gm);
  return [...statements].map((match) => match[1] ?? '');
}

/** Undefined for what is not ours. */
function fileOf(specifier: string, from: string): string | undefined {
  if (specifier.startsWith('.')) return path.join(path.dirname(from), specifier);
  const [, room, door = ''] = /^@gatehouse\/([^/]+)(?:\/(.+))?$/.exec(specifier) ?? [];
  if (room === undefined) return undefined;
  const folder = existsSync(`packages/${room}`) ? `packages/${room}` : `apps/${room}`;
  const manifest: unknown = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'));
  const doors = typeof manifest === 'object' && manifest !== null && 'exports' in manifest ? manifest.exports : {};
  const target = new Map<string, unknown>(Object.entries(doors ?? {})).get(door === '' ? '.' : `./${door}`);
  return typeof target === 'string' ? path.join(folder, target) : undefined;
}
