import { describe, expect, it } from 'vitest';
import type { Block, Turn } from '../../canonical/chat-request.ts';
import { sealSignature } from '../../canonical/signatures.ts';
import { read } from './__fixtures__/contexts.ts';

const turns = (...contents: readonly object[]): readonly Turn[] => read({ contents }).turns;
const user = (...parts: readonly object[]): object => ({ role: 'user', parts });
const model = (...parts: readonly object[]): object => ({ role: 'model', parts });
const call = (name: string, id?: string): object => ({ functionCall: { name, args: { a: 1 }, ...(id && { id }) } });
const result = (name: string, said: string, id?: string): object => ({
  functionResponse: { name, response: { output: said }, ...(id && { id }) },
});

function idsOf(all: readonly Turn[]): string[] {
  return all.flatMap(({ blocks }) =>
    blocks.flatMap((block) => {
      if (block.type === 'tool_call') return [`${block.name}=${block.id}`];
      if (block.type === 'tool_result')
        return [`${block.content[0]?.type === 'text' ? block.content[0].text : ''}→${block.callId}`];
      return [];
    }),
  );
}

describe('parts of a request', () => {
  it.each<[string, object, Block]>([
    ['text', { text: 'Hello' }, { type: 'text', text: 'Hello' }],
    [
      'bytes',
      { inlineData: { mimeType: 'image/PNG', data: 'aGk=' } },
      { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'base64', data: 'aGk=' } },
    ],
    [
      'bytes in snake case',
      { inline_data: { mime_type: 'audio/wav', data: 'aGk=' } },
      { type: 'media', kind: 'audio', mime: 'audio/wav', source: { via: 'base64', data: 'aGk=' } },
    ],
    [
      'a document with its name',
      { inlineData: { mimeType: 'application/pdf', data: 'aGk=', displayName: 'x.pdf' } },
      {
        type: 'media',
        kind: 'document',
        mime: 'application/pdf',
        name: 'x.pdf',
        source: { via: 'base64', data: 'aGk=' },
      },
    ],
    [
      'a file that Google keeps',
      { fileData: { mimeType: 'video/mp4', fileUri: 'gs://b/v.mp4' } },
      {
        type: 'media',
        kind: 'video',
        mime: 'video/mp4',
        source: { via: 'file', id: 'gs://b/v.mp4', dialect: 'gemini' },
      },
    ],
    [
      'an uploaded file',
      { file_data: { file_uri: 'https://generativelanguage.googleapis.com/v1beta/files/x' } },
      {
        type: 'media',
        kind: 'document',
        source: { via: 'file', id: 'https://generativelanguage.googleapis.com/v1beta/files/x', dialect: 'gemini' },
      },
    ],
    [
      'an address',
      { fileData: { mimeType: 'image/png', fileUri: 'https://example.com/a.png' } },
      { type: 'media', kind: 'image', mime: 'image/png', source: { via: 'url', url: 'https://example.com/a.png' } },
    ],
    [
      'a film on YouTube',
      { fileData: { fileUri: 'https://www.youtube.com/watch?v=1' } },
      { type: 'media', kind: 'video', source: { via: 'url', url: 'https://www.youtube.com/watch?v=1' } },
    ],
    [
      'what only Google knows',
      { executableCode: { language: 'PYTHON', code: '1' } },
      { type: 'opaque', dialect: 'gemini', data: { executableCode: { language: 'PYTHON', code: '1' } } },
    ],
  ])('hold %s', (_, part, block) => {
    expect(turns(user(part))).toEqual([{ role: 'user', blocks: [block] }]);
  });

  it('carry along what only Google knows of them', () => {
    const { turns: read1, ext } = read({
      contents: [
        user({
          fileData: { mimeType: 'video/mp4', fileUri: 'gs://b/v.mp4' },
          videoMetadata: { fps: 5 },
          mediaResolution: { level: 'MEDIA_RESOLUTION_HIGH' },
        }),
      ],
    });
    expect(read1[0]?.blocks[0]).toMatchObject({
      ext: { gemini: { videoMetadata: { fps: 5 }, mediaResolution: { level: 'MEDIA_RESOLUTION_HIGH' } } },
    });
    expect(ext.gemini).toEqual({ 'parts.videoMetadata': true, 'parts.mediaResolution': true });
  });

  it('that say nothing go, but not what signs them', () => {
    expect(turns(user({ text: '' }, {}, { text: 'a' }))[0]?.blocks).toEqual([{ type: 'text', text: 'a' }]);
    expect(turns(user({ text: 'a' }), model({ text: '', thoughtSignature: 'c2ln' }))[1]?.blocks).toEqual([
      { type: 'text', text: '', signature: { value: 'c2ln', dialect: 'gemini' } },
    ]);
  });

  it('that Google signed keep their bounds, others of the model go together', () => {
    const blocks = turns(
      user({ text: 'a' }, { text: 'b' }),
      model({ text: 'I ', thought: true }, { text: 'think', thought: true }),
      model({ text: 'signed thought', thought: true, thoughtSignature: 'c2ln' }),
      model({ text: 'Hel' }),
      model({ text: 'lo' }, { text: '', thoughtSignature: 'c2ln' }, { text: '!' }),
    ).map((turn) => turn.blocks);
    const signature = { value: 'c2ln', dialect: 'gemini' };
    expect(blocks).toEqual([
      [
        { type: 'text', text: 'a' },
        { type: 'text', text: 'b' },
      ],
      [
        { type: 'reasoning', text: 'I think' },
        { type: 'reasoning', text: 'signed thought', signature },
        { type: 'text', text: 'Hello' },
        { type: 'text', text: '', signature },
        { type: 'text', text: '!' },
      ],
    ]);
  });

  it('bring back what another dialect signed, with the thought in front of the signature', () => {
    const seal = (value: string): string => sealSignature({ value, dialect: 'anthropic' }, 'gemini');
    const blocks = turns(
      user({ text: 'a' }),
      model({ text: 'one ', thought: true }),
      model({ text: 'thought', thought: true }),
      model({ text: '', thought: true, thoughtSignature: seal('sig1') }),
      model({ text: 'two', thought: true, thoughtSignature: seal('sig2') }),
      model({ text: '', thought: true, thoughtSignature: seal('redacted..blob') }),
      model({ text: '', thought: true, thoughtSignature: seal('signed.rs_1.blob') }),
    ).at(-1)?.blocks;
    expect(blocks).toEqual([
      { type: 'reasoning', text: 'one thought', signature: { value: 'sig1', dialect: 'anthropic' } },
      { type: 'reasoning', text: 'two', signature: { value: 'sig2', dialect: 'anthropic' } },
      { type: 'reasoning', text: '', redacted: { value: 'blob', dialect: 'anthropic' } },
      { type: 'reasoning', text: '', signature: { value: 'blob', dialect: 'anthropic' }, itemId: 'rs_1' },
    ]);
  });
});

