import { describe, expect, it } from 'vitest';
import { FetchRules, type FetchHost } from './fetch-rules.ts';

const ANY: readonly FetchHost[] = [{ scheme: 'https', host: '*', port: 443 }];

function rules(hosts = ANY, addresses: readonly string[] = [], found: readonly string[] = []): FetchRules {
  return new FetchRules({ hosts, addresses }, async () => found);
}

const { signal } = new AbortController();

async function placed(url: string, to: FetchRules): Promise<string> {
  const read = to.read(url);
  if ('problem' in read) return read.problem;
  const place = await to.place(read, signal);
  return 'problem' in place ? place.problem : place.address;
}

describe('an address', () => {
  it.each([
    ['https://a.example/b.png?c=d#e', 'https://a.example/b.png?c=d#e'],
    ['https://a.example:443/', 'https://a.example/'],
    ['https://bücher.example/ü.png', 'https://xn--bcher-kva.example/%C3%BC.png'],
    ['HTTPS://A.EXAMPLE', 'https://a.example/'],
    ['https://8.8.8.8/', 'https://8.8.8.8/'],
    ['https://[2606:4700::1111]/', 'https://[2606:4700::1111]/'],
  ])('%s is read', (text, href) => {
    expect(rules().read(text)).toMatchObject({ href });
  });

  const odd = 'has an address that is written oddly';
  const none = 'has an address that is no URL';
  const elsewhere = 'is not among the hosts to fetch from';
  it.each([
    ['', none],
    ['a.example/b', none],
    ['https://', none],
    ['https://a b/', none],
    ['https://a.example/\n', none],
    ['https://a.example\\@127.0.0.1/', none],
    ['ht\ntps://a.example/', none],
    ['https://256.0.0.1/', none],
    ['http://a.example/', elsewhere],
    ['ftp://a.example/', elsewhere],
    ['file:///etc/passwd', elsewhere],
    ['data:image/png;base64,AA==', elsewhere],
    ['gopher://a.example/', elsewhere],
    ['https://a.example:22/', elsewhere],
    ['https://a.example:80/', elsewhere],
    ['https://a.example:8443/', elsewhere],
    ['https://user@a.example/', 'has an address with a user name'],
    ['https://user:secret@a.example/', 'has an address with a user name'],
    ['https://:secret@a.example/', 'has an address with a user name'],
    ['https://a.example@127.0.0.1/', 'has an address with a user name'],
    ['https://0177.0.0.1/', odd],
    ['https://0x7f.0.0.1/', odd],
    ['https://2130706433/', odd],
    ['https://017700000001/', odd],
    ['https://0x7f000001/', odd],
    ['https://127.1/', odd],
    ['https://127.0.0.1./', odd],
    ['https://１２７.0.0.1/', odd],
    ['https://8.8.2056/', odd],
    ['https://[0:0:0:0:0:ffff:7f00:1]/', odd],
    ['https://[::ffff:127.0.0.1]/', odd],
    [`https://a.example/${'a'.repeat(9000)}`, 'has too long an address'],
  ])('%j is refused', (text, problem) => {
    expect(rules().read(text)).toEqual({ problem });
  });
});

describe('the machine behind an address', () => {
  const inside = 'is not on the public internet';
  it.each([
    ['https://127.0.0.1/', inside],
    ['https://10.0.0.1/', inside],
    ['https://169.254.169.254/latest/meta-data/', inside],
    ['https://[::1]/', inside],
    ['https://[fd00:ec2::254]/', inside],
    ['https://[64:ff9b::7f00:1]/', inside],
    ['https://[::ffff:7f00:1]/', inside],
    ['https://8.8.8.8/', '8.8.8.8'],
  ])('of %s', async (url, expected) => {
    expect(await placed(url, rules())).toBe(expected);
  });

  it.each([
    ['one that is private', ['10.0.0.1'], inside],
    ['loopback', ['127.0.0.1', '::1'], inside],
    ['metadata', ['169.254.169.254'], inside],
    ['what is no address', ['localhost', '2130706433'], inside],
    ['nothing', [], 'cannot be found'],
    ['one for everybody', ['8.8.8.8'], '8.8.8.8'],
    ['one inside and one for everybody', ['192.168.0.1', '8.8.4.4'], '8.8.4.4'],
  ])('of a name that leads to %s', async (_name, found, expected) => {
    expect(await placed('https://a.example/', rules(ANY, [], found))).toBe(expected);
  });

  it('may lie inside where the operator says so, and only there', async () => {
    expect(await placed('https://files.internal/', rules(ANY, ['10.1.0.0/16'], ['10.1.2.3']))).toBe('10.1.2.3');
    expect(await placed('https://files.internal/', rules(ANY, ['10.1.0.0/16'], ['10.2.2.3']))).toBe(inside);
  });
});

describe('hosts that are listed', () => {
  const hosts: readonly FetchHost[] = [
    { scheme: 'https', host: 'cdn.example', port: 443 },
    { scheme: 'https', host: '*.files.example', port: 8443 },
    { scheme: 'http', host: 'plain.example', port: 80 },
    { scheme: 'https', host: '[2606:4700::1111]', port: 443 },
  ];
  it.each([
    'https://cdn.example/a',
    'https://cdn.example./a',
    'https://a.files.example:8443/',
    'https://a.b.files.example:8443/',
    'http://plain.example/',
    'https://[2606:4700::1111]/',
  ])('are fetched from: %s', (url) => {
    expect(rules(hosts).read(url)).toHaveProperty('href');
  });

  it.each([
    'https://other.example/',
    'https://cdn.example.evil.example/',
    'https://evilcdn.example/',
    'https://a.cdn.example/',
    'https://files.example:8443/',
    'https://.files.example:8443/',
    'https://evilfiles.example:8443/',
    'https://a.files.example/',
    'http://cdn.example/',
    'https://plain.example/',
    'http://plain.example:8080/',
  ])('are the only ones: not %s', (url) => {
    expect(rules(hosts).read(url)).toHaveProperty('problem');
  });
});
