import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { redactedBody, type Reading } from '../body-reading.ts';
import { NamePaths, parsePath } from './name-paths.ts';
import { patternSpotter } from './pattern-spotter.ts';
import { Redactor } from './redactor.ts';

interface Options {
  readonly reading?: Reading;
  readonly paths?: readonly string[];
  readonly patterns?: readonly string[];
  readonly goesOn?: boolean;
}

function redacted(text: string, { reading = 'json', paths = [], patterns = [], goesOn = false }: Options = {}): string {
  const spotters = patterns.flatMap((each) => patternSpotter(each)?.() ?? []);
  const redactor = new Redactor({ paths: new NamePaths(paths, ['password', 'token']), spotters });
  return redactedBody(text, goesOn, { reading, redactor });
}

describe('paths', () => {
  it.each([
    ['$.a', '{"a":1,"b":{"a":1}}', '{"a":"[redacted]","b":{"a":1}}'],
    ['$..a', '{"a":1,"b":{"a":[1,2]}}', '{"a":"[redacted]","b":{"a":"[redacted]"}}'],
    ['$.b.a', '{"a":1,"b":{"a":{"c":1},"d":2}}', '{"a":1,"b":{"a":"[redacted]","d":2}}'],
    ['$.*.a', '{"a":1,"b":{"a":1},"c":[{"a":1}]}', '{"a":1,"b":{"a":"[redacted]"},"c":[{"a":1}]}'],
    ['$.b[*]', '{"b":[1,{"a":2}]}', '{"b":["[redacted]","[redacted]"]}'],
    ['$.b[1]', '{"b":[1,2,3]}', '{"b":[1,"[redacted]",3]}'],
    ['$[0].a', '[{"a":1},{"a":1}]', '[{"a":"[redacted]"},{"a":1}]'],
    ["$['a b']", '{"a b":1}', '{"a b":"[redacted]"}'],
    ['$..b.c', '{"x":{"b":{"c":1}},"b":{"d":{"c":1}}}', '{"x":{"b":{"c":"[redacted]"}},"b":{"d":{"c":1}}}'],
    ['$..[0]', '{"x":[1,[2,3]]}', '{"x":["[redacted]",["[redacted]",3]]}'],
    ['$.cardNumber', '{"card_number":1,"CARD-NUMBER":2}', '{"card_number":"[redacted]","CARD-NUMBER":"[redacted]"}'],
  ])('%s hides of %s what it names', (path, text, expected) => {
    expect(redacted(text, { paths: [path] })).toBe(expected);
  });

  it.each(['', '$', 'a', '$a', '$.', '$..', '$.a.', '$[', '$[x]', '$.a[', '$.a[*', "$['a]", '$.a b[', '$.a..'])(
    'are not %j',
    (path) => expect(parsePath(path)).toBeUndefined(),
  );
});

