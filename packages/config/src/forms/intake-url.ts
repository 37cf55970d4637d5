import { parsedText, type Parse } from './parsed.ts';

/** Where batches are sent: `http://` or `https://`, with a query where the receiver wants one, never with a password. */
export const parseIntakeUrl: Parse<string> = (text) => {
  if (!/^https?:\/\//i.test(text)) return { wrong: 'does not begin with http:// or https://, write a whole URL' };
  if (/[\s\\{}<>^|`"]|\p{Cc}/u.test(text)) return { wrong: 'holds a character that no URL has, escape it' };
  if (!URL.canParse(text)) return { wrong: 'is not a URL, check its host and its port' };
  const url = new URL(text);
  if (url.username !== '' || url.password !== '') return { wrong: 'holds a user name or a password, use `headers`' };
  if (text.includes('#')) return { wrong: 'holds a fragment, leave it out' };
  return { value: url.href };
};

export const intakeUrl = (options: { readonly description: string }) =>
  parsedText(parseIntakeUrl, { title: 'a URL', examples: ['https://logs.example.com/intake'], ...options });
