import { parsedText } from './parsed.ts';

/** RFC 1035 §2.3.4; underscores begin the labels of services (RFC 2782). */
const DNS_NAME =
  /^(?=.{1,253}\.?$)(?:[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9])?\.)*[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.?$/;
const ADDRESS = /^[\d.]+$/;

export const dnsNameText = (options: { readonly description: string }) =>
  parsedText(
    (text) =>
      DNS_NAME.test(text) && !ADDRESS.test(text)
        ? { value: text }
        : {
            wrong: 'is not a name that can be looked up, write one such as users.internal or _http._tcp.users.internal',
          },
    { title: 'a name in DNS', examples: ['users.internal', '_http._tcp.users.internal'], ...options },
  );
