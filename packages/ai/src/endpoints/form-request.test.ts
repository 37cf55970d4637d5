import { describe, expect, it } from 'vitest';
import { readFormCall } from './form-request.ts';
import type { SideRequest } from './side-request.ts';
import { SIDE_ROWS } from './side-rows.ts';

const TYPE = 'multipart/form-data; boundary=b';
const FILE = 'file"; filename="a.wav"\r\nContent-Type: "x';

function form(...fields: readonly (readonly [name: string, value: string])[]): Buffer {
  const parts = fields.map(
    ([name, value]) => `--b\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  return Buffer.from(`${parts.join('')}--b--\r\n`, 'latin1');
}

function read(body: Buffer, type = TYPE): ReturnType<typeof readFormCall> {
  return readFormCall(SIDE_ROWS.transcriptions, body, type);
}

function good(body: Buffer, type = TYPE): SideRequest {
  const call = read(body, type);
  if ('problem' in call) throw new Error(call.problem);
  return call;
}

describe('a call in a form', () => {
  it('goes on with another model, byte for byte else', () => {
    const sound = '\r\n--c\0\xff model \r\n';
    const fields = [
      [FILE, sound],
      ['model', 'mine'],
      ['prompt', 'm\xc3\xbcde'],
      ['timestamp_granularities[]', 'word'],
      ['timestamp_granularities[]', 'segment'],
    ] as const;
    const body = form(...fields);
    const call = good(body);
    expect(call).toMatchObject({ model: 'mine', stream: false, choices: 1, contentType: TYPE, texts: ['müde'] });
    expect(call.body({ model: 'mine' })).toBe(body);
    const named = fields.map(([name, value]) => [name, name === 'model' ? 'an/other-m\xc3\xbc' : value] as const);
    expect(call.body({ model: 'an/other-mü' }).toString('latin1')).toBe(form(...named).toString('latin1'));
    const masked = fields.map(([name, value]) => [name, name === 'prompt' ? '[NAME_1]' : value] as const);
    expect(call.body({ model: 'mine', texts: ['[NAME_1]'] }).toString('latin1')).toBe(
      form(...masked).toString('latin1'),
    );
  });

  it('says whether it wants a stream, as SDKs write it', () => {
    for (const [value, stream] of [
      ['true', true],
      ['True', true],
      ['false', false],
      ['False', false],
    ] as const) {
      expect(good(form(['model', 'm'], [FILE, 'x'], ['stream', value])).stream).toBe(stream);
    }
  });

  it('keeps a boundary that must be quoted, and loses what else its type says', () => {
    const body = Buffer.from(form(['model', 'm'], [FILE, 'x']).toString('latin1').replaceAll('--b', '--b c'), 'latin1');
    expect(good(body, 'multipart/form-data; charset=utf-8; boundary="b c"').contentType).toBe(
      'multipart/form-data; boundary="b c"',
    );
  });

  it('says the length of what it has written where the part had said its own', () => {
    const sized = (model: string, prompt: string): Buffer =>
      form(
        [`model"\r\ncontent-LENGTH: \t${Buffer.byteLength(model)} \r\nx: "`, model],
        [`prompt"\r\nContent-Length: ${Buffer.byteLength(prompt)}\r\nx: "`, prompt],
        [FILE, 'x'],
      );
    expect(good(sized('m', 'mine')).body({ model: 'another', texts: ['[NAME_1]'] })).toEqual(
      sized('another', '[NAME_1]'),
    );
  });

  it('quotes a boundary with an apostrophe, which some parsers take for a quote where none is written', () => {
    const body = Buffer.from(form(['model', 'm'], [FILE, 'x']).toString('latin1').replaceAll('--b', "--b'"), 'latin1');
    expect(good(body, "multipart/form-data; boundary=b'").contentType).toBe('multipart/form-data; boundary="b\'"');
  });

  it('counts a recording by its length, and pictures by the piece', () => {
    expect(good(form(['model', 'mmm'], [FILE, 'x'.repeat(4000)])).inputTokens).toBe(11);
    const pictures = form(['model', 'mmm'], ['image[]"; filename="a', 'x'], ['image[]"; filename="b', 'x'], ['n', '3']);
    expect(readFormCall(SIDE_ROWS['image-edits'], pictures, TYPE)).toMatchObject({ inputTokens: 13_002, choices: 3 });
  });

  it.each<[string, Buffer, string | undefined, string]>([
    ['without a model', form([FILE, 'x']), 'model', "names no 'model'"],
    ['without a file', form(['model', 'm']), 'file', "has no 'file'"],
    ['with two models', form(['model', 'm'], ['model', 'm'], [FILE, 'x']), 'model', "'model' twice"],
    ['with a model in another case', form(['model', 'm'], ['Model', 'n'], [FILE, 'x']), 'model', "not as 'Model'"],
    ['with a list of models', form(['model[]', 'm'], [FILE, 'x']), 'model', "not as 'model[]'"],
    ['with a model inside a model', form(['model', 'm'], ['model[x]', 'n'], [FILE, 'x']), 'model', "not as 'model[x]'"],
    // Rack takes brackets around a name away.
    ['with a model in brackets', form(['model', 'm'], ['[model]', 'n'], [FILE, 'x']), 'model', "not as '[model]'"],
    ['with half a bracket', form(['model', 'm'], ['model]', 'n'], [FILE, 'x']), 'model', "not as 'model]'"],
    ['with a prompt in brackets', form(['model', 'm'], ['[prompt]', 'n'], [FILE, 'x']), 'prompt', "not as '[prompt]'"],
    ['with a charset for all of it', form(['model', 'm'], ['_charset_', 'utf-7'], [FILE, 'x']), '_charset_', 'UTF-8'],
    ['with a model as a file', form(['model"; filename="m', 'm'], [FILE, 'x']), 'model', 'not a file'],
    [
      'with a model in another charset',
      form(['model"\r\nContent-Type: text/plain; charset=utf-16\r\nx: "', 'm'], [FILE, 'x']),
      'model',
      'plain text',
    ],
    [
      'with a model in JSON',
      form(['model"\r\nContent-Type: application/json\r\nx: "', '"m"'], [FILE, 'x']),
      'model',
      'plain text',
    ],
    ['with a model that is not UTF-8', form(['model', '\xff'], [FILE, 'x']), 'model', 'not UTF-8'],
    ['with an empty model', form(['model', ' '], [FILE, 'x']), 'model', 'non-empty'],
    ['with a model of two lines', form(['model', 'a\nb'], [FILE, 'x']), 'model', 'control characters'],
    ['with an endless model', form(['model', 'a'.repeat(600)], [FILE, 'x']), 'model', 'too long'],
    [
      'with two wishes for a stream',
      form(['model', 'm'], [FILE, 'x'], ['stream', 'true'], ['stream', 'false']),
      'stream',
      'twice',
    ],
    ['with a stream that is neither', form(['model', 'm'], [FILE, 'x'], ['stream', '1']), 'stream', 'true or false'],
    ['that is none', Buffer.from('{"model":"m"}'), undefined, 'The form does not begin with its boundary.'],
  ])('is refused: %s', (_, body, param, problem) => {
    expect(read(body)).toEqual({ problem: expect.stringContaining(problem), param });
  });

  it.each(['', 'application/json', 'multipart/form-data', 'multipart/form-data; boundary=b; boundary=c'])(
    'is refused as %s',
    (type) => {
      expect(read(form(['model', 'm'], [FILE, 'x']), type)).toMatchObject({
        problem: expect.stringContaining('multipart'),
      });
    },
  );
});
