import { lookup } from 'node:dns/promises';
import path from 'node:path';
import { apiNameOf, defaultSpec, DOCUMENT_CHARS_MAX, readApiDocument, type ApiDocument } from '@gatehouse/governance';
import { stringify } from 'yaml';
import { CommandFailure } from '../failure.ts';
import { readConfigOnce } from '../read-config.ts';
import { writeNew } from '../write-new.ts';

export interface ImportOpenApiOptions {
  /** A file, or an address of HTTP. */
  readonly from: string;
  readonly name?: string;
  readonly upstream?: string;
  readonly document?: string;
  readonly out?: string;
  readonly json: boolean;
  readonly print: (line: string) => void;
  /** On stderr: what is printed is the configuration. */
  readonly note: (line: string) => void;
}

const FETCH_MS_MAX = 15_000;

/** `gatehouse import openapi FILE|URL`: the gatehouse.yaml that serves a document. */
export async function importOpenApi(options: ImportOpenApiOptions): Promise<void> {
  const { from, json, out, print, note } = options;
  const isUrl = /^https?:\/\//i.test(from);
  const read = readApiDocument(isUrl ? await fetched(from) : readConfigOnce(from));
  if ('problem' in read) throw new CommandFailure(`${from}: ${read.problem}`);
  const errors = read.findings.filter(({ severity }) => severity === 'error');
  if (errors.length > 0) {
    throw new CommandFailure(errors.map(({ pointer, message }) => `${from}#${pointer}: ${message}`).join('\n'));
  }
  const apis = { [options.name ?? apiNameOf(read.title.toLowerCase(), 'api')]: apiOf(read, options, isUrl) };
  if (options.document !== undefined) writeNew(options.document, `${read.text.trimEnd()}\n`);
  const yaml = stringify({ gatehouse: 1, apis });
  if (out !== undefined) writeNew(out, yaml);
  const { findings } = read;
  if (json) print(JSON.stringify({ findings, ...(out === undefined ? { yaml } : { file: out }) }));
  else {
    for (const { pointer, message } of findings) note(`${from}#${pointer}: ${message}`);
    print(out === undefined ? yaml.trimEnd() : `${out} is written`);
  }
}

function apiOf(read: ApiDocument, { from, upstream, document, out }: ImportOpenApiOptions, isUrl: boolean): object {
  const spec = { ...defaultSpec(read), ...(upstream !== undefined && { upstream }) };
  if (!('upstream' in spec)) {
    throw new CommandFailure(`${from}: the document does not say where the api is served, write --upstream URL`);
  }
  if (document === undefined && (isUrl || read.format === '2.0')) {
    const why = isUrl ? 'the gate reads documents from files' : 'the gate reads OpenAPI 3, not Swagger';
    throw new CommandFailure(`${from}: ${why}, say by --document FILE where to keep it`);
  }
  const { title, version } = read;
  return {
    ...(title !== '' && { title }),
    ...(version !== '' && { version }),
    ...spec,
    openapi: relative(document ?? from, out),
  };
}

/** As a gatehouse.yaml beside `out`, or here, names it. */
function relative(file: string, out: string | undefined): string {
  const from = out === undefined ? '.' : path.dirname(out);
  const found = path.relative(from, file).split(path.sep).join('/');
  return found.startsWith('.') ? found : `./${found}`;
}

/** From wherever this machine's user may go: it is their own command. It goes nowhere else, whatever a server says. */
async function fetched(url: string): Promise<string> {
  const { FetchRules, fetchOutside } = await import('@gatehouse/kernel/fetching');
  if (!URL.canParse(url)) throw new CommandFailure(`${url}: this is no URL`);
  const { hostname: host, port, protocol } = new URL(url);
  const hosts = (['https', 'http'] as const).map((scheme) => {
    const usual = scheme === 'https' ? 443 : 80;
    return { scheme, host, port: port !== '' && protocol === `${scheme}:` ? Number(port) : usual };
  });
  const resolve = async (name: string): Promise<readonly string[]> => {
    const found = await lookup(name, { all: true }).catch(() => []);
    return found.map(({ address }) => address);
  };
  const found = await fetchOutside(url, {
    rules: new FetchRules({ hosts, addresses: ['0.0.0.0/0', '::/0'] }, resolve),
    allowance: { bytesLeft: DOCUMENT_CHARS_MAX },
    signal: AbortSignal.timeout(FETCH_MS_MAX),
    userAgent: 'gatehouse-import',
  });
  if ('problem' in found) throw new CommandFailure(`${host}: ${found.problem}`);
  return found.bytes.toString('utf8');
}