describe('calls and results', () => {
  it('keep their ids', () => {
    expect(idsOf(turns(user({ text: 'a' }), model(call('f', 'id1')), user(result('f', 'r', 'id1'))))).toEqual([
      'f=id1',
      'r→id1',
    ]);
  });

  it('match by name and position where ids are missing', () => {
    const history = turns(
      user({ text: 'a' }),
      model(call('f'), call('g'), call('f')),
      user(result('f', 'first'), result('f', 'second'), result('g', 'third')),
      model(call('f')),
      user(result('f', 'fourth')),
    );
    expect(idsOf(history)).toEqual([
      'f=unnamed_call_0',
      'g=unnamed_call_1',
      'f=unnamed_call_2',
      'first→unnamed_call_0',
      'second→unnamed_call_2',
      'third→unnamed_call_1',
      'f=unnamed_call_3',
      'fourth→unnamed_call_3',
    ]);
  });

  it('match where only one of the two has an id, or the result has no name', () => {
    expect(idsOf(turns(user({ text: 'a' }), model(call('f', 'x')), user(result('f', 'r'))))).toEqual(['f=x', 'r→x']);
    expect(idsOf(turns(user({ text: 'a' }), model(call('f')), user(result('f', 'r', 'x'))))).toEqual([
      'f=unnamed_call_0',
      'r→unnamed_call_0',
    ]);
    expect(idsOf(turns(user({ text: 'a' }), model(call('f', 'x')), user(result('', 'r'))))).toEqual(['f=x', 'r→x']);
  });

  it('that match nothing keep an id that nothing has', () => {
    expect(idsOf(turns(user({ text: 'a' }, result('f', 'r'))))).toEqual(['r→unnamed_call_0']);
    expect(idsOf(turns(user({ text: 'a' }, result('f', 'r', 'x'))))).toEqual(['r→x']);
  });

  it('belong to the model and to the user, whatever their content says', () => {
    const history = turns(
      user({ text: 'a' }, call('f')),
      { role: 'function', parts: [result('f', 'r')] },
      model(result('g', 's')),
    );
    expect(history.map(({ role }) => role)).toEqual(['user', 'assistant', 'user', 'user']);
  });

  it('keep digits that no double holds, and arguments that are missing', () => {
    const body = JSON.parse('{"role":"model","parts":[{"functionCall":{"name":"g"}}]}');
    const [, first] = turns(user({ text: 'a' }), body);
    expect(first?.blocks[0]).toMatchObject({ input: '{}' });
  });

  it.each([
    [{ output: 'text' }, { content: [{ type: 'text', text: 'text' }] }],
    [{ error: 'bad' }, { content: [{ type: 'text', text: 'bad' }], isError: true }],
    [{ output: { a: 1 } }, { content: [{ type: 'text', text: '{"output":{"a":1}}' }] }],
    [{ temp_c: 20, error: null }, { content: [{ type: 'text', text: '{"temp_c":20,"error":null}' }] }],
    [{ output: '' }, { content: [] }],
  ])('read a result %j', (response, expected) => {
    const [, , answer] = turns(
      user({ text: 'a' }),
      model(call('f')),
      user({ functionResponse: { name: 'f', response } }),
    );
    expect(answer?.blocks[0]).toEqual({
      type: 'tool_result',
      callId: 'unnamed_call_0',
      name: 'f',
      json: response,
      ...expected,
    });
  });

  it('may hold media', () => {
    const parts = [{ inlineData: { mimeType: 'image/png', data: 'aGk=' } }];
    const functionResponse = { name: 'f', response: { output: 'see' }, parts, scheduling: 'SILENT' };
    const { turns: read1, ext } = read({
      contents: [user({ text: 'a' }), model(call('f')), user({ functionResponse })],
    });
    expect(read1[2]?.blocks[0]).toMatchObject({
      content: [
        { type: 'text', text: 'see' },
        { type: 'media', kind: 'image', source: { via: 'base64', data: 'aGk=' } },
      ],
      ext: { gemini: { scheduling: 'SILENT' } },
    });
    expect(ext.gemini).toEqual({ 'functionResponse.scheduling': true });
  });
});
