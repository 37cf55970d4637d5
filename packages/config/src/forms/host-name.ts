import { domainToASCII } from 'node:url';
import { meaning, parsedText, type Parse } from './parsed.ts';

/** Lower case, international names in their ASCII form; `*.example.com` stands for one or more labels in front. */
export const parseHost: Parse<string> = (text) => {
  const wildcard = text.startsWith('*.');
  const name = wildcard ? text.slice(2) : text;
  if (/^\[[0-9A-Fa-f:.]+\]$/.test(name) && !wildcard) {
    if (!URL.canParse(`http://${name}/`)) return { wrong: 'is not an IPv6 address' };
    return { value: new URL(`http://${name}/`).hostname };
  }
  if (name.includes('*')) return { wrong: 'has a * that is not its first label, write *.example.com' };
  if (/[/:]/.test(name)) return { wrong: 'is not a bare host name, leave out scheme, port and path' };
  const ascii = domainToASCII(name);
  const proper =
    ascii.length <= 253 && ascii.split('.').every((label) => /^[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?$/.test(label));
  if (!proper) return { wrong: 'is not a host name, write one such as api.example.com or *.example.com' };
  return { value: wildcard ? `*.${ascii}` : ascii };
};

export const hostText = (options: { readonly description: string }) =>
  parsedText(parseHost, { title: 'a host name', examples: ['api.example.com', '*.example.com'], ...options });

export const host = (text: string): string => meaning(parseHost, text);
