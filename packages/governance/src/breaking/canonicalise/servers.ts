import { fieldOf, listOf, objectOf, textOf } from './raw-value.ts';

/** Addresses of the servers in their one form, with the defaults of their variables; none where none are written. */
export function serversOf(owner: unknown): ReadonlySet<string> {
  const urls = listOf(fieldOf(owner, 'servers')).map((server) => {
    const variables = objectOf(fieldOf(server, 'variables'));
    const url = textOf(fieldOf(server, 'url')) ?? '/';
    const filled = url.replaceAll(/\{([^{}]*)\}/g, (whole, name: string) => {
      return Object.hasOwn(variables, name) ? (textOf(fieldOf(variables[name], 'default')) ?? whole) : whole;
    });
    return withoutSlash(filled);
  });
  return new Set(urls);
}

function withoutSlash(url: string): string {
  const host = /^[a-z][a-z0-9+.-]*:\/\/[^/]*/i.exec(url)?.[0] ?? '';
  const rest = url.slice(host.length);
  return host.toLowerCase() + (rest.endsWith('/') ? rest.slice(0, -1) : rest);
}

export function basePathOf(url: string): string {
  const rest = url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/]*/i, '');
  return rest === '' ? '/' : rest;
}