describe('JSON', () => {
  it.each([
    ['stays as it was', '{"a":[1,2.50,-1e3,true,null,"x\\n"],"b":{}}', '{"a":[1,2.50,-1e3,true,null,"x\\n"],"b":{}}'],
    ['hides names however they are written', '{"\\u0070assword":1}', '{"\\u0070assword":"[redacted]"}'],
    ['hides all of several', '{"password":1,"password":2}', '{"password":"[redacted]","password":"[redacted]"}'],
    ['hides what holds others', '{"password":{"a":[1,{"b":2}]},"c":3}', '{"password":"[redacted]","c":3}'],
    ['is read inside of strings', '{"a":"{\\"password\\":\\"x\\"}"}', '{"a":"{\\"password\\":\\"[redacted]\\"}"}'],
    [
      'may come several times',
      '{"password":1}\n{"password":2}',
      '{"password":"[redacted]"}\n{"password":"[redacted]"}',
    ],
    ['ends where it is none', '{"a":1,"password":2,,"b":3}', '{"a":1,"password":"[redacted]",[not readable from here]'],
    ['is none behind a comment', '{/**/"password":2}', '{[not readable from here]'],
    ['is none with single quotes', "{'password':2}", '{[not readable from here]'],
    ['is none at all', 'password=1', '[not readable from here]'],
    ['is not over', '{"a":1', '{"a":1[not readable from here]'],
    ['hides what is not over', '{"password":[1,2', '{"password":"[redacted]"'],
  ])('%s', (_, text, expected) => expect(redacted(text)).toBe(expected));

  it.each([
    ['{"a":"b', '{"a":"b'],
    ['{"password":"hun', '{"password":"[redacted]"'],
    ['{"a":1,"password":', '{"a":1,"password":"[redacted]"'],
    ['{"a":1,"passw', '{"a":1,"passw'],
    ['{"a":tru', '{"a":tru'],
    ['{"a":"\\u00', '{"a":"\\u00'],
    ['[[[', '[[['],
    ['{"a":"{\\"password\\":\\"hun', '{"a":"{\\"password\\":\\"[redacted]\\""'],
  ])('that is cut off, %s, shows %s', (text, expected) => expect(redacted(text, { goesOn: true })).toBe(expected));

  it('of any depth costs no stack', () => {
    const deep = '['.repeat(200_000);
    expect(redacted(deep, { goesOn: true })).toBe(deep);
  });

  it('is what it was where nothing is hidden, and still JSON where something is', () => {
    fc.assert(
      fc.property(fc.jsonValue({ noUnicodeString: false }), fc.constantFrom(undefined, 1), (value, space) => {
        const text = JSON.stringify({ value, password: value }, null, space);
        const plain = JSON.stringify({ value }, null, space);
        const calm = !/password|token|[[{:=]/i.test(JSON.stringify(value).replaceAll(/[[\]{},]/g, ''));
        expect(JSON.parse(redacted(text))).toMatchObject({ password: '[redacted]' });
        if (calm) expect(redacted(plain)).toBe(plain);
      }),
    );
  });

  it('never makes anything throw', () => {
    const odd = fc.string({
      unit: fc.constantFrom(
        '{',
        '}',
        '[',
        ']',
        '"',
        ':',
        ',',
        '\\',
        'u',
        '0',
        'a',
        ' ',
        '\n',
        '-',
        '.',
        'e',
        'true',
        '&',
        '=',
        '<',
        '>',
        '/',
        '%',
        'data: ',
      ),
    });
    const reading = fc.constantFrom<Reading>('json', 'lines', 'events', 'form', 'xml', 'text');
    fc.assert(
      fc.property(fc.oneof(odd, fc.string({ unit: 'binary' })), reading, fc.boolean(), (text, as, goesOn) => {
        redacted(text, { reading: as, goesOn, paths: ['$.a', '$..b[*]'], patterns: ['a+0'] });
      }),
      { numRuns: 3000 },
    );
  });
});

describe('forms', () => {
  it.each([
    ['a=1&password=x&b=2', 'a=1&password=[redacted]&b=2'],
    ['p%61ssword=x', 'p%61ssword=[redacted]'],
    ['user[password]=x&user.token=y', 'user[password]=[redacted]&user.token=[redacted]'],
    ['a=%7B%22password%22%3A1%7D', 'a=%7B%22password%22%3A%22[redacted]%22%7D'],
    ['{"password":1}', '{"password":"[redacted]"}'],
    ['password=', 'password='],
    ['a=1&passw', 'a=1&passw'],
  ])('%s is shown as %s', (text, expected) => expect(redacted(text, { reading: 'form' })).toBe(expected));

  it('are named by paths too', () => {
    expect(redacted('user[name]=x&name=y', { reading: 'form', paths: ['$.user.name'] })).toBe(
      'user[name]=[redacted]&name=y',
    );
  });
});

describe('XML', () => {
  it.each([
    ['<a><password>x</password><b>y</b></a>', '<a><password>[redacted]</password><b>y</b></a>'],
    ['<a token="x" b="y"/>', '<a token="[redacted]" b="y"/>'],
    ['<s:Password xmlns:s="u"><x>1</x></s:Password>', '<s:Password xmlns:s="[redacted]">[redacted]</s:Password>'],
    ['<a><![CDATA[{"password":1}]]></a>', '<a><![CDATA[{"password":"[redacted]"}]]></a>'],
    ['<a><!-- password -->b</a>', '<a><!---->b</a>'],
    ['<?xml version="1.0"?><a/>', '<?xml version="1.0"?><a/>'],
    ['<!DOCTYPE a [<!ENTITY p "x">]><a>&p;</a>', '[not readable from here]'],
    ['<a><b>1</a>', '<a><b>1[not readable from here]'],
    ['<a b=1>2</a>', '[not readable from here]'],
    ['<password>x', '<password>[redacted]'],
  ])('%s is shown as %s', (text, expected) => expect(redacted(text, { reading: 'xml' })).toBe(expected));

  it('that is cut off hides what had begun', () => {
    const text = '<a><password>secret</password><token>secret</token><b c="1">d</b></a>';
    for (let end = 0; end < text.length; end++)
      expect(redacted(text.slice(0, end), { reading: 'xml', goesOn: true })).not.toContain('secr');
  });
});

describe('texts', () => {
  it.each([
    ['see https://a/?token=abc&b=1', 'see https://a/?token=[redacted]&b=1'],
    ['password: abc, b: 1', 'password: [redacted], b: 1'],
    ['x {"password": "a \\" b", "c": 1}', 'x {"password": [redacted], "c": 1}'],
    ['<a><password>x</password></a>', '<a><password>[redacted]</password></a>'],
    ['<html><p>x</html>', '<html><p>x</html>'],
    ['{"password":1} and more', '{"password":"[redacted]"} and more'],
    ['[1] says the same as {this}', '[1] says the same as {this}'],
  ])('%s is shown as %s', (text, expected) => expect(redacted(text, { reading: 'text' })).toBe(expected));
});

describe('events', () => {
  const delta = (text: string, index = 0): string =>
    `data: ${JSON.stringify({ choices: [{ index, delta: { content: text } }] })}\n\n`;

  it('hide what is spread over several, a piece at a time', () => {
    const number = 'CUST-123456';
    for (let at = 1; at < number.length; at++) {
      const text = delta(`a ${number.slice(0, at)}`) + delta(number.slice(at)) + delta(' b') + 'data: [DONE]\n\n';
      const shown = redacted(text, { reading: 'events', patterns: ['CUST-\\d{6}'] });
      expect(shown).toBe(delta('a [pattern]') + delta('') + delta(' b') + 'data: [DONE]\n\n');
    }
  });

  it('keep apart what is interleaved', () => {
    const text = delta('CUST-', 0) + delta('x', 1) + delta('123456', 0);
    expect(redacted(text, { reading: 'events', patterns: ['CUST-\\d{6}'] })).toBe(
      delta('[pattern]', 0) + delta('x', 1) + delta('', 0),
    );
  });

  it('hide names in what is spread over several', () => {
    const text = delta('{"pass') + delta('word":"hun') + delta('ter"}');
    expect(redacted(text, { reading: 'events' })).not.toMatch(/hun|ter/);
  });

  it('show the beginning of JSON that is spread over several', () => {
    const text = delta('{"') + delta('a":"') + delta('b"}');
    expect(redacted(text, { reading: 'events' })).toBe(text);
    expect(redacted(delta('{"a'), { reading: 'events' })).toBe(delta('{[not readable from here]'));
  });

  it('hide what is said anew in each', () => {
    const text = delta('CUST-123456') + delta('CUST-123456');
    expect(redacted(text, { reading: 'events', patterns: ['CUST-\\d{6}'] })).toBe(
      delta('[pattern]') + delta('[pattern]'),
    );
  });

  it.each([
    ['data:{"password":1}\r\n\r\n', 'data: {"password":"[redacted]"}\n\n'],
    ['data: {"password":\ndata: 1}\n\n', 'data: {"password":\ndata: "[redacted]"}\n\n'],
    ['event: a\nid: 1\n: token=x\ndata: b\n\n', 'event: a\nid: 1\n: token=[redacted]\ndata: b\n\n'],
    ['odd: {"password":1}\n', 'odd: {"password":"[redacted]"}\n'],
    ['data: {"a":1', 'data: {"a":1[not readable from here]'],
    ['data: "p\\u0061ssword: x"\n\n', 'data: "password: [redacted]"\n\n'],
  ])('%j are shown as %j', (text, expected) => expect(redacted(text, { reading: 'events' })).toBe(expected));

  it('that are cut off are shown as far as they are over', () => {
    expect(redacted('data: a\n\ndata: {"b":1', { reading: 'events', goesOn: true })).toBe('data: a\n\n');
  });

  it('a line each are read in the same way', () => {
    const lines = '{"response":"CUST-"}\n{"response":"123456"}\n{"password":1}';
    const shown = redacted(lines, { reading: 'lines', patterns: ['CUST-\\d{6}'] });
    expect(shown).toBe('{"response":"[pattern]"}\n{"response":""}\n{"password":"[redacted]"}');
  });
});
