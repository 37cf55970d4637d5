import { InvalidArgumentError } from 'commander';

/**
 * Under which address people reach the console, such as `https://gate.example.com`: scheme, host and port alone, because
 * cookies, passkeys and the checks of where a page comes from know no paths.
 */
export function parsePublicUrl(text: string): string {
  const url = URL.parse(text);
  const isWeb = url !== null && /^https?:$/.test(url.protocol);
  const hasMore = url !== null && (url.pathname !== '/' || url.search + url.hash + url.username + url.password !== '');
  if (isWeb && !hasMore && !/[?#]/.test(text)) return url.origin;
  throw new InvalidArgumentError('write https://HOST or https://HOST:PORT, without a path.');
}
