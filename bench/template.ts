import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';

export type Facts = Readonly<Record<string, string | number>>;

/** A file of templates/ with its {{names}} filled in. */
export function template(name: string, facts: Facts): string {
  const text = readFileSync(path.join(import.meta.dirname, 'templates', name), 'utf8');
  return text.replaceAll(/\{\{(\w+)\}\}/g, (_whole, key: string) => {
    const fact = facts[key];
    if (fact === undefined) throw new Error(`${name} needs ${key}`);
    return String(fact);
  });
}

/** The same, written below `dir`; returns the path. */
export function writeTemplate(name: string, dir: string, facts: Facts): string {
  const file = path.join(dir, name);
  writeFileSync(file, template(name, { dir, ...facts }));
  return file;
}
