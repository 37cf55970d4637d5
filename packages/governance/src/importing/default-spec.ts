import type { ApiDocument } from './read-api-document.ts';

/** What an api of a gatehouse.yaml says when nobody says more: served as its document has it, and held to it. */
export function defaultSpec({ root }: ApiDocument): Readonly<Record<string, unknown>> {
  const { servers } = root;
  const [first]: readonly unknown[] = Array.isArray(servers) ? servers : [];
  const url = typeof first === 'object' && first !== null && 'url' in first ? first.url : undefined;
  return { ...placeOf(url), policies: [{ validate: {} }] };
}

const NOWHERE = 'http://relative.invalid';

/** Where it is served now is where its upstream is; the path of the address is that of the api, and stays on the way up. */
function placeOf(url: unknown): Readonly<Record<string, unknown>> {
  if (typeof url !== 'string' || url.length > 2000 || /[{}]/.test(url)) return {};
  const parsed = URL.canParse(url, NOWHERE) ? new URL(url, NOWHERE) : undefined;
  if (parsed === undefined || !/^https?:$/.test(parsed.protocol)) return {};
  const basePath = parsed.pathname.replace(/\/+$/, '');
  const isAbsolute = /^https?:\/\//i.test(url) && parsed.username === '' && parsed.password === '';
  return {
    ...(basePath !== '' && { basePath, stripBasePath: false }),
    ...(isAbsolute && { upstream: parsed.origin }),
  };
}

/** A name for records, headers and metrics, of what somebody wrote for people. */
export function apiNameOf(text: string, otherwise: string): string {
  const name = text
    .slice(0, 200)
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .replaceAll(/^[-._]+|[-._]+$/g, '')
    .slice(0, 64);
  return name === '' ? otherwise : name;
}
