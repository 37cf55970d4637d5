/** Where a ClickHouse server is, and as whom we speak to it. */
export interface ClickHousePlace {
  /** `http://host:port` or `https://…`; what may be told to anybody. */
  readonly url: string;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

const SCHEMES: ReadonlySet<string> = new Set(['clickhouse:', 'http:', 'https:']);
const DATABASE = 'gatehouse';
const YES = /^(?:1|true|yes)$/;
const NO = /^(?:0|false|no)$/;

/**
 * `clickhouse://user:password@host:8123/database`, by TLS with `?secure=true`; or with `http://` and `https://`, as the
 * server's own interface is written. A database may also be named by `?database=`. Errors do not repeat the text, which may
 * hold a password.
 */
export function parseClickHouseUrl(text: string): ClickHousePlace {
  // Only schemes of the web have their hosts checked.
  const url = URL.parse(text.replace(/^clickhouse:/i, 'http:'));
  const scheme = /^[a-z]+:/i.exec(text)?.[0].toLowerCase() ?? '';
  if (url === null || !SCHEMES.has(scheme) || url.hostname === '')
    throw new Error('write clickhouse://USER:PASSWORD@HOST:8123/DATABASE');
  const asked = new Map(url.searchParams);
  for (const name of asked.keys())
    if (name !== 'database' && name !== 'secure')
      throw new Error(`nobody knows “${name}”; there are database and secure`);
  const isSecure = scheme === 'https:' || isYes(asked.get('secure'));
  if (scheme === 'http:' && isSecure) throw new Error('http:// is not secure; write https://');
  const [host, port] = hostOf(url, { scheme, isSecure });
  return {
    url: `${isSecure ? 'https' : 'http'}://${host}:${port}`,
    user: unescaped(url.username, 'the user') || 'default',
    password: unescaped(url.password, 'the password'),
    database: databaseOf(url.pathname.slice(1), asked.get('database')),
  };
}

/** What may stand in logs. */
export const placeText = ({ url, database }: ClickHousePlace): string => `ClickHouse at ${url}, database ${database}`;

function hostOf(
  { hostname, port }: URL,
  { scheme, isSecure }: { readonly scheme: string; readonly isSecure: boolean },
): readonly [string, string] {
  if (scheme !== 'clickhouse:') return [hostname, port === '' ? (isSecure ? '443' : '80') : port];
  return [hostname, port === '' ? (isSecure ? '8443' : '8123') : port];
}

function databaseOf(inPath: string, asked: string | undefined): string {
  const name = asked ?? (inPath === '' ? DATABASE : inPath);
  if (/^[A-Za-z_]\w{0,62}$/.test(name)) return name;
  throw new Error('a database is named with letters, digits and _');
}

function isYes(text: string | undefined): boolean {
  if (text === undefined || NO.test(text)) return false;
  if (YES.test(text)) return true;
  throw new Error('secure is true or false');
}

function unescaped(text: string, what: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new Error(`${what} holds a % that escapes nothing; write %25 for %`);
  }
}
